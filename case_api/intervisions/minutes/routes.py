"""Operations on the minutes of a table, and on what its case's reference worker takes from them."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.intervisions.minutes.schemas import (
    CaseCopyIn,
    CaseCopyOut,
    MinutesIn,
    MinutesOfCaseOut,
    MinutesOut,
    WordingOut,
)
from services.intervisions.minutes import commands as minutes
from services.intervisions.minutes import queries as minutes_queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "intervision minutes",
    __name__,
    description="Minutes of a table: for those who sit there",
    url_prefix="/api/v1",
)
_TABLE = "/session-tables/<uuid:table_id>/minutes"
_MINUTES = "/minutes/<uuid:minutes_id>"


@api.command(
    "POST",
    _TABLE,
    takes=MinutesIn,
    gives=MinutesOut,
    status=201,
    location="/minutes/{id}",
    summary="Begin the minutes of my table: I take the notes",
)
def begin_minutes(data: Any, table_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    made = minutes.begin_minutes(table_id, data["body"], actor=actor, uow=uow)
    return minutes_queries.minutes(made.id, uow=uow)


@api.query(_TABLE, gives=MinutesOut, summary="The minutes of my table")
def get_table_minutes(table_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return minutes_queries.minutes_of_table(table_id, uow=uow)


@api.query(_MINUTES, gives=MinutesOut, summary="Minutes of my table, or about my case")
def get_minutes(minutes_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return minutes_queries.minutes(minutes_id, uow=uow)


@api.query(f"{_MINUTES}/revisions", gives=[WordingOut], summary="Every wording, the first first")
def list_minutes_revisions(minutes_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return minutes_queries.wordings(minutes_id, uow=uow)


@api.command(
    "POST",
    f"{_MINUTES}/revisions",
    takes=MinutesIn,
    gives=MinutesOut,
    status=201,
    location="/minutes/{id}",
    expects_version=True,
    summary="A new wording of the whole; those before stay",
)
def revise_minutes(
    data: Any, minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    minutes.revise_minutes(minutes_id, data["body"], version=version, actor=actor, uow=uow)
    return minutes_queries.minutes(minutes_id, uow=uow)


@api.command(
    "POST",
    f"{_MINUTES}/note-taker",
    gives=MinutesOut,
    status=200,
    expects_version=True,
    summary="Take the notes from now on",
)
def take_notes(minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    minutes.take_notes(minutes_id, version=version, actor=actor, uow=uow)
    return minutes_queries.minutes(minutes_id, uow=uow)


@api.command(
    "POST",
    f"{_MINUTES}/finalisation",
    gives=MinutesOut,
    status=200,
    expects_version=True,
    summary="Make them final (who takes the notes): nobody changes them any more",
)
def finalise_minutes(minutes_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    minutes.finalise_minutes(minutes_id, version=version, actor=actor, uow=uow)
    return minutes_queries.minutes(minutes_id, uow=uow)


@api.command(
    "POST",
    f"{_MINUTES}/addenda",
    takes=MinutesIn,
    gives=MinutesOut,
    status=201,
    location="/minutes/{id}",
    summary="Add something beside final minutes",
)
def add_to_minutes(data: Any, minutes_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    minutes.add_to_minutes(minutes_id, data["body"], actor=actor, uow=uow)
    return minutes_queries.minutes(minutes_id, uow=uow)


@api.command(
    "POST",
    f"{_MINUTES}/case-copy",
    takes=CaseCopyIn,
    gives=CaseCopyOut,
    status=201,
    location="/cases/{case_id}/notes/{note_id}",
    summary="Write what the table found into the case, in my words (its reference worker)",
)
def copy_minutes_to_case(data: Any, minutes_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = minutes.CopyToCase(minutes_id=minutes_id, **data)
    note = minutes.copy_to_case(cmd, actor=actor, uow=uow)
    return {"case_id": note.case_id, "note_id": note.id}


@api.query(
    "/cases/<uuid:case_id>/intervision-minutes",
    gives=[MinutesOfCaseOut],
    summary="Minutes of the tables that discussed the case (its reference worker)",
)
def list_case_minutes(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return minutes_queries.minutes_of_case(case_id, actor=actor, uow=uow)
