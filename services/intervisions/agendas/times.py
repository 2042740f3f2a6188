"""The clock of an agenda: when each item begins and ends, given its minutes. Pure.

A session always opens with what the earlier ones left to do (features.md, S077): that item stands
first and cannot be taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from services.shared.clock import BRUSSELS
from services.shared.errors import RuleBroken

FOLLOW_UP_MINUTES = 15
# Minutes of a working day; nobody plans a longer item.
LONGEST = 480
AT_MOST = 60


class ItemKind(StrEnum):
    FOLLOW_UPS = "follow_ups"
    BALLOT_RESULT = "ballot_result"
    TABLE = "table"
    TOPIC = "topic"
    NEED = "need"
    BREAK = "break"
    OTHER = "other"


class Positioned(Protocol):
    """Anything that stands on an agenda."""

    @property
    def id(self) -> UUID: ...

    @property
    def kind(self) -> str: ...


One = TypeVar("One", bound=Positioned)


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item as it is read, without its hours."""

    id: UUID
    kind: str
    title: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None

    def naming(self, proposal_id: UUID | None) -> "Item":
        return replace(self, proposal_id=proposal_id)


@dataclass(frozen=True, kw_only=True)
class TimedItem(Item):
    """An item with the instants at which it begins and ends, with the offset of Brussels."""

    position: int
    starts_at: datetime
    ends_at: datetime
    # It ends after the session is to end.
    runs_over: bool


@dataclass(frozen=True, kw_only=True)
class TimedAgenda:
    """An agenda by the clock. `overrun_minutes` says by how much the items are longer than the
    session; 0 if they fit.
    """

    items: tuple[TimedItem, ...]
    ends_at: datetime
    overrun_minutes: int


def timed(items: Sequence[Item], starts_at: datetime, ends_at: datetime) -> TimedAgenda:
    """Lay the items one after the other from the beginning of the session.

    Minutes are minutes that pass: an hour stays an hour in the nights of March and October in which
    clocks change (Directive 2000/84/EC).
    """
    at, laid = starts_at.astimezone(UTC), []
    for position, item in enumerate(items, start=1):
        until = at + timedelta(minutes=item.minutes)
        laid.append(
            TimedItem(
                **vars(item),
                position=position,
                starts_at=at.astimezone(BRUSSELS),
                ends_at=until.astimezone(BRUSSELS),
                runs_over=until > ends_at,
            )
        )
        at = until
    over = max(at - ends_at, timedelta(0))
    # A part of a minute is over as well.
    minutes = -(-over // timedelta(minutes=1))
    return TimedAgenda(items=tuple(laid), ends_at=at.astimezone(BRUSSELS), overrun_minutes=minutes)


def placed(items: Sequence[One], new: One, position: int | None) -> list[One]:
    """The items with a new one at this position (1 is the first), or at the end without one."""
    if new.kind == ItemKind.FOLLOW_UPS:
        raise RuleBroken("agenda-opens-with-follow-ups")
    if len(items) >= AT_MOST:
        raise RuleBroken("agenda-full", at_most=AT_MOST)
    at = len(items) + 1 if position is None else position
    return _checked([*items[: at - 1], new, *items[at - 1 :]])


def moved(items: Sequence[One], item: One, position: int) -> list[One]:
    """The items with this one at that position, or at the end if there are not so many."""
    others = [each for each in items if each.id != item.id]
    return _checked([*others[: position - 1], item, *others[position - 1 :]])


def without(items: Sequence[One], item: One) -> list[One]:
    if item.kind == ItemKind.FOLLOW_UPS:
        raise RuleBroken("agenda-opens-with-follow-ups")
    return [each for each in items if each.id != item.id]


def _checked(items: list[One]) -> list[One]:
    if not items or items[0].kind != ItemKind.FOLLOW_UPS:
        raise RuleBroken("agenda-opens-with-follow-ups")
    return items
