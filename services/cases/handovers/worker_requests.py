"""The household asks for another reference worker (F11): open until a handover, or an answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.cases.events import WorkerRequested
from services.cases.handover_model import WorkerRequest, WorkerRequestState
from services.cases.policy import require_worker
from services.consent import policy
from services.consent.hold import hold
from services.consent.queries import access_to
from services.network.queries import professional
from services.shared.actor import Acting, Actor, HouseholdMember
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RequestWorker:
    case_id: UUID
    reason: str
    wanted_id: UUID | None = None


def request_worker(cmd: RequestWorker, *, actor: Actor, uow: UnitOfWork) -> WorkerRequest:
    """A member of the team writes down what the household asked; coordinators are told as well."""
    policy.require_team(access_to(cmd.case_id, uow=uow))
    if cmd.wanted_id is not None:
        require_worker(professional(cmd.wanted_id, uow=uow))
    return _ask(WorkerRequest(**vars(cmd), recorded_by=actor.id), actor=actor, uow=uow)


def request_in_person(
    cmd: RequestWorker, *, actor: HouseholdMember, uow: UnitOfWork
) -> WorkerRequest:
    """An adult of the household asks by themselves; the coordinators are told as well."""
    if cmd.wanted_id is not None:
        require_worker(professional(cmd.wanted_id, uow=uow))
    return _ask(WorkerRequest(**vars(cmd), asked_by_member=actor.id), actor=actor, uow=uow)


def _ask(request: WorkerRequest, *, actor: Acting, uow: UnitOfWork) -> WorkerRequest:
    request.recorded_at, request.state = uow.now(), WorkerRequestState.OPEN
    uow.session.add(request)
    uow.session.flush()
    after = {"state": request.state, "wanted": request.wanted_id, "version": request.version}
    uow.record(
        "request_worker",
        request,
        actor=actor,
        after=after,
        event=WorkerRequested(case_id=request.case_id, request_id=request.id),
    )
    return request


def answer_request(
    case_id: UUID, request_id: UUID, answer: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> WorkerRequest:
    """The household gets a reason instead of another worker."""
    of, may = {"case_id": case_id}, policy.require_reference_worker
    request = hold(WorkerRequest, request_id, may, of=of, version=version, uow=uow)
    request.refuse(answer, uow.now())
    uow.session.flush()
    after = {"state": request.state, "version": request.version}
    uow.record("answer_request", request, actor=actor, after=after)
    return request


@dataclass(frozen=True)
class WorkerRequestView:
    id: UUID
    wanted_id: UUID | None
    wanted: str | None
    reason: str
    recorded_by: UUID | None
    recorded_at: datetime
    state: str
    answer: str | None
    closed_at: datetime | None
    version: int


_REQUESTS = text(
    """
    SELECT q.id, q.wanted_id, x.name, q.reason, q.recorded_by, q.recorded_at, q.state, q.answer,
           q.closed_at, q.version
    FROM worker_requests q
    JOIN may_see s ON s.case_id = q.case_id AND s.in_team
      AND (opens(s.mask, 'identity') OR q.recorded_by = app_professional())
    LEFT JOIN professionals x ON x.id = q.wanted_id
    WHERE q.case_id = :case AND (CAST(:request AS uuid) IS NULL OR q.id = :request)
    ORDER BY q.recorded_at, q.id
    """
)


def worker_requests(
    case_id: UUID, *, actor: Actor, uow: UnitOfWork, request_id: UUID | None = None
) -> list[WorkerRequestView]:
    """What the household asked for, the first first."""
    access = access_to(case_id, uow=uow)
    policy.require_place(access)
    rows = uow.session.execute(_REQUESTS, {"case": case_id, "request": request_id})
    views = [WorkerRequestView(*row) for row in rows]
    uow.read(case_id, "worker-requests", int(access.write_mask), actor=actor)
    if request_id and not views:
        raise NotFound
    return views
