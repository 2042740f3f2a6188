"""A mayor's order that nobody may live in a dwelling is an act (regime ADMIN, law file §1)."""

from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

_KINDS = (
    "'formal_notice', 'petition', 'unilateral_petition', 'citation', 'summons', 'submissions',"
    " 'hearing', 'judgment', 'default_judgment', 'service', 'bailiff_notice', 'eviction',"
    " 'suspension', 'settlement', 'welfare_decision', 'moratorium_exception', 'safety_order'"
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_acts_kind"), "acts")
    op.create_check_constraint(op.f("ck_acts_kind"), "acts", f"kind IN ({_KINDS})")


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
