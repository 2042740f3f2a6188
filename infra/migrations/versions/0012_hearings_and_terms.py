"""Results of hearings; terms of a judgment, payment plans, instalments, the ledger of arrears."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_MONEY = sa.Numeric(10, 2)


def upgrade() -> None:
    _terms()
    _instalments()
    _arrears()
    _hearings()


def _terms() -> None:
    checks = {
        "kind": "kind IN ('payment_plan', 'leave_by', 'other')",
        "state": "state IN ('running', 'missed', 'resumed', 'kept', 'done', 'cancelled')",
        "category": "category = CASE WHEN act_id IS NULL THEN 2 ELSE 4 END",
        "agreed": "act_id IS NOT NULL OR kind = 'payment_plan'",
        "due_on": "(kind = 'payment_plan') = (due_on IS NULL)",
        "words": "kind <> 'other' OR words IS NOT NULL",
        "cancelled": "(state = 'cancelled') = (cancel_reason IS NOT NULL)",
    }
    op.create_table(
        "terms",
        *_of_a_case("terms"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("was_missed", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        *_checks("terms", checks),
        _key("terms", "act_id", "acts.id"),
        _key("terms", "document_id", "documents.id"),
        _key("terms", "recorded_by", "professionals.id"),
    )
    op.create_index("ix_terms_case", "terms", ["case_id"])
    op.create_index(
        "ix_terms_open",
        "terms",
        ["due_on"],
        postgresql_where=sa.text("state IN ('running', 'missed', 'resumed')"),
    )


def _instalments() -> None:
    checks = {
        "state": "state IN ('due', 'paid', 'missed', 'cancelled')",
        "amount": "amount_eur > 0",
        "paid": "(state = 'paid') = (paid_on IS NOT NULL)",
    }
    op.create_table(
        "instalments",
        *_of_a_case("instalments"),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_eur", _MONEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("missed_at", _MOMENT, nullable=True),
        *_checks("instalments", checks),
        _key("instalments", "term_id", "terms.id"),
    )
    op.create_index(op.f("ix_instalments_case_id"), "instalments", ["case_id"])
    op.create_index("ix_instalments_term", "instalments", ["term_id", "due_on"])
    op.create_index(
        "ix_instalments_due",
        "instalments",
        ["due_on"],
        postgresql_where=sa.text("state = 'due'"),
    )


def _arrears() -> None:
    checks = {
        "kind": "kind IN ('rent_due', 'payment', 'cost', 'correction')",
        "amount": "CASE WHEN kind = 'correction' THEN amount_eur <> 0 ELSE amount_eur > 0 END",
    }
    op.create_table(
        "arrears_entries",
        *_of_a_case("arrears_entries"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_eur", _MONEY, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        *_checks("arrears_entries", checks),
        _key("arrears_entries", "document_id", "documents.id"),
        _key("arrears_entries", "recorded_by", "professionals.id"),
    )
    op.create_index("ix_arrears_entries_case", "arrears_entries", ["case_id", "day"])


def _hearings() -> None:
    for name in ("kind", "roll_number", "result"):
        op.add_column("hearings", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("hearings", sa.Column("result_at", _MOMENT, nullable=True))
    op.drop_constraint(op.f("ck_hearings_state"), "hearings", type_="check")
    for name, rule in (
        ("state", "state IN ('set', 'adjourned', 'held')"),
        ("kind", "kind IN ('introductory', 'pleading', 'conciliation', 'other')"),
        ("result", "result IN ('adjourned', 'reserved', 'judged', 'settled', 'struck_out')"),
        ("result_at", "(result IS NULL) = (result_at IS NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_hearings_{name}"), "hearings", rule)


def _of_a_case(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        _key(table, "case_id", "cases.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
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
