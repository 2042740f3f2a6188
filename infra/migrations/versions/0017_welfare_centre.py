"""Which organisations are public welfare centres; what they are to be told; the tenant's opposition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
# What the sector of an organisation says in one of the three languages; a network corrects the rest.
_CENTRES = """
    UPDATE organisations SET public_welfare_centre = true, version = version + 1
    WHERE sector ~* '\\y(cpas|ocmw|(social )?welfare cent(re|er)|social welfare)\\y'
"""


def upgrade() -> None:
    op.add_column(
        "organisations",
        sa.Column(
            "public_welfare_centre", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.execute(_CENTRES)
    _steps()
    _oppositions()
    _ledger()


def _steps() -> None:
    op.create_table(
        "welfare_steps",
        *_of_a_procedure("welfare_steps"),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("despite_opposition", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _MOMENT, nullable=True),
        sa.UniqueConstraint("act_id", "rule_id", name=op.f("uq_welfare_steps_act_id_rule_id")),
        *_checks(
            "welfare_steps",
            {
                "state": "state IN ('due', 'opposed', 'done')",
                "done_by": "done_by IN ('clerk', 'bailiff', 'team')",
                "done": "(state = 'done') = (done_on IS NOT NULL)"
                " AND (state = 'done') = (done_by IS NOT NULL)"
                " AND (state = 'done') = (recorded_by IS NOT NULL)"
                " AND (state = 'done') = (recorded_at IS NOT NULL)",
            },
        ),
        _key("welfare_steps", "act_id", "acts.id"),
        _key("welfare_steps", "recorded_by", "professionals.id"),
    )
    op.create_index("ix_welfare_steps_procedure", "welfare_steps", ["procedure_id"])


def _oppositions() -> None:
    op.create_table(
        "welfare_oppositions",
        *_of_a_procedure("welfare_oppositions"),
        sa.Column("opposed_on", sa.Date(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        *_checks(
            "welfare_oppositions",
            {
                "how": "how IN ('in_writing', 'in_the_minutes', 'orally')",
                "withdrawn": "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            },
        ),
        _key("welfare_oppositions", "recorded_by", "professionals.id"),
        _key("welfare_oppositions", "withdrawn_by", "professionals.id"),
    )
    op.create_index("ix_welfare_oppositions_case", "welfare_oppositions", ["case_id"])
    op.create_index(
        "uq_welfare_oppositions_standing",
        "welfare_oppositions",
        ["procedure_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _ledger() -> None:
    """A restored database must not forget an opposition."""
    op.drop_constraint(op.f("ck_ledger_entries_kind"), "ledger_entries", type_="check")
    op.create_check_constraint(
        op.f("ck_ledger_entries_kind"),
        "ledger_entries",
        "kind IN ('case_erased', 'consent_withdrawn', 'consent_renewed', 'participation_ended',"
        " 'exclusion_set', 'exclusion_lifted', 'reference_changed', 'account_closed',"
        " 'welfare_opposed', 'welfare_unopposed')",
    )


def _of_a_procedure(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        _key(table, "case_id", "cases.id"),
        _key(table, "procedure_id", "procedures.id"),
    )


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    ]


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
