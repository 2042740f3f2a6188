"""Operations on acts that were recorded by mistake; a hearing goes with its act."""

from typing import Any
from uuid import UUID

from case_api.evictions.procedures.routes import api, procedure_reply
from case_api.evictions.procedures.schemas import ProcedureOut, StrikeActIn, WithdrawExceptionIn
from services.evictions.hearings import striking
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts/<uuid:act_id>/strike",
    takes=StrikeActIn,
    gives=ProcedureOut,
    status=200,
    summary="Strike an act recorded by mistake: it stays to be read, nothing follows from it",
)
def strike_act(
    data: Any, procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    striking.strike_act(procedure_id, act_id, data["reason"], actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts/<uuid:act_id>/strike/withdrawal",
    gives=ProcedureOut,
    status=200,
    summary="Take a strike back: dates and alerts return, at once where they are late",
)
def take_back_strike(procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    striking.take_back_strike(procedure_id, act_id, actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts/<uuid:act_id>/withdrawal",
    takes=WithdrawExceptionIn,
    gives=ProcedureOut,
    status=200,
    summary="The former name of striking an act, which knew exceptions to the moratorium alone",
)
def withdraw_exception(
    data: Any, procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    striking.strike_act(procedure_id, act_id, data["reason"], actor=actor, uow=uow)
    return procedure_reply(procedure_id, actor=actor, uow=uow)
