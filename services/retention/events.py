from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ErasureRequested(Event):
    """Waits for a coordinator; nothing is erased yet."""

    name = "retention.erasure_requested"
    erasure_id: UUID


@dataclass(frozen=True, kw_only=True)
class ErasureConfirmed(Event):
    """From this commit on the case is nobody's; the workers do the rest."""

    name = "retention.erasure_confirmed"
    erasure_id: UUID
