"""The tasks a new procedure asks for, from a template file. Their titles are `task.<code>`."""

from datetime import date, timedelta
from uuid import UUID

from services.cases.tasks.commands import AddTask
from services.evictions.law.task_templates import task_templates
from services.shared.categories import Category


def opening_tasks(case_id: UUID, *, today: date) -> list[AddTask]:
    """One task for each row of the template, for whoever is the reference worker."""
    return [
        AddTask(
            case_id=case_id,
            category=Category.PROCEDURE,
            template=row["code"],
            due_on=today + timedelta(days=row["within_days"]),
        )
        for row in task_templates()["task"]
    ]
