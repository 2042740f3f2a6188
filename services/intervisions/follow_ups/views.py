"""A follow-up as one person at the session sees it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class FollowUpView:
    """One follow-up. `words` and `outcome` are None for those to whom its table is closed. `due_on`
    and `snoozed_until` are for its owner and the facilitators; the others see only the week.
    """

    id: UUID
    words: str | None
    outcome: str | None
    becomes: str
    owner_id: UUID
    owner_name: str
    due_week: str
    due_on: date | None
    snoozed: bool
    snoozed_until: date | None
    state: str
    carried: int
    flagged: bool
    version: int
