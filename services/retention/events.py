from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ErasureRequested(Event):
    """Waits for a coordinator; nothing is erased yet."""

    name = "retention.erasure_requested"
    erasure_id: UUID
