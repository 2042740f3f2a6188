from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class HearingPosted(Event):
    name = "evictions.hearing_posted"
    procedure_id: UUID
    posting_id: UUID


@dataclass(frozen=True, kw_only=True)
class TermMissed(Event):
    """A term was not kept. `instalment_id` names the one of a payment plan.

    None for a date to leave.
    """

    name = "evictions.term_missed"
    term_id: UUID
    instalment_id: UUID | None = None
    due_on: date


@dataclass(frozen=True, kw_only=True)
class WelfareCentreOpposed(Event):
    name = "evictions.welfare_centre_opposed"
    procedure_id: UUID
    opposition_id: UUID


@dataclass(frozen=True, kw_only=True)
class WelfareOppositionWithdrawn(Event):
    name = "evictions.welfare_opposition_withdrawn"
    procedure_id: UUID
    opposition_id: UUID
