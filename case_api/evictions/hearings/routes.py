"""Operations on hearings: set, moved, called off, and what came out of them."""

from typing import Any
from uuid import UUID

from case_api.evictions.dates.routes import api as decided_dates
from case_api.evictions.hearings.schemas import (
    CallOffIn,
    HearingDetailsIn,
    HearingResultIn,
    NewHearingIn,
    SetHearingIn,
)
from case_api.evictions.procedures.routes import api, procedure_reply
from case_api.evictions.procedures.schemas import ProcedureOut
from services.evictions.hearings import calling_off, results
from services.evictions.hearings import commands as hearings
from services.evictions.hearings.details import change_details
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import HearingResult
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/hearings",
    takes=NewHearingIn,
    gives=ProcedureOut,
    status=201,
    location="/procedures/{id}",
    summary="Set the hearing, or record one that was; alerts are planned of what is ahead",
)
def set_hearing(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = hearings.SetHearing(procedure_id=procedure_id, **data)
    hearings.set_hearing(cmd, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/hearings/<uuid:hearing_id>/move",
    takes=SetHearingIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Move a hearing: the old one stays as adjourned, alerts are planned anew",
)
def move_hearing(
    data: Any,
    procedure_id: UUID,
    hearing_id: UUID,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Any:
    hearings.move_hearing(
        procedure_id,
        hearing_id,
        data["starts_at"],
        data.get("room"),
        version=version,
        actor=actor,
        uow=uow,
    )
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    "/procedures/<uuid:procedure_id>/hearings/<uuid:hearing_id>/details",
    takes=HearingDetailsIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Change its room, kind or roll number: it stays the same hearing",
)
def change_hearing(
    data: Any,
    procedure_id: UUID,
    hearing_id: UUID,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Any:
    change_details(procedure_id, hearing_id, data, version=version, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/hearings/<uuid:hearing_id>/result",
    takes=HearingResultIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Record what came out of a hearing; what is still planned about it ends",
)
def record_hearing_result(
    data: Any,
    procedure_id: UUID,
    hearing_id: UUID,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Any:
    result = HearingResult(data["result"])
    results.record_result(procedure_id, hearing_id, result, version=version, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@decided_dates.command(
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
    return procedure_reply(procedure_id, actor=actor, uow=uow)
