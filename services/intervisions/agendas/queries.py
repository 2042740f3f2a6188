"""What one reader sees of an agenda: the published version, or the draft if they facilitate."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from services.intervisions.agendas import commands as agendas
from services.intervisions.agendas.model import Agenda, AgendaVersion
from services.intervisions.agendas.times import Item, timed
from services.intervisions.agendas.views import AgendaView
from services.intervisions.follow_ups import queries as follow_up_queries
from services.intervisions.model import IntervisionSeries, IntervisionSession, SessionState
from services.intervisions.policy import require_facilitator
from services.intervisions.queries import attended, part_in
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

_NAMES = text("SELECT id, name FROM professionals WHERE id = ANY(:ids)")
# Row-level security finds only the proposals that the reader sees.
_PROPOSALS = text("SELECT id FROM proposals WHERE id = ANY(:ids)")


def published(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> AgendaView:
    """The version that was published last. NotFound as long as there is none."""
    session = attended(session_id, uow=uow).session
    found = (
        select(AgendaVersion)
        .where(AgendaVersion.session_id == session_id)
        .order_by(AgendaVersion.number.desc())
        .limit(1)
    )
    last = uow.session.scalars(found).one_or_none()
    if last is None:
        raise NotFound
    items = [_item(each) for each in last.content["items"]]
    shown = {"number": last.number, "made_at": last.published_at, "version": last.number}
    return _view(session, items, shown, actor=actor, uow=uow)


def draft(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> AgendaView:
    """The draft, for a facilitator of the session."""
    part = part_in(session_id, uow=uow)
    require_facilitator(part)
    agenda = load(Agenda, session_id, uow=uow)
    items = [
        Item(
            id=each.id,
            kind=each.kind,
            title=each.title or "",
            minutes=each.minutes,
            owner_id=each.owner_id,
            proposal_id=each.proposal_id,
        )
        for each in agendas.items_of(session_id, uow=uow)
    ]
    shown = {"number": None, "made_at": uow.now(), "version": agenda.version}
    return _view(part.session, items, shown, actor=actor, uow=uow)


def _view(
    session: IntervisionSession,
    items: Sequence[Item],
    shown: dict[str, Any],
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> AgendaView:
    series = load(IntervisionSeries, session.series_id, uow=uow)
    return AgendaView(
        session_id=session.id,
        session_number=session.number,
        series_name=series.name,
        kind=series.kind,
        place=session.place,
        cancelled=session.state == SessionState.CANCELLED,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        sequence=session.sequence + (shown["number"] or 0),
        agenda=timed(_seen(items, uow=uow), session.starts_at, session.ends_at),
        owners=_names(items, uow=uow),
        follow_ups=tuple(follow_up_queries.of_agenda(session.id, actor=actor, uow=uow)),
        **shown,
    )


def _seen(items: Sequence[Item], *, uow: UnitOfWork) -> list[Item]:
    """The items, without the names of proposals that the reader does not see."""
    named = [each.proposal_id for each in items if each.proposal_id]
    visible = set(uow.session.scalars(_PROPOSALS, {"ids": named})) if named else set()
    return [
        each.naming(each.proposal_id if each.proposal_id in visible else None) for each in items
    ]


def _names(items: Sequence[Item], *, uow: UnitOfWork) -> dict[UUID, str]:
    owners = list({each.owner_id for each in items if each.owner_id})
    return {row.id: row.name for row in uow.session.execute(_NAMES, {"ids": owners})}


def _item(content: dict[str, Any]) -> Item:
    owner, proposal = content["owner_id"], content["proposal_id"]
    return Item(
        id=UUID(content["id"]),
        kind=content["kind"],
        title=content["title"] or "",
        minutes=content["minutes"],
        owner_id=UUID(owner) if owner else None,
        proposal_id=UUID(proposal) if proposal else None,
    )
