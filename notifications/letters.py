"""A claimed delivery with what its message needs, and how an attempt at it ended."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications import digests
from notifications.model import DeliveryState


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A claimed delivery with what its message needs. `to` is None when the right is lost."""

    delivery_id: UUID
    alert_id: UUID
    professional_id: UUID
    fence: int
    attempts: int
    message_id: str
    possible_duplicate: bool
    kind: str
    facts: dict[str, Any]
    code: str | None
    to: str | None
    language: str | None
    # Of a digest: what it tells.
    lines: tuple[digests.Line, ...] = ()
    faults: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended. `reached_nobody` only if the provider said that it kept nothing;
    `faulty` if it failed here.
    """

    state: DeliveryState
    error: str | None = None
    reached_nobody: bool = False
    faulty: bool = False


SENT = Outcome(state=DeliveryState.SENT)


@dataclass(frozen=True)
class Turn:
    """Which halves of a turn were done."""

    ended: bool
    marked: bool
