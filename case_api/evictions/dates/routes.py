"""Operations on legal dates: the board, and dates that people put in the place of computed ones."""

from datetime import date
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.evictions.dates.schemas import BoardArgs, BoardLineOut, LiftOverrideIn, OverrideIn
from case_api.evictions.procedures.routes import api as evictions
from case_api.evictions.procedures.routes import procedure_reply
from case_api.evictions.procedures.schemas import ProcedureOut
from services.calendars import board
from services.evictions.dates import overrides
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "decided_dates", __name__, description="Hearings called off, overrides", url_prefix="/api/v1"
)


@evictions.query(
    "/deadlines",
    gives=BoardLineOut,
    args=BoardArgs,
    paged=True,
    cursor=(date, UUID),
    summary="The dates that matter in my cases, and my sessions, the nearest first",
)
def list_deadlines(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    names = (*("about", "canton", "protective", "led_by_me", "kind", "certainty", "overridden"),)
    wanted = board.Wanted(
        first_day=args.get("first_day") or uow.today(),
        last_day=board.last_day(args.get("last_day"), args.get("days"), uow.today()),
        **{name: args.get(name) for name in names},
    )
    limit = args["limit"]
    found = board.board(wanted, after=args["cursor"], limit=limit + 1, actor=actor, uow=uow)
    return Page.cut(found, limit, lambda last: (last.date, last.id))


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
    return procedure_reply(deadline.procedure_id, actor=actor, uow=uow)


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
    return procedure_reply(procedure_id, actor=actor, uow=uow)
