from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class AlertUndelivered(Event):
    """This person could be told of a legal date by no channel."""

    name = "cases.alert_undelivered"
    alert_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParticipantInvited(Event):
    name = "cases.participant_invited"
    participation_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(Event):
    name = "cases.participant_left"
    participation_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandoverProposed(Event):
    name = "cases.handover_proposed"
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandoverAccepted(Event):
    name = "cases.handover_accepted"
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandoverDeclined(Event):
    name = "cases.handover_declined"
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandoverExpired(Event):
    name = "cases.handover_expired"
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True, kw_only=True)
class WorkerRequested(Event):
    name = "cases.worker_requested"
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class DepartureRefused(Event):
    name = "cases.departure_refused"
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    name = "cases.task_done"
    task_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClosingProposed(Event):
    name = "cases.closing_proposed"
    closing_id: UUID
    reviewer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClosingRefused(Event):
    name = "cases.closing_refused"
    closing_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClosingExpired(Event):
    name = "cases.closing_expired"
    closing_id: UUID


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Event):
    name = "cases.closed"
    closing_id: UUID


@dataclass(frozen=True, kw_only=True)
class CaseReopened(Event):
    name = "cases.reopened"
    closing_id: UUID


@dataclass(frozen=True, kw_only=True)
class PlanObjected(Event):
    name = "cases.plan_objected"
    answer_id: UUID
    member_id: UUID
