"""A deadline ends: kept, missed or moot."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("ended_as", sa.Text(), nullable=True))
    op.add_column(
        "deadlines", sa.Column("ended_by", sa.Uuid(), sa.ForeignKey("acts.id"), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_deadlines_ended_as"), "deadlines", "ended_as IN ('kept', 'missed', 'moot')"
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
