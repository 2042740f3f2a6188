"""What people decide about a date: that a hearing falls away, that a computed date is another."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.evictions.dates.schemas import LiftOverrideIn, OverrideIn
from case_api.evictions.hearings.schemas import CallOffIn
from case_api.evictions.procedures.schemas import ProcedureOut
from services.evictions.dates import overrides
from services.evictions.hearings import calling_off
from services.evictions.hearings.endings import CallOffReason
from services.evictions.procedures import queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "decided_dates", __name__, description="Hearings called off, overrides", url_prefix="/api/v1"
)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/hearings/<uuid:hearing_id>/calling-off",
    takes=CallOffIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Call off a hearing that has no other date: reminders end, calendars drop it",
)
def call_off_hearing(
    data: Any,
    procedure_id: UUID,
    hearing_id: UUID,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Any:
    because = CallOffReason(data["because"])
    calling_off.call_off_hearing(
        procedure_id, hearing_id, because, version=version, actor=actor, uow=uow
    )
    return _procedure(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/deadlines/<uuid:deadline_id>/override",
    takes=OverrideIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Put a date of one's own, with a reason; recomputation leaves it",
)
def override_deadline(
    data: Any, deadline_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    deadline = overrides.override_deadline(
        deadline_id, data["date"], data["reason"], version=version, actor=actor, uow=uow
    )
    return _procedure(deadline.procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/deadlines/<uuid:deadline_id>/override/lifting",
    takes=LiftOverrideIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Take a date of one's own back, with a reason: the computed one counts again",
)
def lift_override(
    data: Any, deadline_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    procedure_id = overrides.lift_override(
        deadline_id, data["reason"], version=version, actor=actor, uow=uow
    )
    return _procedure(procedure_id, actor=actor, uow=uow)


def _procedure(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = queries.procedure(procedure_id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/procedures/{procedure_id}")
