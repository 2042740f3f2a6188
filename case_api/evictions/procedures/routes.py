"""Operations on eviction procedures and their acts, on the blueprint that three rooms share."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.evictions.procedures.schemas import (
    ChooseRegimeIn,
    CorrectActIn,
    OpenProcedureIn,
    ProcedureOut,
    ProcedureSummaryOut,
    RecordActIn,
    RegimeDifferenceOut,
)
from services.consent.queries import access_to
from services.evictions.procedures import acts, commands, queries, regime_changes
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "evictions", __name__, description="Procedures, deadlines, hearings", url_prefix="/api/v1"
)


def procedure_reply(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    """The procedure as it is after a command: what most operations of its rooms answer."""
    return queries.procedure(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/procedures",
    takes=OpenProcedureIn,
    gives=ProcedureOut,
    status=201,
    location="/procedures/{id}",
    summary="Open an eviction procedure, with the tasks it asks for",
)
def open_procedure(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.OpenProcedure(case_id=case_id, **data)
    procedure = commands.open_procedure(cmd, actor=actor, uow=uow)
    return procedure_reply(procedure.id, actor=actor, uow=uow)


@api.query("/cases/<uuid:case_id>/procedures", gives=[ProcedureSummaryOut], summary="Of one case")
def list_case_procedures(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    access_to(case_id, uow=uow)
    return queries.procedures(case_id=case_id, limit=100, actor=actor, uow=uow)


@api.query(
    "/procedures",
    gives=ProcedureSummaryOut,
    paged=True,
    cursor=(str, UUID),
    summary="Procedures I may see: of my cases, or as liaison of consented cases in my cantons",
)
def list_procedures(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.procedures(after=args["cursor"], limit=limit + 1, actor=actor, uow=uow)
    return Page.cut(found, limit, lambda last: (last.case_code, last.id))


@api.query("/procedures/<uuid:procedure_id>", gives=ProcedureOut, summary="A procedure")
def get_procedure(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts",
    takes=RecordActIn,
    gives=ProcedureOut,
    status=201,
    location="/procedures/{id}",
    summary="Record a dated act and compute what follows from it",
)
def record_act(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = acts.RecordAct(procedure_id=procedure_id, **data)
    acts.record_act(cmd, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts/<uuid:act_id>/correction",
    takes=CorrectActIn,
    gives=ProcedureOut,
    status=201,
    location="/procedures/{id}",
    summary="Correct an act by a new one; every deadline is computed anew",
)
def correct_act(
    data: Any, procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    reason = data.pop("reason")
    cmd = acts.RecordAct(procedure_id=procedure_id, **data)
    acts.correct_act(act_id, cmd, reason, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/regime",
    takes=ChooseRegimeIn,
    gives=ProcedureOut,
    status=200,
    summary="Choose the regime, or take the one that follows from the dwelling",
)
def choose_regime(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    regime, day = data.get("regime"), data.get("claimed_on")
    commands.choose_regime(procedure_id, regime, day, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.query(
    "/procedures/<uuid:procedure_id>/regime",
    gives=RegimeDifferenceOut,
    args=ChooseRegimeIn,
    summary="What choosing the regime would change: the dates that come, move and go",
)
def preview_regime(args: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    regime, day = args.get("regime"), args.get("claimed_on")
    return regime_changes.regime_difference(procedure_id, regime, day, actor=actor, uow=uow)
