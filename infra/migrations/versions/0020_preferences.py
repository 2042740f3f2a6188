"""What professionals chose to be told of, how and when; digests and their items; quiet hours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = "'pending', 'sending', 'sent', 'rejected', 'failed', 'cancelled', 'muted'"


def upgrade() -> None:
    _deliveries()
    _preferences()
    _items()


def _deliveries() -> None:
    now = sa.text("now()")
    op.add_column(
        "deliveries",
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
    )
    op.execute("UPDATE deliveries SET due_at = next_at")
    op.drop_constraint(op.f("ck_deliveries_state"), "deliveries")
    op.create_check_constraint(op.f("ck_deliveries_state"), "deliveries", f"state IN ({STATES})")


def _preferences() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("choices", JSONB(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("digest_rhythm", sa.Text(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
        sa.Column("digest_weekday", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "digest_rhythm IN ('daily', 'weekly')", name=op.f("ck_notification_preferences_rhythm")
        ),
        sa.CheckConstraint(
            "digest_weekday BETWEEN 1 AND 7", name=op.f("ck_notification_preferences_weekday")
        ),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)",
            name=op.f("ck_notification_preferences_quiet_hours"),
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_notification_preferences_professional_id"),
        ),
        sa.PrimaryKeyConstraint("professional_id", name=op.f("pk_notification_preferences")),
    )


def _items() -> None:
    op.create_table(
        "digest_items",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("professional_id", sa.Uuid(), nullable=False),
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["alerts.id"],
                name=op.f(f"fk_digest_items_{column}"),
                ondelete="CASCADE",
            )
            for column in ("alert_id", "digest_id")
        ),
        sa.ForeignKeyConstraint(
            ["professional_id"],
            ["professionals.id"],
            name=op.f("fk_digest_items_professional_id"),
        ),
        sa.PrimaryKeyConstraint("alert_id", "professional_id", name=op.f("pk_digest_items")),
    )
    op.create_index("ix_digest_items_digest", "digest_items", ["digest_id"])


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
