from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ProcedureOpened(Event):
    name = "evictions.procedure_opened"
    procedure_id: UUID


@dataclass(frozen=True, kw_only=True)
class ActRecorded(Event):
    name = "evictions.act_recorded"
    procedure_id: UUID
    act_id: UUID


@dataclass(frozen=True, kw_only=True)
class ActCorrected(Event):
    name = "evictions.act_corrected"
    procedure_id: UUID
    act_id: UUID


@dataclass(frozen=True, kw_only=True)
class RegimeChosen(Event):
    name = "evictions.regime_chosen"
    procedure_id: UUID


@dataclass(frozen=True, kw_only=True)
class HearingSet(Event):
    name = "evictions.hearing_set"
    procedure_id: UUID
    hearing_id: UUID
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingMoved(Event):
    name = "evictions.hearing_moved"
    procedure_id: UUID
    hearing_id: UUID
    replaces_id: UUID
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingCalledOff(Event):
    name = "evictions.hearing_called_off"
    procedure_id: UUID
    hearing_id: UUID


@dataclass(frozen=True, kw_only=True)
class HearingPosted(Event):
    name = "evictions.hearing_posted"
    procedure_id: UUID
    posting_id: UUID


@dataclass(frozen=True, kw_only=True)
class PostingAnswered(Event):
    name = "evictions.posting_answered"
    procedure_id: UUID
    posting_id: UUID


@dataclass(frozen=True, kw_only=True)
class DeadlineOverridden(Event):
    name = "evictions.deadline_overridden"
    procedure_id: UUID
    deadline_id: UUID


@dataclass(frozen=True, kw_only=True)
class OverrideLifted(Event):
    name = "evictions.override_lifted"
    procedure_id: UUID
    deadline_id: UUID


@dataclass(frozen=True, kw_only=True)
class TermSet(Event):
    name = "evictions.term_set"
    term_id: UUID


@dataclass(frozen=True, kw_only=True)
class InstalmentPaid(Event):
    name = "evictions.instalment_paid"
    term_id: UUID
    instalment_id: UUID


@dataclass(frozen=True, kw_only=True)
class TermMissed(Event):
    """`instalment_id`: which one of a payment plan; None for a date to leave and the like."""

    name = "evictions.term_missed"
    term_id: UUID
    instalment_id: UUID | None = None
    due_on: date


@dataclass(frozen=True, kw_only=True)
class TermResumed(Event):
    name = "evictions.term_resumed"
    term_id: UUID


@dataclass(frozen=True, kw_only=True)
class TermEnded(Event):
    name = "evictions.term_ended"
    term_id: UUID


@dataclass(frozen=True, kw_only=True)
class ArrearsRecorded(Event):
    name = "evictions.arrears_recorded"
    entry_id: UUID


@dataclass(frozen=True, kw_only=True)
class HearingHeld(Event):
    name = "evictions.hearing_held"
    procedure_id: UUID
    hearing_id: UUID


@dataclass(frozen=True, kw_only=True)
class RuleChangeApplied(Event):
    name = "evictions.rule_change_applied"
    change_id: UUID
    recomputation_id: UUID


@dataclass(frozen=True, kw_only=True)
class BundleFrozen(Event):
    name = "evictions.bundle_frozen"
    procedure_id: UUID
    bundle_id: UUID


@dataclass(frozen=True, kw_only=True)
class AccompanimentAsked(Event):
    name = "evictions.accompaniment_asked"
    hearing_id: UUID
    accompaniment_id: UUID


@dataclass(frozen=True, kw_only=True)
class AccompanimentAnswered(Event):
    name = "evictions.accompaniment_answered"
    hearing_id: UUID
    accompaniment_id: UUID


@dataclass(frozen=True, kw_only=True)
class AccompanimentEnded(Event):
    """By nobody's command: they may no longer know of the hearing."""

    name = "evictions.accompaniment_ended"
    hearing_id: UUID
    accompaniment_id: UUID


@dataclass(frozen=True, kw_only=True)
class WelfareCentreTold(Event):
    name = "evictions.welfare_centre_told"
    procedure_id: UUID
    step_id: UUID


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
