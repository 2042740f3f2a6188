"""Hearing lists whose rows wait for the workers; exceptions to the winter moratorium."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KINDS = (
    "'formal_notice', 'petition', 'unilateral_petition', 'citation', 'summons', 'submissions',"
    " 'hearing', 'judgment', 'default_judgment', 'service', 'bailiff_notice', 'eviction',"
    " 'suspension', 'settlement', 'welfare_decision', 'moratorium_exception'"
)
_GROUNDS = (
    "'rehoused_or_left', 'dwelling_unfit', 'dangerous_behaviour', 'own_occupation', 'waived',"
    " 'guidance_refused'"
)


def upgrade() -> None:
    _waiting_rows()
    _exceptions()


def _exceptions() -> None:
    op.add_column("acts", sa.Column("ground", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_acts_kind"), "acts")
    for name, rule in (
        ("kind", f"kind IN ({_KINDS})"),
        (
            "ground",
            f"(kind = 'moratorium_exception') = (ground IS NOT NULL) AND ground IN ({_GROUNDS})",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_acts_{name}"), "acts", rule)


def _waiting_rows() -> None:
    for name, rule in (
        ("state", "state IN ('waiting', 'proposed', 'known', 'doubtful', 'unmatched', 'broken')"),
        ("unmatched", "state NOT IN ('waiting', 'unmatched') OR procedure_id IS NULL"),
    ):
        op.drop_constraint(op.f(f"ck_hearing_list_rows_{name}"), "hearing_list_rows")
        op.create_check_constraint(op.f(f"ck_hearing_list_rows_{name}"), "hearing_list_rows", rule)
    op.create_index(
        "ix_hearing_list_rows_waiting",
        "hearing_list_rows",
        ["uploaded_at", "list_id", "line"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
