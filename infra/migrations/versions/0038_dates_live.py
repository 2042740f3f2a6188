"""A date lives: new kinds of act, what ended a deadline."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

KINDS = [
    "formal_notice",
    "letter",
    "petition",
    "unilateral_petition",
    "citation",
    "summons",
    "welfare_objection",
    "submissions",
    "hearing",
    "claim_withdrawn",
    "settlement",
    "judgment",
    "default_judgment",
    "deemed_judgment",
    "service",
    "appeal",
    "opposition",
    "third_party_opposition",
    "appeal_judgment",
    "stay",
    "suspension",
    "delay_granted",
    "moratorium_exception",
    "rehousing_notice",
    "bailiff_notice",
    "eviction_postponed",
    "postponement_refused",
    "eviction",
    "unlawful_eviction",
    "belongings_collected",
    "welfare_decision",
    "welfare_appeal",
    "safety_order",
    "council_of_state_application",
]


def upgrade() -> None:
    op.drop_constraint(op.f("ck_acts_kind"), "acts", type_="check")
    op.create_check_constraint(
        op.f("ck_acts_kind"), "acts", f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"
    )
    op.add_column("acts", sa.Column("until_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_acts_until_on"),
        "acts",
        "(kind <> 'delay_granted' OR until_on IS NOT NULL) AND (until_on IS NULL OR kind IN"
        " ('delay_granted', 'stay', 'suspension'))",
    )
    op.add_column("acts", sa.Column("called_off_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_acts_called_off_by_acts"), "acts", "acts", ["called_off_by"], ["id"]
    )
    op.add_column(
        "acts", sa.Column("alarms", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    for name, kind in (("ended_as", sa.Text()), ("ended_by", sa.Uuid())):
        op.add_column("deadlines", sa.Column(name, kind, nullable=True))
    op.create_check_constraint(
        op.f("ck_deadlines_ended_as"), "deadlines", "ended_as IN ('kept', 'missed', 'moot')"
    )
    op.create_check_constraint(
        op.f("ck_deadlines_ended_by"), "deadlines", "(ended_as IS NULL) = (ended_by IS NULL)"
    )
    _one_library()


# Repealed in 2015 (C. jud. art. 806); read by nobody and in the other side's favour; and opposition,
# which exists after a default judgment alone. A person's own date stays.
GONE = """
    WITH gone AS (
      DELETE FROM deadlines d
      WHERE overridden_date IS NULL AND (rule_id IN ('REM-05', 'FED-03') OR rule_id = 'REM-02'
        AND NOT EXISTS (SELECT FROM acts a WHERE a.procedure_id = d.procedure_id
          AND a.kind = 'default_judgment' AND a.replaced_by IS NULL AND a.lapsed_at IS NULL))
      RETURNING d.id
    )
    UPDATE alerts a SET state = 'cancelled' FROM gone
    WHERE a.object_id = gone.id AND a.state IN ('planned', 'paused', 'sending')
"""


def _one_library() -> None:
    """Remedies have one id in every regime; dates that are none any more go with their alerts."""
    op.execute("UPDATE deadlines SET rule_id = 'REM-01' WHERE rule_id = 'FED-REM-01'")
    op.execute(GONE)


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
