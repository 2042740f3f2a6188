"""The day of an eviction is found by its case."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_acts_evictions",
        "acts",
        ["case_id", "acted_on"],
        postgresql_where=sa.text("kind = 'eviction' AND replaced_by IS NULL"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
