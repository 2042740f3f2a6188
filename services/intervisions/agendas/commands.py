"""Commands by which facilitators draft the agenda of a session and publish it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intervisions.agendas import times as agenda_times
from services.intervisions.agendas.events import AgendaChanged, AgendaPublished
from services.intervisions.agendas.model import Agenda, AgendaItem, AgendaVersion, opening_item
from services.intervisions.agendas.policy import require_drafter, screens_titles
from services.intervisions.agendas.times import ItemKind
from services.intervisions.follow_ups.carry_over import carry_over
from services.intervisions.model import IntervisionSession
from services.intervisions.policy import Part, require_owner_attends
from services.intervisions.proposals.model import Proposal
from services.intervisions.queries import attends, part_in
from services.intervisions.screening.session_screen import screened_title
from services.shared.actor import Actor
from services.shared.errors import NotFound, RuleBroken
from services.shared.events import plain
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

# A version published so shortly before the session is told at once: the digest may come after it.
LATE = timedelta(days=2)


def open_agenda(session: IntervisionSession, *, uow: UnitOfWork) -> Agenda:
    """Create the draft of a new session, which opens with the follow-ups from the first moment."""
    agenda = Agenda(session_id=session.id, latest=0)
    uow.session.add(agenda)
    uow.session.flush()
    uow.session.add(opening_item(session.id))
    uow.session.flush()
    return agenda


@dataclass(frozen=True, kw_only=True)
class AddItem:
    """A new item. `position` 2 is right after the opening item; without one it comes last."""

    session_id: UUID
    kind: ItemKind
    title: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None
    position: int | None = None


def add_item(cmd: AddItem, *, version: int, actor: Actor, uow: UnitOfWork) -> AgendaItem:
    agenda, part = _held(cmd.session_id, version, uow=uow)
    _require_owner(cmd.session_id, cmd.owner_id, uow=uow)
    _require_of_session(cmd.proposal_id, cmd.session_id, uow=uow)
    item = AgendaItem(
        session_id=cmd.session_id,
        kind=cmd.kind,
        title=_title(cmd.title, part, uow=uow),
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
    uow.record("add_agenda_item", item, actor=actor, after=after)
    return item


@dataclass(frozen=True, kw_only=True)
class ChangeItem:
    """A change of one item. The opening item takes minutes and an owner; it has no title and does
    not move.
    """

    session_id: UUID
    item_id: UUID
    title: str | None
    minutes: int
    owner_id: UUID | None = None
    position: int | None = None


def change_item(cmd: ChangeItem, *, version: int, actor: Actor, uow: UnitOfWork) -> AgendaItem:
    agenda, part = _held(cmd.session_id, version, uow=uow)
    item = _item(cmd.session_id, cmd.item_id, uow=uow)
    _require_owner(cmd.session_id, cmd.owner_id, uow=uow)
    if (item.kind == ItemKind.FOLLOW_UPS) != (cmd.title is None):
        raise RuleBroken("agenda-item-title")
    before = {"position": item.position, "minutes": item.minutes, "owner": item.owner_id}
    item.title = cmd.title and _title(cmd.title, part, uow=uow)
    item.minutes, item.owner_id = cmd.minutes, cmd.owner_id
    items = items_of(cmd.session_id, uow=uow)
    _order(agenda_times.moved(items, item, cmd.position or item.position), agenda, uow=uow)
    after = {"position": item.position, "minutes": item.minutes, "owner": item.owner_id}
    uow.record("change_agenda_item", item, actor=actor, before=before, after=after)
    return item


def remove_item(
    session_id: UUID, item_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> None:
    agenda, _ = _held(session_id, version, uow=uow)
    item = _item(session_id, item_id, uow=uow)
    left = agenda_times.without(items_of(session_id, uow=uow), item)
    before = {"kind": item.kind, "position": item.position, "minutes": item.minutes}
    uow.record("remove_agenda_item", item, actor=actor, before=before, after={})
    uow.session.delete(item)
    _order(left, agenda, uow=uow)


def publish(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> AgendaVersion:
    """Publish the draft to everybody who attends, and carry over the open follow-ups to it."""
    agenda, part = _held(session_id, version, uow=uow)
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
    carry_over(part.session, actor=actor, uow=uow)
    is_late = part.session.starts_at - uow.now() <= LATE
    happened = AgendaChanged if is_late else AgendaPublished
    uow.record(
        "publish_agenda",
        agenda,
        actor=actor,
        before={"number": agenda.latest - 1, "version": version},
        after={"number": agenda.latest, "version": agenda.version},
        event=happened(session_id=session_id, number=agenda.latest),
    )
    return published


def items_of(session_id: UUID, *, uow: UnitOfWork) -> Sequence[AgendaItem]:
    found = select(AgendaItem).where(AgendaItem.session_id == session_id)
    return uow.session.scalars(found.order_by(AgendaItem.position)).all()


def _held(session_id: UUID, version: int, *, uow: UnitOfWork) -> tuple[Agenda, Part]:
    """The draft, locked. The right comes before the load: a draft is hidden from all others."""
    part = part_in(session_id, uow=uow)
    require_drafter(part)
    agenda = load(Agenda, session_id, uow=uow)
    lock(agenda, uow=uow)
    require_version(agenda, version)
    return agenda, part


def _require_owner(session_id: UUID, owner_id: UUID | None, *, uow: UnitOfWork) -> None:
    require_owner_attends(owner_id is None or attends(session_id, owner_id, uow=uow))


def _title(title: str, part: Part, *, uow: UnitOfWork) -> str:
    return screened_title(title, uow=uow) if screens_titles(part) else title


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
