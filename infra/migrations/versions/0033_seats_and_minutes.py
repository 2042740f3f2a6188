"""Seats at tables, promises and minutes (docs/decisions/0043)."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seat_plans",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_seat_plans_state")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_sessions.id"], name=op.f("fk_seat_plans_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_seat_plans")),
    )
    op.create_table(
        "seats",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("placed", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(placed = 'moved') = (note IS NOT NULL)", name=op.f("ck_seats_note")),
        sa.CheckConstraint("placed IN ('automatic', 'moved')", name=op.f("ck_seats_placed")),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_seats_professional_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_sessions.id"], name=op.f("fk_seats_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["session_tables.id"], name=op.f("fk_seats_table_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "professional_id", name=op.f("pk_seats")),
    )
    op.create_index("ix_seats_table", "seats", ["table_id"], unique=False)
    op.create_table(
        "declared_conflicts",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_declared_conflicts_professional_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_declared_conflicts_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["intervision_sessions.id"],
            name=op.f("fk_declared_conflicts_session_id"),
        ),
        sa.PrimaryKeyConstraint(
            "proposal_id", "professional_id", name=op.f("pk_declared_conflicts")
        ),
    )
    op.create_index(
        op.f("ix_declared_conflicts_session_id"), "declared_conflicts", ["session_id"], unique=False
    )
    op.create_table(
        "invited_in",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["professionals.id"], name=op.f("fk_invited_in_invited_by")
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_invited_in_professional_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_invited_in_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "professional_id", name=op.f("pk_invited_in")),
    )
    op.create_table(
        "undertakings",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'nl', 'en')", name=op.f("ck_undertakings_language")),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_undertakings_professional_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_sessions.id"], name=op.f("fk_undertakings_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "professional_id", name=op.f("pk_undertakings")),
    )
    op.create_table(
        "minutes",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("note_taker_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'final')", name=op.f("ck_minutes_state")),
        sa.ForeignKeyConstraint(
            ["note_taker_id"], ["professionals.id"], name=op.f("fk_minutes_note_taker_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_minutes_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["intervision_sessions.id"], name=op.f("fk_minutes_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["session_tables.id"], name=op.f("fk_minutes_table_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("table_id", name=op.f("uq_minutes_table_id")),
    )
    op.create_index(op.f("ix_minutes_proposal_id"), "minutes", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_minutes_session_id"), "minutes", ["session_id"], unique=False)
    op.create_table(
        "minutes_revisions",
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["professionals.id"], name=op.f("fk_minutes_revisions_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_revisions_minutes_id")
        ),
        sa.PrimaryKeyConstraint("minutes_id", "number", name=op.f("pk_minutes_revisions")),
    )
    op.create_table(
        "minutes_addenda",
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["professionals.id"], name=op.f("fk_minutes_addenda_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_addenda_minutes_id")
        ),
        sa.PrimaryKeyConstraint("minutes_id", "number", name=op.f("pk_minutes_addenda")),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
