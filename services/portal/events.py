from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ChoiceMade(Event):
    """A consent given or taken back, or somebody refused, by an adult of the household."""

    name = "portal.choice_made"
    choice_id: UUID
    version: int


@dataclass(frozen=True, kw_only=True)
class RequestMade(Event):
    name = "portal.request_made"
    request_id: UUID
