"""Regimes of a procedure; how an act was delivered, its document, and corrections of acts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = (
    "kind IN ('formal_notice', 'petition', 'unilateral_petition', 'citation', 'summons', "
    "'submissions', 'hearing', 'judgment', 'default_judgment', 'service', 'bailiff_notice', "
    "'eviction', 'suspension', 'settlement', 'welfare_decision')"
)
_DELIVERIES = (
    "delivery IN ('service', 'judicial_letter', 'registered_with_receipt', 'registered', "
    "'ordinary', 'electronic', 'by_hand')"
)
_LEASES = "lease_kind IN ('main_residence', 'social', 'other', 'without_title')"


def upgrade() -> None:
    # What was opened before there were regimes was opened under the Brussels rules.
    op.add_column(
        "procedures", sa.Column("regime", sa.Text(), nullable=False, server_default="BRU_LEASE")
    )
    op.add_column(
        "procedures",
        sa.Column("regime_assumed", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.alter_column("procedures", "regime", server_default=None)
    op.alter_column("procedures", "regime_assumed", server_default=None)
    op.add_column("acts", sa.Column("delivery", sa.Text(), nullable=True))
    op.add_column("acts", sa.Column("document_id", sa.Uuid(), nullable=True))
    op.add_column("acts", sa.Column("replaced_by", sa.Uuid(), nullable=True))
    op.add_column("acts", sa.Column("correction_reason", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_acts_document_id"), "acts", "documents", ["document_id"], ["id"])
    op.create_foreign_key(op.f("fk_acts_replaced_by"), "acts", "acts", ["replaced_by"], ["id"])
    op.drop_constraint(op.f("ck_acts_kind"), "acts", type_="check")
    op.create_check_constraint(op.f("ck_acts_kind"), "acts", _KINDS)
    op.create_check_constraint(op.f("ck_acts_delivery"), "acts", _DELIVERIES)
    op.drop_constraint(op.f("ck_tenancies_lease_kind"), "tenancies", type_="check")
    op.create_check_constraint(op.f("ck_tenancies_lease_kind"), "tenancies", _LEASES)


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
