"""A task of a procedure moves with the day it serves, and is moot when that falls away."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("source_id", sa.Uuid(), nullable=True))
    op.add_column("tasks", sa.Column("planned_on", sa.Date(), nullable=True))
    op.execute("ALTER TABLE tasks DROP CONSTRAINT ck_tasks_state")
    op.create_check_constraint(op.f("ck_tasks_state"), "tasks", "state IN ('open', 'done', 'moot')")
    op.create_check_constraint(
        op.f("ck_tasks_planned"), "tasks", "planned_on IS NULL OR source_id IS NOT NULL"
    )
    # What the opening of a procedure brought until now.
    op.execute(
        "UPDATE tasks t SET source_id = p.id, planned_on = t.due_on FROM procedures p"
        " WHERE p.case_id = t.case_id"
        " AND t.template IN ('find_lawyer', 'defence_bundle', 'payment_plan', 'companion')"
        " AND t.created_at = p.opened_at AND t.created_by = p.opened_by"
    )


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
