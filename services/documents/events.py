from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class DocumentUploaded(Event):
    """A version waits for the scanner."""

    name = "documents.uploaded"
    document_id: UUID
    number: int
