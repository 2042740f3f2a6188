"""What an agenda and its follow-ups say to one reader. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.intervisions.agenda_times import TimedAgenda


@dataclass(frozen=True, kw_only=True)
class FollowUpView:
    """`words`, `outcome`: None to whom the table it comes from is closed. `due_on` and
    `snoozed_until`: to its owner and the facilitators; the others are told the week."""

    id: UUID
    words: str | None
    outcome: str | None
    becomes: str
    owner_id: UUID
    owner_name: str
    due_week: str
    due_on: date | None
    snoozed: bool
    snoozed_until: date | None
    state: str
    carried: int
    flagged: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class AgendaView:
    """`number`: of the published version; None is the draft. `sequence` rises with each move of
    the session and each version (RFC 5546 §2.1.4)."""

    session_id: UUID
    session_number: int
    series_name: str
    kind: str
    place: str | None
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    number: int | None
    sequence: int
    made_at: datetime
    version: int
    agenda: TimedAgenda
    owners: dict[UUID, str]
    follow_ups: tuple[FollowUpView, ...]
