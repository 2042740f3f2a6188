"""Kinds of lease: whose a social dwelling is, and a lease that has ended, decide on the rules."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KINDS = (
    *("main_residence", "social", "social_company", "social_public", "commercial_dwelling"),
    *("other", "lease_ended", "without_title"),
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_tenancies_lease_kind"), "tenancies")
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_check_constraint(
        op.f("ck_tenancies_lease_kind"), "tenancies", f"lease_kind IN ({kinds})"
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
