"""Past facts about sessions. None of them names a case."""

from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class SessionAnswered(Event):
    """Somebody says that they come or not, or an invitation is withdrawn: places may be free."""

    name = "intervisions.session_answered"
    session_id: UUID
