"""The reminder of a task: for whoever has the task."""

from datetime import datetime

from services.cases.model import Task
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork


def remind(task: Task, *, uow: UnitOfWork) -> None:
    """Plan its reminder, if it has one, for whoever has the task now.

    The version tells the reminders of a task apart that went from one person to another and back.
    """
    if task.remind_at is not None:
        alerts.plan([reminder(task, task.remind_at)], uow=uow)


def reminder(task: Task, at: datetime) -> NewAlert:
    """The reminder of a task, to its assignee or to the reference worker of that moment."""
    person = task.assignee_id is not None
    return NewAlert(
        kind="cases.task_due",
        case_id=task.case_id,
        object_id=task.id,
        object_version=task.version,
        due_at=at,
        recipient_role=RecipientRole.PERSON if person else RecipientRole.REFERENCE_WORKER,
        recipient_id=task.assignee_id,
        facts={"due_on": task.due_on.isoformat() if task.due_on else None},
    )
