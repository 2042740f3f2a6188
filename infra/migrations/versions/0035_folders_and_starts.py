"""Which folders are this database's own, and when each part started, worked and died."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_folders",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_shared_folders")),
    )
    op.alter_column("heartbeats", "at", nullable=True)
    op.add_column(
        "heartbeats",
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
    )
    op.add_column("heartbeats", sa.Column("died_at", sa.DateTime(timezone=True), nullable=True))
