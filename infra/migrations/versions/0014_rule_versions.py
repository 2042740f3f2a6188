"""The law as data, changed by a network: versions, rules, holidays, and what a change moves.

Running deadlines to act before get their alerts, as new ones do (services/evictions/dates/warnings.py).
Moved back from weekends only: a legal holiday is no harm here, the next rung follows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KINDS = "'version', 'rule_disabled', 'rule_altered', 'holiday_added', 'holiday_removed'"
_PLAN = """
INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role, due_at,
                    facts, state, planned_at)
SELECT gen_random_uuid(), d.case_id, 'evictions.deadline_approaching', d.id, d.version,
       rung.days || 'd', 'reference_worker', rung.due_at,
       jsonb_build_object('due_on', d.last, 'days_left', rung.days), 'planned', now()
FROM (SELECT id, case_id, version, protective,
             coalesce(overridden_date, least(falls_on, earlier_reading)) AS last
      FROM deadlines) d
JOIN cases c ON c.id = d.case_id AND c.state <> 'closed'
CROSS JOIN LATERAL (
  SELECT days, ((d.last - days - greatest(extract(isodow FROM d.last - days)::int - 5, 0))
                + time '09:00') AT TIME ZONE 'Europe/Brussels' AS due_at
  FROM unnest(ARRAY[14, 7, 3, 1]) AS days) rung
WHERE d.protective AND rung.due_at > now()
"""


def upgrade() -> None:
    _changes()
    _recomputations()
    _moved()
    op.execute(_PLAN)


def _changes() -> None:
    op.create_table(
        "rule_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("delay", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("names", postgresql.JSONB(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_rule_changes_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'retired')", name=op.f("ck_rule_changes_state")
        ),
        sa.CheckConstraint(
            "(kind = 'version') = (source IS NOT NULL)", name=op.f("ck_rule_changes_source")
        ),
        sa.CheckConstraint(
            "starts_with(kind, 'holiday_') = (day IS NOT NULL)", name=op.f("ck_rule_changes_day")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["professionals.id"], name=op.f("fk_rule_changes_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_changes")),
    )
    for name, columns, where in (
        ("number", ["rule_set", "number"], "kind = 'version' AND state <> 'retired'"),
        ("rule", ["rule_set", "rule_id"], "rule_id IS NOT NULL AND state = 'active'"),
        ("day", ["day"], "day IS NOT NULL AND state = 'active'"),
    ):
        op.create_index(
            f"uq_rule_changes_{name}",
            "rule_changes",
            columns,
            unique=True,
            postgresql_where=sa.text(where),
        )


def _recomputations() -> None:
    counts = ("procedures_done", "changed", "locked", "new", "gone", "skipped")
    op.create_table(
        "recomputations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("retires", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('previewing', 'previewed', 'applying', 'applied')",
            name=op.f("ck_recomputations_state"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["rule_changes.id"], name=op.f("fk_recomputations_change_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["professionals.id"], name=op.f(f"fk_recomputations_{name}")
            )
            for name in ("asked_by", "applied_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recomputations")),
    )
    op.create_index(
        "uq_recomputations_applying",
        "recomputations",
        [sa.text("(state = 'applying')")],
        unique=True,
        postgresql_where=sa.text("state = 'applying'"),
    )


def _moved() -> None:
    parents = {
        "recomputation_id": "recomputations",
        "case_id": "cases",
        "procedure_id": "procedures",
        "act_id": "acts",
    }
    op.create_table(
        "recomputed_deadlines",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in parents),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("computes", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Date(), nullable=True),
        sa.Column("after", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('changed', 'locked', 'new', 'gone')",
            name=op.f("ck_recomputed_deadlines_kind"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=op.f(f"fk_recomputed_deadlines_{name}")
            )
            for name, table in parents.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recomputed_deadlines")),
        sa.UniqueConstraint(
            "recomputation_id",
            "act_id",
            "rule_id",
            name=op.f("uq_recomputed_deadlines_recomputation_id_act_id_rule_id"),
        ),
    )
    op.create_index("ix_recomputed_deadlines_case", "recomputed_deadlines", ["case_id"])


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
