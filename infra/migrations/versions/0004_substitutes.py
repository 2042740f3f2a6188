"""Substitutes, handovers that expire, personal notes, the household's wish for another worker."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _substitutions()
    _handovers()
    _worker_requests()
    for table in ("notes", "note_revisions"):
        op.add_column(
            table,
            sa.Column("personal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        )
    op.create_index(
        "ix_alerts_sent",
        "alerts",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("state = 'sending'"),
    )


def _substitutions() -> None:
    op.create_table(
        "substitutions",
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reference_id <> substitute_id", name=op.f("ck_substitutions_parties")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_substitutions_days")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_substitutions_period")),
        sa.ForeignKeyConstraint(
            ["reference_id"], ["professionals.id"], name=op.f("fk_substitutions_reference_id")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["professionals.id"], name=op.f("fk_substitutions_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    for party in ("reference", "substitute"):
        op.create_index(
            f"ix_substitutions_{party}",
            "substitutions",
            [f"{party}_id", "valid_until"],
            unique=False,
        )


def _handovers() -> None:
    op.drop_constraint(op.f("ck_handovers_state"), "handovers", type_="check")
    op.create_check_constraint(
        op.f("ck_handovers_state"),
        "handovers",
        "state IN ('proposed', 'accepted', 'declined', 'expired', 'withdrawn')",
    )
    op.create_index(
        "ix_handovers_waiting",
        "handovers",
        ["proposed_at"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "handover_ticks",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("ticked_by", sa.Uuid(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "item IN ('deadlines', 'tasks', 'hearings', 'consents', 'last_contact')",
            name=op.f("ck_handover_ticks_item"),
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handovers.id"], name=op.f("fk_handover_ticks_handover_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticked_by"], ["professionals.id"], name=op.f("fk_handover_ticks_ticked_by")
        ),
        sa.PrimaryKeyConstraint("handover_id", "item", name=op.f("pk_handover_ticks")),
    )


def _worker_requests() -> None:
    op.create_table(
        "worker_requests",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("wanted_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'met', 'answered')", name=op.f("ck_worker_requests_state")
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (answer IS NOT NULL)", name=op.f("ck_worker_requests_answer")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_worker_requests_closed")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_worker_requests_case_id")),
        sa.ForeignKeyConstraint(
            ["wanted_id"], ["professionals.id"], name=op.f("fk_worker_requests_wanted_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["professionals.id"], name=op.f("fk_worker_requests_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_requests")),
    )
    op.create_index(
        "ix_worker_requests_case", "worker_requests", ["case_id", "recorded_at"], unique=False
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
