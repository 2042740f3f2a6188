"""Who holds a claim: a dead sender's are free at once."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("deliveries", "webhook_deliveries"):
        op.add_column(table, sa.Column("held_by", sa.Integer(), nullable=True))
    op.create_index(
        "ix_deliveries_held",
        "deliveries",
        ["lease_until"],
        postgresql_where=sa.text("state = 'sending'"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
