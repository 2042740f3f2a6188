"""What fails here again and again is set aside: deliveries, alerts, events."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("deliveries", "alerts"):
        op.add_column(
            table, sa.Column("faults", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
    op.add_column("alerts", sa.Column("last_error", sa.Text(), nullable=True))
    for table in ("deliveries", "alerts", "outbox_events"):
        op.add_column(table, sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
        op.create_index(
            f"ix_{table}_set_aside",
            table,
            ["set_aside_at"],
            postgresql_where=sa.text("set_aside_at IS NOT NULL"),
        )
    op.drop_constraint(op.f("ck_deliveries_state"), "deliveries", type_="check")
    op.create_check_constraint(
        op.f("ck_deliveries_state"),
        "deliveries",
        "state IN ('pending', 'sending', 'sent', 'rejected', 'failed', 'cancelled', 'muted',"
        " 'set_aside')",
    )
    _figures()


def _figures() -> None:
    """What is counted at every look of Prometheus is found by an index."""
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["alert_id"],
        postgresql_where=sa.text("state IN ('rejected', 'failed')"),
    )
    op.create_index(
        "ix_alerts_no_recipient",
        "alerts",
        ["due_at"],
        postgresql_where=sa.text("state = 'no_recipient'"),
    )
    op.create_index(
        "ix_alerts_canary",
        "alerts",
        ["due_at"],
        postgresql_where=sa.text("kind = 'operations.canary'"),
    )
    # It says the channel too now; the re-applied SQL makes it anew.
    op.execute("DROP FUNCTION IF EXISTS delivery_counts()")


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
