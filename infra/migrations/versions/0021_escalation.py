"""The ladder of unacknowledged alerts, its rules, team leads, and what follows a failed message.

What is open already and still ahead begins to climb; what failed long ago is not followed up.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_BEGIN = """
UPDATE alerts SET told_at = greatest(due_at, planned_at), climbs_at = now() + interval '4 hours'
WHERE state = 'sending' AND recipient_role = 'reference_worker' AND case_id IS NOT NULL
  AND kind IN ('evictions.deadline_approaching', 'evictions.deadline_moved',
    'evictions.hearing_approaching')
  AND (CAST(facts ->> 'hearing_at' AS timestamptz) > now()
    OR CAST(facts ->> 'due_on' AS date) >= current_date)
"""
_OVER = "UPDATE deliveries SET followed_up_at = now() WHERE state IN ('rejected', 'failed')"


def upgrade() -> None:
    _rules()
    op.add_column("alerts", sa.Column("first_id", sa.Uuid(), nullable=True))
    for name in ("told_at", "climbs_at", "undelivered_at"):
        op.add_column("alerts", sa.Column(name, _MOMENT, nullable=True))
    op.create_foreign_key(op.f("fk_alerts_first_id"), "alerts", "alerts", ["first_id"], ["id"])
    op.add_column("deliveries", sa.Column("followed_up_at", _MOMENT, nullable=True))
    op.execute(_BEGIN)
    op.execute(_OVER)
    _indexes()
    op.drop_constraint(op.f("ck_professional_roles_role"), "professional_roles")
    op.create_check_constraint(
        op.f("ck_professional_roles_role"),
        "professional_roles",
        "role IN ('worker', 'facilitator', 'liaison', 'team_lead', 'coordinator', 'administrator')",
    )


def _rules() -> None:
    op.create_table(
        "escalation_rules",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("key = 1", name=op.f("ck_escalation_rules_one_row")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["professionals.id"], name=op.f("fk_escalation_rules_changed_by")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_escalation_rules")),
    )


def _indexes() -> None:
    climbing = sa.text("climbs_at IS NOT NULL AND state IN ('planned', 'sending')")
    op.create_index("ix_alerts_climbing", "alerts", ["climbs_at"], postgresql_where=climbing)
    op.create_index(
        "uq_alerts_rung",
        "alerts",
        ["first_id", "recipient_role"],
        unique=True,
        postgresql_where=sa.text("first_id IS NOT NULL"),
    )
    undone = sa.text("state IN ('rejected', 'failed') AND followed_up_at IS NULL")
    op.create_index("ix_deliveries_undone", "deliveries", ["next_at"], postgresql_where=undone)
    op.create_index("ix_deliveries_message", "deliveries", ["message_id"])


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
