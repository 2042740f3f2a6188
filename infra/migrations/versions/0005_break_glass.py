"""Break-glass with its review; attempts; the ground of every read; sealed contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("read_entries", sa.Column("basis", sa.Text(), nullable=True))
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_actor", "attempts", ["actor_id", "what", "at"])
    op.create_index("ix_attempts_at", "attempts", ["at"])
    op.create_table(
        "break_glass_openings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("danger", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "danger IN ('danger_to_life', 'imminent_eviction', 'minor_at_risk', 'violence',"
            " 'other_emergency')",
            name=op.f("ck_break_glass_openings_danger"),
        ),
        sa.CheckConstraint("length(reason) >= 20", name=op.f("ck_break_glass_openings_reason")),
        sa.CheckConstraint(
            "closes_at = opened_at + interval '60 minutes'",
            name=op.f("ck_break_glass_openings_hour"),
        ),
        sa.CheckConstraint(
            "verdict IN ('justified', 'unjustified')", name=op.f("ck_break_glass_openings_verdict")
        ),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (verdict IS NULL)"
            " AND (reviewed_at IS NULL) = (reviewed_by IS NULL)"
            " AND reviewed_by IS DISTINCT FROM professional_id",
            name=op.f("ck_break_glass_openings_review"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_break_glass_openings_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_break_glass_openings_professional_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["professionals.id"], name=op.f("fk_break_glass_openings_reviewed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass_openings")),
    )
    op.create_index(op.f("ix_break_glass_openings_case_id"), "break_glass_openings", ["case_id"])
    op.create_index(
        "uq_break_glass_openings_unreviewed",
        "break_glass_openings",
        ["case_id", "professional_id"],
        unique=True,
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    op.create_index(
        "ix_break_glass_openings_person", "break_glass_openings", ["professional_id", "opened_at"]
    )
    op.create_table(
        "sealed_contacts",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "key_id IS NOT NULL OR (address IS NULL AND phone IS NULL)",
            name=op.f("ck_sealed_contacts_key"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sealed_contacts_case_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_sealed_contacts_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["professionals.id"], name=op.f("fk_sealed_contacts_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_contacts")),
        sa.UniqueConstraint("member_id", name=op.f("uq_sealed_contacts_member_id")),
    )
    op.create_index(op.f("ix_sealed_contacts_case_id"), "sealed_contacts", ["case_id"])
    op.create_index(op.f("ix_sealed_contacts_key_id"), "sealed_contacts", ["key_id"])


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
