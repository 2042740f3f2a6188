"""A follow-up as one person at the session is shown it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class FollowUpView:
    """`words`, `outcome`: None to whom the table it comes from is closed. `due_on` and
    `snoozed_until`: to its owner and the facilitators; the others are told the week."""

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
