"""Tasks follow the days that they serve; the tenant opposes in the household's own view."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_CHECKS = {
    "ck_welfare_oppositions_how": "how IN ('in_writing', 'in_the_minutes', 'orally', 'own_view')",
    "ck_welfare_oppositions_own_view": "(how = 'own_view') = (recorded_by_member IS NOT NULL)",
    "ck_welfare_oppositions_recorded": "(recorded_by IS NULL) <> (recorded_by_member IS NULL)",
    "ck_welfare_oppositions_withdrawn": "num_nonnulls(withdrawn_by, withdrawn_by_member)"
    " = CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END",
}


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
    for column in ("recorded_by_member", "withdrawn_by_member"):
        op.add_column("welfare_oppositions", sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_welfare_oppositions_{column}_members"),
            "welfare_oppositions",
            "members",
            [column],
            ["id"],
        )
    op.alter_column("welfare_oppositions", "recorded_by", existing_type=sa.Uuid(), nullable=True)
    for name, holds in _CHECKS.items():
        op.execute(f"ALTER TABLE welfare_oppositions DROP CONSTRAINT IF EXISTS {name}")
        op.create_check_constraint(op.f(name), "welfare_oppositions", holds)


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
