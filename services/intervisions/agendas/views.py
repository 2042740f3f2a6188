"""The agenda and its follow-ups as one reader sees them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intervisions.agendas.times import TimedAgenda
from services.intervisions.follow_ups.views import FollowUpView


@dataclass(frozen=True, kw_only=True)
class AgendaView:
    """The agenda of one session. `number` is that of the published version, None for the draft;
    `sequence` rises with each move of the session and each version (RFC 5546 §2.1.4).
    """

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
