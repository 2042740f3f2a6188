"""An act recorded by mistake is struck; what the liaison posted stays known as hers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STRUCK = (
    "(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (strike_reason IS NULL)"
)


def upgrade() -> None:
    op.add_column("acts", sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("acts", sa.Column("strike_reason", sa.Text(), nullable=True))
    op.add_column("acts", sa.Column("own_dates", postgresql.JSONB(), nullable=True))
    for table, column in (
        ("acts", "struck_by"),
        ("acts", "posted_by"),
        ("hearings", "posted_by"),
    ):
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
        name = op.f(f"fk_{table}_{column}")
        op.create_foreign_key(name, table, "professionals", [column], ["id"])
    op.create_check_constraint(op.f("ck_acts_struck"), "acts", STRUCK)
    for table in ("hearings", "terms"):
        op.add_column(table, sa.Column("struck_from", sa.Text(), nullable=True))
        once = "struck_from IS NULL OR state = 'cancelled'"
        op.create_check_constraint(op.f(f"ck_{table}_struck_from"), table, once)


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
