"""Operations on eviction procedures."""

from datetime import date
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page, Reply
from case_api.evictions.dates.schemas import BoardArgs, BoardLineOut
from case_api.evictions.hearings.posting_schemas import PostDateIn, PostingWithDifferenceOut
from case_api.evictions.hearings.schemas import HearingResultIn, NewHearingIn, SetHearingIn
from case_api.evictions.procedures.schemas import (
    ChooseRegimeIn,
    CorrectActIn,
    OpenProcedureIn,
    ProcedureOut,
    ProcedureSummaryOut,
    RecordActIn,
    WithdrawExceptionIn,
)
from services.consent.queries import access_to
from services.evictions.dates import board
from services.evictions.hearings import commands as hearings
from services.evictions.hearings import results
from services.evictions.hearings.model import HearingResult
from services.evictions.procedures import acts, commands, queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "evictions", __name__, description="Procedures, deadlines, hearings", url_prefix="/api/v1"
)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/procedures",
    takes=OpenProcedureIn,
    gives=ProcedureOut,
    status=201,
    summary="Open an eviction procedure, with the tasks it asks for",
)
def open_procedure(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.OpenProcedure(case_id=case_id, **data)
    procedure = commands.open_procedure(cmd, actor=actor, uow=uow)
    return _procedure(procedure.id, actor=actor, uow=uow)


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
    return _procedure(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts",
    takes=RecordActIn,
    gives=ProcedureOut,
    status=201,
    summary="Record a dated act and compute what follows from it",
)
def record_act(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = acts.RecordAct(procedure_id=procedure_id, **data)
    acts.record_act(cmd, actor=actor, uow=uow)
    return _procedure(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts/<uuid:act_id>/withdrawal",
    takes=WithdrawExceptionIn,
    gives=ProcedureOut,
    status=200,
    summary="Take back an exception to the winter moratorium; every deadline is computed anew",
)
def withdraw_exception(
    data: Any, procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    acts.withdraw_exception(procedure_id, act_id, data["reason"], actor=actor, uow=uow)
    return _procedure(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/acts/<uuid:act_id>/correction",
    takes=CorrectActIn,
    gives=ProcedureOut,
    status=201,
    summary="Correct an act by a new one; every deadline is computed anew",
)
def correct_act(
    data: Any, procedure_id: UUID, act_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    reason = data.pop("reason")
    cmd = acts.RecordAct(procedure_id=procedure_id, **data)
    acts.correct_act(act_id, cmd, reason, actor=actor, uow=uow)
    return _procedure(procedure_id, actor=actor, uow=uow)


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
    return _procedure(procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/hearings",
    takes=NewHearingIn,
    gives=ProcedureOut,
    status=201,
    summary="Set the hearing; its alerts are planned with it",
)
def set_hearing(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = hearings.SetHearing(procedure_id=procedure_id, **data)
    hearings.set_hearing(cmd, actor=actor, uow=uow)
    return _procedure(procedure_id, actor=actor, uow=uow)


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
    return _procedure(procedure_id, actor=actor, uow=uow)


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
    return _procedure(procedure_id, actor=actor, uow=uow)


@api.query(
    "/deadlines",
    gives=BoardLineOut,
    args=BoardArgs,
    paged=True,
    cursor=(date, UUID),
    summary="The legal dates and hearings of my cases, the nearest first",
)
def list_deadlines(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    names = ("canton", "protective", "led_by_me", "kind", "certainty", "overridden")
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
    "/procedures/<uuid:procedure_id>/postings",
    takes=PostDateIn,
    gives=PostingWithDifferenceOut,
    status=201,
    summary="Post a date heard at the court (liaison); the team confirms it",
)
def post_date(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = hearings.PostDate(procedure_id=procedure_id, **data)
    posting = hearings.post_date(cmd, actor=actor, uow=uow)
    return _posting(posting.id, actor=actor, uow=uow)


@api.query(
    "/postings/<uuid:posting_id>",
    gives=PostingWithDifferenceOut,
    summary="A posted date beside what stands now",
)
def get_posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _posting(posting_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/postings/<uuid:posting_id>/confirmation",
    gives=ProcedureOut,
    status=200,
    summary="Confirm a posted date: it is applied",
)
def confirm_posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    posting = hearings.answer_posting(posting_id, confirm=True, actor=actor, uow=uow)
    return _procedure(posting.procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/postings/<uuid:posting_id>/rejection",
    gives=ProcedureOut,
    status=200,
    summary="Reject a posted date: nothing changes",
)
def reject_posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    posting = hearings.answer_posting(posting_id, confirm=False, actor=actor, uow=uow)
    return _procedure(posting.procedure_id, actor=actor, uow=uow)


def _procedure(procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = queries.procedure(procedure_id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/procedures/{procedure_id}")


def _posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.posting(posting_id, actor=actor, uow=uow)
