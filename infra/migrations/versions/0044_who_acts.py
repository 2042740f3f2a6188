"""An acknowledgement for somebody else says who acts, and asks them by a new round of the ladder."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("acting", sa.Text(), nullable=True))
    op.add_column(
        "alerts", sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.create_check_constraint(
        op.f("ck_alerts_acting"),
        "alerts",
        "acting IN ('self', 'reference_worker', 'substitute')",
    )
    op.drop_index("uq_alerts_rung", "alerts")
    op.create_index(
        "uq_alerts_rung",
        "alerts",
        ["first_id", "round", "recipient_role"],
        unique=True,
        postgresql_where=sa.text("first_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
