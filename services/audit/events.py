from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ReadingUnusual(Event):
    name = "audit.reading_unusual"
    reading_id: UUID
