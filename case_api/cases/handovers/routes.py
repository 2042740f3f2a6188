"""Operations on handovers, and on the household's wish for another reference worker."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.cases.handovers.schemas import (
    AnswerRequestIn,
    ChecklistIn,
    HandoverOut,
    ProposeHandoverIn,
    RequestWorkerIn,
    WorkerRequestOut,
)
from services.cases.handovers import commands as handovers
from services.cases.handovers import queries as handover_queries
from services.cases.handovers import worker_requests
from services.evictions.dates.passed import first_days_from_today
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "handovers", __name__, description="Who answers for a case, and who next", url_prefix="/api/v1"
)


def _package(handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    from_today = first_days_from_today(uow=uow)
    return handover_queries.handover(handover_id, from_today=from_today, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/handovers",
    takes=ProposeHandoverIn,
    gives=HandoverOut,
    status=201,
    location="/handovers/{id}",
    summary="Ask a colleague to become the reference worker",
    description="Refused while an urgent alert of the case waits for your acknowledgement.",
)
def propose_handover(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = handovers.ProposeHandover(case_id=case_id, **data)
    handover = handovers.propose_handover(cmd, actor=actor, uow=uow)
    return _package(handover.id, actor=actor, uow=uow)


@api.query("/handovers", gives=[HandoverOut], summary="Open handovers I proposed or received")
def list_handovers(*, actor: Actor, uow: UnitOfWork) -> Any:
    from_today = first_days_from_today(uow=uow)
    return handover_queries.handovers(from_today=from_today, actor=actor, uow=uow)


@api.query("/handovers/<uuid:handover_id>", gives=HandoverOut, summary="A handover's package")
def get_handover(handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _package(handover_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/handovers/<uuid:handover_id>/checklist",
    takes=ChecklistIn,
    gives=HandoverOut,
    status=200,
    summary="I looked at these parts of the package",
)
def tick_checklist(data: Any, handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    handovers.tick_checklist(handover_id, data, actor=actor, uow=uow)
    return _package(handover_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/handovers/<uuid:handover_id>/acceptance",
    gives=HandoverOut,
    status=200,
    summary="Accept: I am the reference worker from this instant",
    description="Every part of the package that is not empty must have been ticked.",
)
def accept_handover(handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    handovers.answer_handover(handover_id, accept=True, actor=actor, uow=uow)
    return _package(handover_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/handovers/<uuid:handover_id>/refusal",
    gives=HandoverOut,
    status=200,
    summary="Decline: the reference worker stays who they are",
)
def decline_handover(handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    handovers.answer_handover(handover_id, accept=False, actor=actor, uow=uow)
    return _package(handover_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/handovers/<uuid:handover_id>/withdrawal",
    gives=HandoverOut,
    status=200,
    summary="Withdraw my proposal before it is answered",
)
def withdraw_handover(handover_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    handovers.withdraw_handover(handover_id, actor=actor, uow=uow)
    return _package(handover_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/worker-requests",
    takes=RequestWorkerIn,
    gives=WorkerRequestOut,
    status=201,
    summary="The household asks for another reference worker",
)
def request_worker(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = worker_requests.RequestWorker(case_id=case_id, **data)
    request = worker_requests.request_worker(cmd, actor=actor, uow=uow)
    return _request(case_id, request.id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/worker-requests",
    gives=[WorkerRequestOut],
    summary="What the household asked for, and what became of it",
)
def list_worker_requests(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return worker_requests.worker_requests(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/worker-requests/<uuid:request_id>/answer",
    takes=AnswerRequestIn,
    gives=WorkerRequestOut,
    status=200,
    expects_version=True,
    summary="Answer the household with a reason instead of a handover",
)
def answer_worker_request(
    data: Any, case_id: UUID, request_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    worker_requests.answer_request(
        case_id, request_id, data["answer"], version=version, actor=actor, uow=uow
    )
    return _request(case_id, request_id, actor=actor, uow=uow)


def _request(case_id: UUID, request_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return worker_requests.worker_requests(case_id, actor=actor, uow=uow, request_id=request_id)[0]
