"""Hearing lists whose rows wait for the workers."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _waiting_rows()


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
