"""Operations on the agenda of a session."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Limit, Printout, Reply
from case_api.intervisions.agendas.schemas import (
    AddAgendaItemIn,
    AgendaArgs,
    AgendaFileArgs,
    AgendaOut,
    ChangeAgendaItemIn,
    agenda_of,
)
from case_api.sheets.agenda import agenda_sheet
from case_api.sheets.render import render
from services.calendars.agendas import agenda_calendar
from services.intervisions import queries
from services.intervisions.agendas import commands as agendas
from services.intervisions.agendas import queries as agenda_queries
from services.intervisions.agendas.times import ItemKind
from services.intervisions.agendas.views import AgendaView
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import spoken

api = Blueprint(
    "agendas",
    __name__,
    description="The agenda of a session: what was left to do first, then item by item",
    url_prefix="/api/v1",
)
_AGENDA = "/intervision-sessions/<uuid:session_id>/agenda"
_ITEM = f"{_AGENDA}/items/<uuid:item_id>"
PRINTS = Limit(times=30, within=timedelta(hours=1))


@api.query(
    _AGENDA,
    args=AgendaArgs,
    gives=AgendaOut,
    summary="The agenda by the clock, opening with the follow-ups of earlier sessions",
    description="For whoever attends: the version published last. The draft: its facilitators.",
)
def get_agenda(args: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    view = _shown(args, session_id, actor=actor, uow=uow)
    return _draft(view) if args["draft"] else agenda_of(view)


@api.command(
    "POST",
    f"{_AGENDA}/items",
    takes=AddAgendaItemIn,
    gives=AgendaOut,
    status=201,
    location="/intervision-sessions/{session_id}/agenda?draft=true",
    expects_version=True,
    summary="Put an item into the draft",
)
def add_agenda_item(
    data: Any, session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = agendas.AddItem(session_id=session_id, **data | {"kind": ItemKind(data["kind"])})
    agendas.add_item(cmd, version=version, actor=actor, uow=uow)
    return _draft(agenda_queries.draft(session_id, actor=actor, uow=uow))


@api.command(
    "PUT",
    _ITEM,
    takes=ChangeAgendaItemIn,
    gives=AgendaOut,
    expects_version=True,
    summary="Change an item of the draft, or move it; the opening item stays first",
)
def change_agenda_item(
    data: Any, session_id: UUID, item_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = agendas.ChangeItem(session_id=session_id, item_id=item_id, **data)
    agendas.change_item(cmd, version=version, actor=actor, uow=uow)
    return _draft(agenda_queries.draft(session_id, actor=actor, uow=uow))


@api.command(
    "DELETE",
    _ITEM,
    gives=AgendaOut,
    status=200,
    expects_version=True,
    summary="Take an item out of the draft; the opening item stays",
)
def remove_agenda_item(
    session_id: UUID, item_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    agendas.remove_item(session_id, item_id, version=version, actor=actor, uow=uow)
    return _draft(agenda_queries.draft(session_id, actor=actor, uow=uow))


@api.command(
    "POST",
    f"{_AGENDA}/versions",
    gives=AgendaOut,
    status=201,
    location="/intervision-sessions/{session_id}/agenda",
    expects_version=True,
    summary="Publish the draft as the next version",
    description="Whoever attends is told: in their digest, or at once within two days before the"
    " session. What is open is brought along to this agenda, once.",
)
def publish_agenda(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    agendas.publish(session_id, version=version, actor=actor, uow=uow)
    return _draft(agenda_queries.draft(session_id, actor=actor, uow=uow))


@api.download(
    f"{_AGENDA}.pdf",
    args=AgendaFileArgs,
    limit=PRINTS,
    summary="The agenda on paper (PDF)",
    description="Tagged (PDF/UA-1). The follow-ups as this reader may see them.",
)
def print_agenda(args: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    view = _shown(args, session_id, actor=actor, uow=uow)
    sheet = agenda_sheet(view, language=_language(args, actor))
    return _file(view, partial(render, sheet), "pdf", "application/pdf", actor)


@api.download(
    f"{_AGENDA}.ics",
    args=AgendaFileArgs,
    summary="The agenda as a calendar, an event for each item (RFC 5545)",
    description="Titles name the kind of item and which session, and nothing that anybody wrote.",
)
def download_agenda_calendar(args: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    view = _shown(args, session_id, actor=actor, uow=uow)
    made = partial(agenda_calendar, view, language=_language(args, actor))
    return _file(view, made, "ics", "text/calendar", actor)


def _shown(args: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> AgendaView:
    read = agenda_queries.draft if args["draft"] else agenda_queries.published
    return read(session_id, actor=actor, uow=uow)


def _draft(view: AgendaView) -> Reply:
    return Reply(agenda_of(view), version=view.version)


def _file(view: AgendaView, make: Any, ending: str, media_type: str, actor: Actor) -> Printout:
    return Printout(
        make=make,
        name=f"agenda-{view.session_number}.{ending}",
        media_type=media_type,
        is_still_open=lambda later: queries.attends(view.session_id, actor.id, uow=later),
    )


def _language(args: Any, actor: Actor) -> str:
    return spoken(args.get("language") or actor.language)
