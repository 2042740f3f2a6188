"""Past facts about follow-ups: ids and dates, nothing of what they say."""

from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class FollowUpPlanned(Event):
    """A follow-up is new, or put off to another day: its owner is reminded of the new day."""

    name = "intervisions.follow_up_planned"
    follow_up_id: UUID


@dataclass(frozen=True, kw_only=True)
class FollowUpClosed(Event):
    """A follow-up is done or dropped: nobody is reminded of it any more."""

    name = "intervisions.follow_up_closed"
    follow_up_id: UUID


@dataclass(frozen=True, kw_only=True)
class FollowUpCarried(Event):
    """A follow-up stands on the agenda of this session too, for the `times`-th time."""

    name = "intervisions.follow_up_carried"
    follow_up_id: UUID
    session_id: UUID
    times: int
