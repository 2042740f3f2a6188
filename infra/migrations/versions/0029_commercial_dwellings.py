"""A commercial lease whose tenant lives on the premises: under the Brussels rules (law file §1)."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_tenancies_lease_kind"), "tenancies", type_="check")
    op.create_check_constraint(
        op.f("ck_tenancies_lease_kind"),
        "tenancies",
        "lease_kind IN ('main_residence', 'social', 'commercial_dwelling', 'other',"
        " 'without_title')",
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
