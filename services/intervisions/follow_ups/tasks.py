"""A follow-up becomes a task of its case, by the reference worker alone, and ends with it unseen.

Whoever takes part in the case sees the task when it is written and when it is done. Nobody at the
session may tell from the follow-up when that was: writing the task changes nothing of it, and it
closes on the morning after, together with all others (docs/decisions/0044).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.cases.events import TaskDone
from services.cases.model import Task
from services.cases.tasks import commands as tasks
from services.consent.queries import leads
from services.intervisions.follow_ups.events import FollowUpClosed
from services.intervisions.follow_ups.model import Becomes, FollowUp, FollowUpSource
from services.intervisions.follow_ups.queries import words_of
from services.intervisions.proposals.model import ProposalSource
from services.intervisions.screening.verbatim import repeats
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.clock import legal_day
from services.shared.errors import Conflict, Refused, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

# The time after midnight at which what was done the day before is closed: far from any hour at
# which somebody still works on a file.
SETTLED_AT = timedelta(hours=6)
_NOTE = text("SELECT note_follow_up_done(:task, :day)")
_SETTLE = text("SELECT settle_follow_ups(:before)")


@dataclass(frozen=True, kw_only=True)
class WriteTask:
    """The task in the reference worker's own words, for whom and by when they decide."""

    follow_up_id: UUID
    title: str
    category: Category
    assignee_id: UUID | None = None
    due_on: date | None = None


def write_task(cmd: WriteTask, *, actor: Actor, uow: UnitOfWork) -> Task:
    """Write the task. The words of the session are refused, as those who were there know them."""
    follow_up = load(FollowUp, cmd.follow_up_id, uow=uow)
    case_id = _sealed_case(follow_up, uow=uow)
    if follow_up.becomes != Becomes.CASE:
        raise RuleBroken("follow-up-of-the-network")
    follow_up.require_open()
    words = words_of(follow_up, uow=uow)
    if words is not None and repeats(cmd.title, words.words):
        raise RuleBroken("words-of-the-session")
    task = tasks.add_task(
        tasks.AddTask(
            case_id=case_id,
            category=cmd.category,
            title=cmd.title,
            assignee_id=cmd.assignee_id,
            due_on=cmd.due_on,
        ),
        actor=actor,
        uow=uow,
    )
    _seal(follow_up, task, uow=uow)
    return task


def note_task_done(event: TaskDone, *, uow: UnitOfWork) -> None:
    """Note in the sealed row alone that the task of a follow-up is done."""
    uow.session.execute(_NOTE, {"task": event.task_id, "day": uow.today()})


def settle(*, uow: UnitOfWork) -> int:
    """Close every follow-up whose task was done before today, from six o'clock on; their number."""
    before = legal_day(uow.now() - SETTLED_AT)
    closed = list(uow.session.scalars(_SETTLE, {"before": before}))
    for follow_up_id in closed:
        uow.announce(FollowUpClosed(follow_up_id=follow_up_id), actor=None)
    return len(closed)


def _sealed_case(follow_up: FollowUp, *, uow: UnitOfWork) -> UUID:
    """The case behind a follow-up, for its reference worker; Refused for anybody else."""
    found = select(ProposalSource.case_id).where(
        ProposalSource.proposal_id == follow_up.proposal_id
    )
    case_id = uow.session.scalar(found)
    if case_id is None or not leads(case_id, uow=uow):
        raise Refused("not-the-reference-worker")
    return case_id


def _seal(follow_up: FollowUp, task: Task, *, uow: UnitOfWork) -> None:
    source = FollowUpSource(follow_up_id=follow_up.id, case_id=task.case_id, task_id=task.id)
    try:
        with uow.session.begin_nested():
            uow.session.add(source)
    except IntegrityError as twice:
        raise Conflict("follow-up-has-its-task") from twice
