"""Operations on the course of a case: watched, closed after a second look, reopened."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.cases.closings.schemas import (
    ClosingAnswerOut,
    ClosingOut,
    CourseOut,
    ProposeClosingIn,
    RefuseClosingIn,
    ReopenIn,
    WatchIn,
)
from services.cases.closings import commands as closings
from services.cases.closings import course, queries
from services.cases.closings.commands import ProposeClosing
from services.evictions.law_changes import reopening
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "closings",
    __name__,
    description="Closing with a second look, reopening, watching",
    url_prefix="/api/v1",
)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/closings",
    takes=ProposeClosingIn,
    gives=ClosingOut,
    status=201,
    summary="Propose to close a case; it stays open until somebody else has confirmed",
    description=(
        "409 while a hearing, a deadline or an urgent alert is ahead, unless `despite` says why;"
        " always while a term of a judgment runs. A proposal nobody answers is over in seven days."
    ),
)
def propose_closing(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = ProposeClosing(case_id=case_id, **data)
    proposed = closings.propose_closing(cmd, actor=actor, uow=uow)
    view = queries.closing(proposed.id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/closings/{proposed.id}")


@api.query(
    "/cases/<uuid:case_id>/closings",
    gives=[ClosingOut],
    summary="The closings of a case, for its reference worker",
)
def list_closings_of_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.closings_of(case_id, actor=actor, uow=uow)


@api.query("/closings", gives=[ClosingOut], summary="Closings that wait for my second look")
def list_closings(*, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.waiting_for_my_look(uow=uow)


@api.query(
    "/closings/<uuid:closing_id>",
    gives=ClosingOut,
    summary="A closing: its code, reason and numbers of what is open; nothing else of the case",
)
def get_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.closing(closing_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/closings/<uuid:closing_id>/confirmation",
    gives=ClosingAnswerOut,
    status=200,
    summary="Confirm a closing: the case is closed at once",
)
def confirm_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return closings.confirm_closing(closing_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/closings/<uuid:closing_id>/refusal",
    takes=RefuseClosingIn,
    gives=ClosingAnswerOut,
    status=200,
    summary="Refuse a closing, with a reason",
)
def refuse_closing(data: Any, closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return closings.refuse_closing(closing_id, data["reason"], actor=actor, uow=uow)


@api.command(
    "POST",
    "/closings/<uuid:closing_id>/withdrawal",
    gives=ClosingAnswerOut,
    status=200,
    summary="Withdraw a closing that nobody has answered",
)
def withdraw_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return closings.withdraw_closing(closing_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/reopening",
    takes=ReopenIn,
    gives=CourseOut,
    status=200,
    summary="Reopen a closed case; places that were open count again, as far as consent goes",
    description="Legal dates follow what changed in the law while the case was closed.",
)
def reopen_case(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return reopening.reopen(case_id, data["reason"], actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/watch",
    takes=WatchIn,
    gives=CourseOut,
    status=200,
    summary="Watch a case until a day of review; a later call moves the day",
)
def watch_case(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return course.watch(case_id, data["review_on"], actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/watch/end",
    gives=CourseOut,
    status=200,
    summary="End watching: there is something to do again",
)
def resume_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return course.resume(case_id, actor=actor, uow=uow)
