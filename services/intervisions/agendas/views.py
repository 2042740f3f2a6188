"""What an agenda and its follow-ups say to one reader. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intervisions.agendas.times import TimedAgenda
from services.intervisions.follow_ups.views import FollowUpView


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
