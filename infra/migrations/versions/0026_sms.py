"""SMS: a channel of deliveries, and the mobile numbers that professionals gave, sealed."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_deliveries_channel"), "deliveries", type_="check")
    op.create_check_constraint(
        op.f("ck_deliveries_channel"), "deliveries", "channel IN ('email', 'inapp', 'sms')"
    )
    op.create_index(
        "ix_deliveries_sms",
        "deliveries",
        ["next_at"],
        postgresql_where=sa.text("channel = 'sms' AND state IN ('pending', 'sending')"),
    )
    table = "mobile_numbers"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        _moment("given_at", nullable=False),
        _moment("verified_at"),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        _moment("code_valid_until"),
        _moment("code_due_at"),
        sa.Column("code_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "verified_at IS NULL OR code_sealed IS NULL AND code_due_at IS NULL",
            name=op.f("ck_mobile_numbers_code"),
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_mobile_numbers_professional_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mobile_numbers")),
        sa.UniqueConstraint("professional_id", name=op.f("uq_mobile_numbers_professional_id")),
    )
    op.create_index(
        "ix_mobile_numbers_code",
        table,
        ["code_due_at"],
        postgresql_where=sa.text("code_due_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
