"""Calendar feeds; hearing lists uploaded by liaisons, without any name."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_calendar_feeds_professional_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(
        "ix_calendar_feeds_open",
        "calendar_feeds",
        ["professional_id"],
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "hearing_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["professional_id"], ["professionals.id"], name=op.f("fk_hearing_lists_professional_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_lists")),
    )
    op.create_index(op.f("ix_hearing_lists_professional_id"), "hearing_lists", ["professional_id"])
    op.create_table(
        "hearing_list_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("canton", sa.Text(), nullable=True),
        sa.Column("roll_number", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("procedure_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'known', 'doubtful', 'unmatched', 'broken')",
            name=op.f("ck_hearing_list_rows_state"),
        ),
        sa.CheckConstraint(
            "state <> 'unmatched' OR procedure_id IS NULL",
            name=op.f("ck_hearing_list_rows_unmatched"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["hearing_lists.id"],
            name=op.f("fk_hearing_list_rows_list_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_hearing_list_rows_professional_id"),
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_hearing_list_rows_procedure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_list_rows")),
    )
    op.create_index("ix_hearing_list_rows_list", "hearing_list_rows", ["list_id", "line"])
    op.create_index("ix_hearing_list_rows_uploaded_at", "hearing_list_rows", ["uploaded_at"])
    op.create_index("ix_hearing_list_rows_procedure_id", "hearing_list_rows", ["procedure_id"])


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
