"""Give a task to somebody who may read what it is about, and finish it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.cases.events import TaskDone
from services.cases.model import Task, TaskState
from services.cases.tasks.reminders import remind
from services.consent import policy
from services.consent.exclusions import require_not_excluded
from services.consent.hold import hold_if
from services.consent.queries import access_to, team_may_read
from services.households.queries import require_adult_of
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.audit import Audited
from services.shared.categories import Category, name_of
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AddTask:
    """A `title` in a person's own words, or a `template` and the values its text names."""

    case_id: UUID
    category: Category
    title: str | None = None
    template: str | None = None
    title_values: dict[str, str] | None = None
    assignee_id: UUID | None = None
    due_on: date | None = None
    remind_at: datetime | None = None
    confidential_to: UUID | None = None
    source_id: UUID | None = None
    planned_on: date | None = None


def add_task(cmd: AddTask, *, actor: Actor, uow: UnitOfWork) -> Task:
    """Without an assignee the task is the reference worker's, and follows a handover."""
    access = access_to(cmd.case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, cmd.category)
    if cmd.assignee_id is not None:
        require_not_excluded(cmd.assignee_id, cmd.case_id, uow=uow)
        require_reader(cmd.assignee_id, cmd.case_id, cmd.category, uow=uow)
    require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    task = _new(cmd, actor, uow.now())
    uow.session.add(task)
    uow.session.flush()
    remind(task, uow=uow)
    uow.record("add_task", task, actor=actor, after=_written(task))
    return task


def add_tasks(cmds: Sequence[AddTask], *, actor: Actor, uow: UnitOfWork) -> None:
    """Write tasks of one case for whoever is its reference worker, in two statements.

    The caller asked whether the actor may write what they are about. The tasks name no assignee,
    no reminder and nobody they are confidential to.
    """
    tasks = [_new(cmd, actor, uow.now()) for cmd in cmds]
    uow.session.add_all(tasks)
    uow.session.flush()
    entries = [
        Audited(subject_id=task.id, case_id=task.case_id, before=None, after=_written(task))
        for task in tasks
    ]
    uow.record_all("add_task", Task.__tablename__, entries, actor=actor, with_next=True)


def _new(cmd: AddTask, actor: Actor, now: datetime) -> Task:
    task = Task(**vars(cmd) | {"category": int(cmd.category)})
    task.state, task.created_by, task.created_at = TaskState.OPEN, actor.id, now
    return task


def _written(task: Task) -> dict[str, Any]:
    return {
        "state": task.state,
        "category": name_of(task.category),
        "assignee": task.assignee_id,
        "due_on": task.due_on,
        "version": task.version,
    }


def require_reader(who: UUID, case_id: UUID, category: Category, *, uow: UnitOfWork) -> None:
    """A task is handed only to somebody to whom the household opened what it is about."""
    if not team_may_read(who, case_id, category, uow=uow):
        raise RuleBroken("assignee-not-in-the-team")


def finish_task(
    case_id: UUID, task_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Task:
    """The assignee or the reference worker finishes the task; its reminders are cancelled."""

    def may(task: Task, access: policy.Access) -> None:
        policy.require_team(access)
        if task.assignee_id != actor.id:
            policy.require_reference_worker(access)

    task = hold_if(Task, task_id, may, of={"case_id": case_id}, version=version, uow=uow)
    task.finish(uow.now())
    uow.session.flush()
    alerts.cancel(task.id, uow=uow)
    uow.record(
        "finish_task",
        task,
        actor=actor,
        before={"state": TaskState.OPEN, "version": version},
        after={"state": task.state, "version": task.version},
        event=TaskDone(case_id=case_id, task_id=task.id),
    )
    return task
