"""Corrections and questions: asked by an adult of the household, answered by the reference worker
within a month (GDPR arts. 12(3) and 16), with the reason.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text

from services.cases.model import Case, Task, TaskState
from services.cases.tasks.reminders import remind
from services.consent import policy
from services.consent.hold import hold
from services.consent.queries import access_to
from services.portal.choices import Receipt
from services.portal.events import RequestMade
from services.portal.model import HouseholdRequest, RequestKind, RequestState
from services.portal.policy import require_not_closed
from services.shared import alerts
from services.shared.actor import Actor, HouseholdMember
from services.shared.categories import Category
from services.shared.clock import brussels
from services.shared.errors import NotFound
from services.shared.loading import load, load_of
from services.shared.unit_of_work import UnitOfWork

# So that the answer is still in time when the reminder is read.
REMIND_BEFORE = timedelta(days=7)
_TEMPLATES = {
    RequestKind.CORRECTION: "household_correction",
    RequestKind.QUESTION: "household_question",
}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """`about`: which data, or which access; `words`: what should be there, or what they ask."""

    kind: RequestKind
    about: str
    words: str


def ask(cmd: Ask, *, actor: HouseholdMember, uow: UnitOfWork) -> Receipt:
    """A task of the reference worker with its time limit and reminder, in the same commit."""
    require_not_closed(load(Case, actor.case_id, uow=uow))
    task = _task(cmd.kind, actor=actor, uow=uow)
    request = HouseholdRequest(
        case_id=actor.case_id,
        member_id=actor.id,
        task_id=task.id,
        kind=cmd.kind.value,
        about=cmd.about,
        words=cmd.words,
        asked_at=uow.now(),
        due_on=task.due_on,
        state=RequestState.OPEN,
    )
    uow.session.add(request)
    uow.session.flush()
    after = {"kind": request.kind, "due_on": request.due_on, "task": task.id}
    uow.record(
        "ask_request",
        request,
        actor=actor,
        after=after,
        event=RequestMade(case_id=actor.case_id, request_id=request.id),
    )
    return Receipt(request.id, f"{cmd.kind.value}_asked", uow.now())


def _task(kind: RequestKind, *, actor: HouseholdMember, uow: UnitOfWork) -> Task:
    """The task of the reference worker. It holds nothing of what was asked."""
    due = a_month_after(uow.today())
    task = Task(
        case_id=actor.case_id,
        category=int(Category.IDENTITY),
        template=_TEMPLATES[kind],
        due_on=due,
        remind_at=brussels(due - REMIND_BEFORE, time(9, 0)),
        state=TaskState.OPEN,
        asked_by_member=actor.id,
        created_at=uow.now(),
    )
    uow.session.add(task)
    uow.session.flush()
    remind(task, uow=uow)
    return task


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last one (Regulation 1182/71 art. 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def answer_request(
    case_id: UUID,
    request_id: UUID,
    outcome: RequestState,
    answer: str,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> HouseholdRequest:
    """Accepted or refused with the reason, or answered; whoever asked reads it."""
    of, may = {"case_id": case_id}, policy.require_reference_worker
    request = hold(HouseholdRequest, request_id, may, of=of, version=version, uow=uow)
    request.close(outcome, answer, by=actor.id, at=uow.now())
    uow.session.flush()
    _finish(request, uow=uow)
    after = {"state": request.state, "version": request.version}
    uow.record("answer_household", request, actor=actor, after=after)
    return request


def _finish(request: HouseholdRequest, *, uow: UnitOfWork) -> None:
    """The task is done with the answer, unless somebody ticked it off before."""
    task = load_of(Task, request.task_id, request.case_id, uow=uow, lock=True)
    if task.state == TaskState.OPEN:
        task.finish(uow.now())
        uow.session.flush()
        alerts.cancel(task.id, uow=uow)


@dataclass(frozen=True)
class HouseholdRequestView:
    id: UUID
    member_id: UUID
    task_id: UUID
    kind: str
    about: str
    words: str
    asked_at: datetime
    due_on: date
    state: str
    answer: str | None
    answered_at: datetime | None
    version: int


_REQUESTS = text(
    """
    SELECT q.id, q.member_id, q.task_id, q.kind, q.about, q.words, q.asked_at, q.due_on, q.state,
           q.answer, q.answered_at, q.version
    FROM household_requests q JOIN may_see s ON s.case_id = q.case_id AND s.leads
    WHERE q.case_id = :case AND (CAST(:request AS uuid) IS NULL OR q.id = :request)
    ORDER BY q.asked_at, q.id
    """
)


def household_requests(
    case_id: UUID, *, request_id: UUID | None = None, actor: Actor, uow: UnitOfWork
) -> list[HouseholdRequestView]:
    """What the household asked, the first first, for the reference worker."""
    policy.require_lead(access_to(case_id, uow=uow))
    rows = uow.session.execute(_REQUESTS, {"case": case_id, "request": request_id})
    views = [HouseholdRequestView(*row) for row in rows]
    uow.read(case_id, "household-requests", int(Category.IDENTITY), actor=actor)
    if request_id and not views:
        raise NotFound
    return views
