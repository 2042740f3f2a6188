"""Operations on series and sessions of intervisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.intervisions.schemas import (
    AnswerSessionIn,
    HeldIn,
    IntervisionSessionListedOut,
    IntervisionSessionOut,
    MoveSessionIn,
    PeopleIn,
    PlanSessionsIn,
    SeriesOut,
    SeriesTermsIn,
    SessionsArgs,
    StartSeriesIn,
)
from services.intervisions import invitations, queries, series, sessions
from services.intervisions.model import SeriesKind
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "intervisions",
    __name__,
    description="Intervisions: peers work on situations without exposing the families",
    url_prefix="/api/v1",
)
_SERIES = "/intervision-series/<uuid:series_id>"
_SESSION = "/intervision-sessions/<uuid:session_id>"


@api.query(
    "/intervision-series", gives=[SeriesOut], summary="Series I lead, belong to, or may join"
)
def list_series(*, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.all_series(uow=uow)


@api.query(_SERIES, gives=SeriesOut, summary="One of them")
def get_series(series_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.series(series_id, uow=uow)


@api.command(
    "POST",
    "/intervision-series",
    takes=StartSeriesIn,
    gives=SeriesOut,
    status=201,
    location="/intervision-series/{id}",
    summary="Start a series (facilitators)",
)
def start_series(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    kind = SeriesKind(data.pop("kind"))
    made = series.start_series(kind, series.SeriesTerms(**data), actor=actor, uow=uow)
    return queries.series(made.id, uow=uow)


@api.command(
    "PUT",
    _SERIES,
    takes=SeriesTermsIn,
    gives=SeriesOut,
    expects_version=True,
    summary="Change the terms of a series, for sessions to come",
)
def change_series(
    data: Any, series_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    terms = series.SeriesTerms(**data)
    series.change_series(series_id, terms, version=version, actor=actor, uow=uow)
    return queries.series(series_id, uow=uow)


@api.command(
    "POST",
    f"{_SERIES}/end",
    gives=SeriesOut,
    status=200,
    expects_version=True,
    summary="End a series: no further session is planned",
)
def end_series(series_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    series.end_series(series_id, version=version, actor=actor, uow=uow)
    return queries.series(series_id, uow=uow)


@api.command(
    "POST",
    f"{_SERIES}/members",
    takes=PeopleIn,
    gives=SeriesOut,
    status=200,
    summary="Invite people to every session that is planned from now on",
)
def add_series_members(data: Any, series_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    series.add_members(series_id, data["professional_ids"], actor=actor, uow=uow)
    return queries.series(series_id, uow=uow)


@api.command(
    "DELETE",
    f"{_SERIES}/members/<uuid:professional_id>",
    gives=SeriesOut,
    status=200,
    summary="Invite somebody no more",
)
def remove_series_member(
    series_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    series.remove_member(series_id, professional_id, actor=actor, uow=uow)
    return queries.series(series_id, uow=uow)


@api.command(
    "POST",
    f"{_SERIES}/sessions",
    takes=PlanSessionsIn,
    gives=[IntervisionSessionListedOut],
    status=201,
    summary="Plan one session, or many at the same hour some weeks apart",
    description="Every member is invited by mail, with the session for their calendar.",
)
def plan_sessions(data: Any, series_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = sessions.PlanSessions(series_id=series_id, **data)
    made = sessions.plan_sessions(cmd, actor=actor, uow=uow)
    return [queries.session(each.id, actor=actor, uow=uow) for each in made]


@api.query(
    "/intervision-sessions",
    args=SessionsArgs,
    gives=IntervisionSessionListedOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="Sessions I am invited to or facilitate, and those open to all, by their hour",
)
def list_sessions(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.sessions(
        series_id=args.get("series_id"),
        since=args.get("since"),
        after=args["cursor"],
        limit=limit + 1,
        actor=actor,
        uow=uow,
    )
    return Page.cut(found, limit, lambda last: (last.starts_at, last.id))


@api.query(
    _SESSION, gives=IntervisionSessionOut, summary="A session, with who is invited and who comes"
)
def get_session(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/move",
    takes=MoveSessionIn,
    gives=IntervisionSessionOut,
    status=200,
    expects_version=True,
    summary="Move a session: calendars follow, and everybody is asked again",
)
def move_session(
    data: Any, session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = sessions.MoveSession(session_id=session_id, **data)
    sessions.move_session(cmd, version=version, actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/cancellation",
    gives=IntervisionSessionOut,
    status=200,
    expects_version=True,
    summary="Cancel a session for good: calendars drop it",
)
def cancel_session(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    sessions.cancel_session(session_id, version=version, actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/attendance",
    takes=HeldIn,
    gives=IntervisionSessionOut,
    status=200,
    expects_version=True,
    summary="Say that a session took place, and who was there",
    description="May be said again, to correct who was there.",
)
def hold_session(
    data: Any, session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    present = frozenset(data["present"])
    sessions.record_attendance(session_id, present, version=version, actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/invitations",
    takes=PeopleIn,
    gives=IntervisionSessionOut,
    status=201,
    location="/intervision-sessions/{id}",
    summary="Invite people to this one session",
)
def invite_to_session(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    invitations.invite(session_id, data["professional_ids"], actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "DELETE",
    f"{_SESSION}/invitations/<uuid:professional_id>",
    gives=IntervisionSessionOut,
    status=200,
    summary="Withdraw an invitation: they see nothing more of the session",
)
def withdraw_invitation(
    session_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    invitations.withdraw_invitation(session_id, professional_id, actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    f"{_SESSION}/answer",
    takes=AnswerSessionIn,
    gives=IntervisionSessionOut,
    summary="Say whether I come; without a free place a yes waits for one",
)
def answer_session(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    invitations.answer(session_id, comes=data["comes"], actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/joining",
    gives=IntervisionSessionOut,
    status=201,
    location="/intervision-sessions/{id}",
    summary="Come to an open session (housing table) without an invitation",
)
def join_session(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    invitations.join(session_id, actor=actor, uow=uow)
    return queries.session(session_id, actor=actor, uow=uow)
