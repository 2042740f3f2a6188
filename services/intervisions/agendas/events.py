"""Past facts about agendas. None of them names a case."""

from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class AgendaPublished(Event):
    """A version was published early enough for the digest to tell it."""

    name = "intervisions.agenda_published"
    session_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class AgendaChanged(Event):
    """A version was published so shortly before the session that it is told at once."""

    name = "intervisions.agenda_changed"
    session_id: UUID
    number: int
