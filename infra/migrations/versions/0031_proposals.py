"""What a case says of intervision, and what stands beside a proposal (docs/decisions/0041)."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _agreements()
    _impasses()
    op.add_column(
        "proposal_sources", sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "proposal_attachments",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_attachments_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "number", name=op.f("pk_proposal_attachments")),
    )


def _agreements() -> None:
    op.create_table(
        "intervision_agreements",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "answer IN ('agreed', 'refused')", name=op.f("ck_intervision_agreements_answer")
        ),
        sa.CheckConstraint(
            "evidence IN ('oral', 'written')", name=op.f("ck_intervision_agreements_evidence")
        ),
        sa.CheckConstraint(
            "evidence <> 'oral' OR witness IS NOT NULL",
            name=op.f("ck_intervision_agreements_witness"),
        ),
        sa.CheckConstraint(
            "evidence <> 'written' OR document IS NOT NULL",
            name=op.f("ck_intervision_agreements_document"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_intervision_agreements_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["professionals.id"],
            name=op.f("fk_intervision_agreements_recorded_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervision_agreements")),
    )
    op.create_index(
        op.f("ix_intervision_agreements_case_id"), "intervision_agreements", ["case_id"]
    )
    op.create_index(
        "uq_intervision_agreements_open",
        "intervision_agreements",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _impasses() -> None:
    op.create_table(
        "impasses",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("flagged_by", sa.Uuid(), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_impasses_lifted")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_impasses_case_id")),
        sa.ForeignKeyConstraint(
            ["flagged_by"], ["professionals.id"], name=op.f("fk_impasses_flagged_by")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["professionals.id"], name=op.f("fk_impasses_lifted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impasses")),
    )
    op.create_index(op.f("ix_impasses_case_id"), "impasses", ["case_id"])
    op.create_index(
        "uq_impasses_open",
        "impasses",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
