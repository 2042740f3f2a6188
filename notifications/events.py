from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Event):
    name = "notifications.preferences_changed"
    professional_id: UUID
