"""Operations on the roster of a hearing: who goes along."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.evictions.hearings.roster_schemas import AskAlongIn
from case_api.evictions.procedures.routes import procedure_reply
from case_api.evictions.procedures.schemas import ProcedureOut
from services.evictions.hearings import roster
from services.evictions.hearings.model import Hearing
from services.shared.actor import Actor
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("roster", __name__, description="Who goes along to court", url_prefix="/api/v1")


@api.command(
    "POST",
    "/hearings/<uuid:hearing_id>/accompaniments",
    takes=AskAlongIn,
    gives=ProcedureOut,
    status=201,
    location="/procedures/{id}",
    summary="Ask somebody of the team, or somebody outside, to go along to a hearing",
    description=(
        "Three working days before the hearing the reference worker is alarmed, and a day later the"
        " coordinators, if nobody has confirmed by then."
    ),
)
def ask_along(data: Any, hearing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    place = roster.ask_along(roster.AskAlong(hearing_id=hearing_id, **data), actor=actor, uow=uow)
    return procedure_reply(
        load(Hearing, place.hearing_id, uow=uow).procedure_id, actor=actor, uow=uow
    )


@api.command(
    "POST",
    "/accompaniments/<uuid:accompaniment_id>/confirmation",
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Confirm that I go along, or that somebody outside does",
)
def confirm_accompaniment(
    accompaniment_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    return _answer(accompaniment_id, comes=True, version=version, actor=actor, uow=uow)


@api.command(
    "POST",
    "/accompaniments/<uuid:accompaniment_id>/decline",
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Decline, also after a yes; without anybody left the alarm is planned anew",
)
def decline_accompaniment(
    accompaniment_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    return _answer(accompaniment_id, comes=False, version=version, actor=actor, uow=uow)


def _answer(
    accompaniment_id: UUID, *, comes: bool, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    hearing = roster.answer_accompaniment(
        accompaniment_id, comes=comes, version=version, actor=actor, uow=uow
    )
    return procedure_reply(hearing.procedure_id, actor=actor, uow=uow)
