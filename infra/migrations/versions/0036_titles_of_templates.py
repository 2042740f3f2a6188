"""A task from a template is named by it, and said to each reader in their own language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("title_values", JSONB(), nullable=True))
    op.alter_column("tasks", "title", existing_type=sa.Text(), nullable=True)
    op.execute(
        "UPDATE tasks t SET title_values = jsonb_build_object('language', h.language)"
        " FROM households h WHERE h.case_id = t.case_id AND t.template = 'inform_household'"
    )
    # Who is to be told in person stands in the title alone: those tasks keep it as it is.
    op.execute(
        "UPDATE tasks SET title = NULL WHERE template IS NOT NULL AND template <> 'tell_in_person'"
    )
    op.create_check_constraint(
        op.f("ck_tasks_called_something"), "tasks", "title IS NOT NULL OR template IS NOT NULL"
    )
    # Their titles are no longer an argument.
    op.execute("DROP FUNCTION IF EXISTS write_missed_task(uuid, text, text, date)")
    op.execute("DROP FUNCTION IF EXISTS write_tell_task(uuid, uuid, jsonb)")


def downgrade() -> None:
    """Forward only: going back means restoring the backup made before (docs/operators.md)."""
    raise RuntimeError("migrations only go forward: restore the backup made before this one")
