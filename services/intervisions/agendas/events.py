"""Events of agendas and follow-ups. None of them names a case."""

from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class AgendaPublished(Event):
    name = "intervisions.agenda_published"
    session_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class AgendaChanged(Event):
    """Published so shortly before the session that a digest might come after it."""

    name = "intervisions.agenda_changed"
    session_id: UUID
    number: int
