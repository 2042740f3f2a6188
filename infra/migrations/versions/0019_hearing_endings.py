"""A hearing called off, acts that lapsed with it, what a liaison posts of it; an override lifted."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_REASONS = (
    "'settled', 'withdrawn', 'struck_from_roll', 'omitted_from_roll', 'adjourned_sine_die',"
    " 'recorded_by_mistake'"
)


def upgrade() -> None:
    op.add_column("acts", sa.Column("lapsed_at", _MOMENT, nullable=True))
    op.add_column("hearings", sa.Column("called_off_because", sa.Text(), nullable=True))
    op.add_column("hearings", sa.Column("called_off_at", _MOMENT, nullable=True))
    op.add_column("postings", sa.Column("because", sa.Text(), nullable=True))
    op.add_column("hearing_list_rows", sa.Column("because", sa.Text(), nullable=True))
    op.add_column("deadlines", sa.Column("lifted_date", sa.Date(), nullable=True))
    op.add_column("deadlines", sa.Column("lift_reason", sa.Text(), nullable=True))
    op.add_column("deadlines", sa.Column("lifted_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_deadlines_lifted_by"), "deadlines", "professionals", ["lifted_by"], ["id"]
    )
    op.drop_constraint(op.f("ck_hearings_state"), "hearings", type_="check")
    op.drop_constraint(op.f("ck_postings_kind"), "postings", type_="check")
    for table, name, rule in (
        ("deadlines", "lift_reason", "(lifted_date IS NULL) = (lift_reason IS NULL)"),
        ("hearings", "state", "state IN ('set', 'adjourned', 'held', 'cancelled')"),
        ("hearings", "called_off_because", f"called_off_because IN ({_REASONS})"),
        (
            "hearings",
            "called_off",
            "(state = 'cancelled') = (called_off_because IS NOT NULL)"
            " AND (state = 'cancelled') = (called_off_at IS NOT NULL)",
        ),
        ("postings", "kind", "kind IN ('hearing_moved', 'hearing_cancelled', 'judgment_set')"),
        (
            "postings",
            "because",
            f"(kind = 'hearing_cancelled') = (because IS NOT NULL) AND because IN ({_REASONS})",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    _lapse_what_did_not_take_place()
    kinds = "'evictions.hearing_invited', 'evictions.hearing_called_off', 'evictions.hearing_left'"
    op.create_index(
        "ix_alerts_invitations",
        "alerts",
        ["case_id"],
        postgresql_where=sa.text(f"kind IN ({kinds})"),
    )


def _lapse_what_did_not_take_place() -> None:
    """A hearing that was moved before its hour has no result: nobody sat on its first day."""
    op.execute(
        "UPDATE acts a SET lapsed_at = n.recorded_at FROM hearings h"
        " JOIN hearings later ON later.replaces_id = h.id JOIN acts n ON n.id = later.act_id"
        " WHERE a.id = h.act_id AND h.state = 'adjourned' AND h.result IS NULL"
        " AND h.starts_at > n.recorded_at"
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
