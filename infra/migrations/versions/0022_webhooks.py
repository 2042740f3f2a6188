"""Webhooks: the endpoints of organisations, their sealed secrets, and what was sent to them."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _moment(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _endpoints()
    _secrets()
    _deliveries()


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disabled_why", sa.Text(), nullable=True),
        _moment("created_at", nullable=False),
        _moment("failing_since"),
        _moment("rests_until"),
        sa.CheckConstraint(
            "state IN ('active', 'disabled')", name=op.f("ck_webhook_endpoints_state")
        ),
        sa.CheckConstraint(
            "(state = 'disabled') = (disabled_why IS NOT NULL)",
            name=op.f("ck_webhook_endpoints_why"),
        ),
        sa.CheckConstraint(
            "disabled_why IN ('administrator', 'failing', 'gone')",
            name=op.f("ck_webhook_endpoints_reason"),
        ),
        _key("webhook_endpoints", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index(
        op.f("ix_webhook_endpoints_organisation_id"), "webhook_endpoints", ["organisation_id"]
    )


def _secrets() -> None:
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("valid_until"),
        _key("webhook_secrets", "endpoint_id", "webhook_endpoints"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index(
        "uq_webhook_secrets_current",
        "webhook_secrets",
        ["endpoint_id"],
        unique=True,
        postgresql_where=sa.text("valid_until IS NULL"),
    )
    op.create_index("ix_webhook_secrets_endpoint", "webhook_secrets", ["endpoint_id", "created_at"])


def _deliveries() -> None:
    table = "webhook_deliveries"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("created_at", nullable=False),
        _moment("next_at", nullable=False),
        _moment("lease_until"),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _moment("data_at"),
        _moment("sent_at"),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "possible_duplicate", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'cancelled')",
            name=op.f("ck_webhook_deliveries_state"),
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (lease_until IS NOT NULL)",
            name=op.f("ck_webhook_deliveries_lease"),
        ),
        _key(table, "endpoint_id", "webhook_endpoints"),
        _key(table, "alert_id", "alerts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("endpoint_id", "alert_id", name="uq_webhook_deliveries_once"),
    )
    op.create_index(op.f("ix_webhook_deliveries_alert_id"), table, ["alert_id"])
    op.create_index("ix_webhook_deliveries_listed", table, ["endpoint_id", "created_at", "id"])
    op.create_index(
        "ix_webhook_deliveries_open",
        table,
        ["endpoint_id", "next_at"],
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
