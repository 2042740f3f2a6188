from dataclasses import dataclass
from datetime import datetime
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
class BundleFrozen(Event):
    name = "evictions.bundle_frozen"
    procedure_id: UUID
    bundle_id: UUID
