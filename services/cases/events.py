from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class AlertUndelivered(Event):
    """By no channel could this person be told of a legal date."""

    name = "cases.alert_undelivered"
    alert_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    name = "cases.opened"
    reference_worker_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    name = "cases.member_joined"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    name = "cases.member_left"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class MemberCorrected(Event):
    name = "cases.member_corrected"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class TenancyRecorded(Event):
    name = "cases.tenancy_recorded"
    tenancy_id: UUID


@dataclass(frozen=True, kw_only=True)
class ContactsSealed(Event):
    name = "cases.contacts_sealed"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParticipantInvited(Event):
    name = "cases.participant_invited"
    participation_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParticipantJoined(Event):
    name = "cases.participant_joined"
    participation_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParticipantDeclined(Event):
    name = "cases.participant_declined"
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
class HandoverWithdrawn(Event):
    name = "cases.handover_withdrawn"
    handover_id: UUID
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True, kw_only=True)
class WorkerRequested(Event):
    name = "cases.worker_requested"
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class WorkerRequestAnswered(Event):
    name = "cases.worker_request_answered"
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class DepartureRefused(Event):
    name = "cases.departure_refused"
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Event):
    name = "cases.note_written"
    note_id: UUID


@dataclass(frozen=True, kw_only=True)
class NoteAmended(Event):
    name = "cases.note_amended"
    note_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class NoteMoved(Event):
    """To another category, as revision `number`."""

    name = "cases.note_moved"
    note_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Event):
    name = "cases.task_assigned"
    task_id: UUID
    assignee_id: UUID | None = None


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
class ClosingWithdrawn(Event):
    name = "cases.closing_withdrawn"
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
class CaseWatched(Event):
    name = "cases.watched"
    review_on: date


@dataclass(frozen=True, kw_only=True)
class CaseResumed(Event):
    name = "cases.resumed"


@dataclass(frozen=True, kw_only=True)
class PlanGoalWritten(Event):
    """New or changed, as version `number`."""

    name = "cases.plan_goal_written"
    goal_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class PlanActionWritten(Event):
    """New or changed, as version `number`."""

    name = "cases.plan_action_written"
    action_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class PlanActionClosed(Event):
    """Done or dropped."""

    name = "cases.plan_action_closed"
    action_id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class PlanAnswered(Event):
    name = "cases.plan_answered"
    answer_id: UUID
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class PlanObjected(Event):
    name = "cases.plan_objected"
    answer_id: UUID
    member_id: UUID
