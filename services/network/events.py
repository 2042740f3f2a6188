from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ProfessionalLeft(Event):
    name = "network.professional_left"
    professional_id: UUID
