"""The shared plan: goals, actions, and what the household says to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plan_goals",
        *_of_a_case("plan_goals"),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("confidential_to", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_written("plan_goals"),
        _key("plan_goals", "member_id", "members.id"),
        _key("plan_goals", "confidential_to", "members.id"),
    )
    op.create_index("ix_plan_goals_case", "plan_goals", ["case_id", "position"])
    op.create_table(
        "plan_actions",
        *_of_a_case("plan_actions"),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drop_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        *_written("plan_actions"),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'dropped')", name=op.f("ck_plan_actions_state")
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (drop_reason IS NOT NULL)",
            name=op.f("ck_plan_actions_drop_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'planned') = (closed_at IS NULL)", name=op.f("ck_plan_actions_closed")
        ),
        _key("plan_actions", "goal_id", "plan_goals.id"),
        _key("plan_actions", "owner_id", "professionals.id"),
    )
    op.create_index("ix_plan_actions_case", "plan_actions", ["case_id", "due_on"])
    op.create_index("ix_plan_actions_goal", "plan_actions", ["goal_id"])
    _answers()


def _answers() -> None:
    checks = {
        "one_subject": "(goal_id IS NULL) <> (action_id IS NULL)",
        "kind": "kind IN ('cosigned', 'objected', 'words')",
        "words": "kind = 'cosigned' OR words IS NOT NULL",
        "words_to_a_goal": "kind <> 'words' OR goal_id IS NOT NULL",
        "evidence": "evidence IN ('oral', 'written', 'portal')",
        "witness": "evidence <> 'oral' OR witness IS NOT NULL",
        "document": "evidence <> 'written' OR document IS NOT NULL",
        "recorded_by": "(evidence = 'portal') = (recorded_by IS NULL)",
    }
    op.create_table(
        "plan_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_plan_answers_{name}"))
            for name, rule in checks.items()
        ),
        _key("plan_answers", "case_id", "cases.id"),
        _key("plan_answers", "goal_id", "plan_goals.id"),
        _key("plan_answers", "action_id", "plan_actions.id"),
        _key("plan_answers", "member_id", "members.id"),
        _key("plan_answers", "owner_id", "professionals.id"),
        _key("plan_answers", "recorded_by", "professionals.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_answers")),
    )
    op.create_index("ix_plan_answers_case", "plan_answers", ["case_id", "answered_at"])
    op.create_index("ix_plan_answers_goal", "plan_answers", ["goal_id"])
    op.create_index("ix_plan_answers_action", "plan_answers", ["action_id"])


def _of_a_case(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        _key(table, "case_id", "cases.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _written(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=True),
        _key(table, "written_by", "professionals.id"),
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
