"""The draft of an agenda, item by item, and its publication; by whoever facilitates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intervisions import policy
from services.intervisions.agendas import times as agenda_times
from services.intervisions.agendas.events import AgendaChanged, AgendaPublished
from services.intervisions.agendas.model import Agenda, AgendaItem, AgendaVersion, opening_item
from services.intervisions.agendas.times import ItemKind
from services.intervisions.follow_ups import carrying
from services.intervisions.minutes.screen import screened_title
from services.intervisions.model import IntervisionSession, Proposal, SeriesKind
from services.intervisions.policy import require_attending
from services.shared.actor import Actor
from services.shared.errors import NotFound, RuleBroken
from services.shared.events import plain
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

# A version published so shortly before the session is told at once: the digest may come after it.
LATE = timedelta(days=2)


def open_agenda(session: IntervisionSession, *, uow: UnitOfWork) -> Agenda:
    """With the session itself: it opens with the follow-ups from the first moment."""
    agenda = Agenda(session_id=session.id, latest=0)
    uow.session.add(agenda)
    uow.session.flush()
    uow.session.add(opening_item(session.id))
    uow.session.flush()
    return agenda


@dataclass(frozen=True, kw_only=True)
class AddItem:
    """`position` 2 is right after the opening item; without one it comes last."""

    session_id: UUID
    kind: ItemKind
    title: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None
    position: int | None = None


def add_item(cmd: AddItem, *, version: int, actor: Actor, uow: UnitOfWork) -> AgendaItem:
    agenda = _held(cmd.session_id, version, uow=uow)
    require_attending(cmd.session_id, cmd.owner_id, uow=uow)
    _require_of_session(cmd.proposal_id, cmd.session_id, uow=uow)
    item = AgendaItem(
        session_id=cmd.session_id,
        kind=cmd.kind,
        title=_title(cmd.title, cmd.session_id, uow=uow),
        minutes=cmd.minutes,
        owner_id=cmd.owner_id,
        proposal_id=cmd.proposal_id,
    )
    items = items_of(cmd.session_id, uow=uow)
    if cmd.kind == ItemKind.FOLLOW_UPS:
        raise RuleBroken("agenda-opens-with-follow-ups")
    ordered = agenda_times.placed(items, item, cmd.position)
    item.position = len(items) + 1
    uow.session.add(item)
    _order(ordered, agenda, uow=uow)
    after = {"kind": item.kind, "position": item.position, "minutes": item.minutes}
    uow.record("add_agenda_item", item, actor=actor, case_id=None, after=after)
    return item


@dataclass(frozen=True, kw_only=True)
class ChangeItem:
    """The opening item has minutes and an owner, and neither a title nor another place."""

    session_id: UUID
    item_id: UUID
    title: str | None
    minutes: int
    owner_id: UUID | None = None
    position: int | None = None


def change_item(cmd: ChangeItem, *, version: int, actor: Actor, uow: UnitOfWork) -> AgendaItem:
    agenda = _held(cmd.session_id, version, uow=uow)
    item = _item(cmd.session_id, cmd.item_id, uow=uow)
    require_attending(cmd.session_id, cmd.owner_id, uow=uow)
    if (item.kind == ItemKind.FOLLOW_UPS) != (cmd.title is None):
        raise RuleBroken("agenda-item-title")
    before = {"position": item.position, "minutes": item.minutes, "owner": item.owner_id}
    item.title = cmd.title and _title(cmd.title, cmd.session_id, uow=uow)
    item.minutes, item.owner_id = cmd.minutes, cmd.owner_id
    items = items_of(cmd.session_id, uow=uow)
    _order(agenda_times.moved(items, item, cmd.position or item.position), agenda, uow=uow)
    after = {"position": item.position, "minutes": item.minutes, "owner": item.owner_id}
    uow.record("change_agenda_item", item, actor=actor, case_id=None, before=before, after=after)
    return item


def remove_item(
    session_id: UUID, item_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> None:
    agenda = _held(session_id, version, uow=uow)
    item = _item(session_id, item_id, uow=uow)
    left = agenda_times.without(items_of(session_id, uow=uow), item)
    before = {"kind": item.kind, "position": item.position, "minutes": item.minutes}
    uow.record("remove_agenda_item", item, actor=actor, case_id=None, before=before, after={})
    uow.session.delete(item)
    _order(left, agenda, uow=uow)


def publish(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> AgendaVersion:
    """The draft as it stands, for everybody who attends; what is open is brought along to it."""
    agenda = _held(session_id, version, uow=uow)
    session = policy.session_of(session_id, uow=uow)
    agenda.latest += 1
    published = AgendaVersion(
        session_id=session_id,
        number=agenda.latest,
        content={"items": [_content(each) for each in items_of(session_id, uow=uow)]},
        published_by=actor.id,
        published_at=uow.now(),
    )
    uow.session.add(published)
    uow.session.flush()
    carrying.carry(session, actor=actor, uow=uow)
    uow.record(
        "publish_agenda",
        agenda,
        actor=actor,
        case_id=None,
        before={"number": agenda.latest - 1, "version": version},
        after={"number": agenda.latest, "version": agenda.version},
    )
    is_late = session.starts_at - uow.now() <= LATE
    happened = AgendaChanged if is_late else AgendaPublished
    uow.announce(happened(session_id=session_id, number=agenda.latest), actor=actor)
    return published


def items_of(session_id: UUID, *, uow: UnitOfWork) -> Sequence[AgendaItem]:
    found = select(AgendaItem).where(AgendaItem.session_id == session_id)
    return uow.session.scalars(found.order_by(AgendaItem.position)).all()


def _held(session_id: UUID, version: int, *, uow: UnitOfWork) -> Agenda:
    """The draft, locked: by whoever facilitates a session that still lies ahead."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_facilitator(session, uow=uow)
    session.require_planned()
    agenda = load(Agenda, session_id, uow=uow)
    lock(agenda, uow=uow)
    require_version(agenda, version)
    return agenda


def _title(title: str, session_id: UUID, *, uow: UnitOfWork) -> str:
    """Where families are spoken of, it tells of none; a concertation may name a building."""
    session = policy.session_of(session_id, uow=uow)
    telling = (SeriesKind.INTERVISION, SeriesKind.SUPERVISION)
    return screened_title(title, uow=uow) if policy.kind_of(session, uow=uow) in telling else title


def _item(session_id: UUID, item_id: UUID, *, uow: UnitOfWork) -> AgendaItem:
    item = load(AgendaItem, item_id, uow=uow)
    if item.session_id != session_id:
        raise NotFound
    return item


def _require_of_session(proposal_id: UUID | None, session_id: UUID, *, uow: UnitOfWork) -> None:
    if proposal_id is not None:
        proposal = load(Proposal, proposal_id, uow=uow)
        if proposal.session_id != session_id:
            raise NotFound


def _order(items: Sequence[AgendaItem], agenda: Agenda, *, uow: UnitOfWork) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    agenda.touch()
    uow.session.flush()


def _content(item: AgendaItem) -> dict[str, Any]:
    names = ("id", "kind", "title", "minutes", "owner_id", "proposal_id")
    return {name: plain(getattr(item, name)) for name in names}
