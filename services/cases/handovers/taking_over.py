"""What changes hands at the instant of a handover: the responsibility, places, tasks, requests."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from services.cases.handover_model import Handover, WorkerRequest, WorkerRequestState
from services.cases.model import (
    Participation,
    ParticipationState,
    ReferenceAssignment,
    Task,
    TaskState,
    TeamRole,
)
from services.cases.tasks.commands import AddTask, add_task
from services.cases.tasks.reminders import remind
from services.households.model import Household
from services.network.queries import require_active
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Conflict, NotFound
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork

# The household hears it from a person, in its own language, within this time.
TOLD_WITHIN = timedelta(days=3)


def take_over(handover: Handover, *, actor: Actor, uow: UnitOfWork) -> None:
    """End one assignment and begin the other at the same instant; former holders may return."""
    current = uow.session.scalars(
        select(ReferenceAssignment)
        .where(ReferenceAssignment.case_id == handover.case_id)
        .where(ReferenceAssignment.period.contains(uow.now()))
        .with_for_update()
    ).one_or_none()
    if current is None:
        raise NotFound
    if current.professional_id != handover.from_id or current.period.lower == uow.now():
        raise Conflict("reference-worker-changed")
    current.period = Range(current.period.lower, uow.now())
    uow.session.flush()
    uow.session.add(
        ReferenceAssignment(
            case_id=handover.case_id, professional_id=actor.id, period=Range(uow.now(), None)
        )
    )
    uow.session.flush()
    # Asked only now: writing the assignment waited for a deactivation that was under way.
    require_active(actor.id, uow=uow)
    _close_own_participation(handover.case_id, actor.id, uow=uow)
    if handover.former_stays:
        uow.session.add(_former_as_participant(handover, uow=uow))


def pass_on(handover: Handover, *, actor: Actor, uow: UnitOfWork) -> None:
    """Tasks without an assignee and alerts by role follow by themselves; these do not."""
    if not handover.former_stays:
        _pass_tasks(handover, actor=actor, uow=uow)
    open_requests = (
        select(WorkerRequest)
        .where(WorkerRequest.case_id == handover.case_id)
        .where(WorkerRequest.state == WorkerRequestState.OPEN.value)
        .with_for_update()
    )
    for request in uow.session.scalars(open_requests):
        request.meet(uow.now())
    add_task(_inform_household(handover.case_id, actor=actor, uow=uow), actor=actor, uow=uow)


def _pass_tasks(handover: Handover, *, actor: Actor, uow: UnitOfWork) -> None:
    """Open tasks of the one who leaves become the actor's, with their reminders."""
    left = (
        select(Task)
        .where(Task.case_id == handover.case_id, Task.assignee_id == handover.from_id)
        .where(Task.state == TaskState.OPEN.value)
        .with_for_update()
    )
    for task in uow.session.scalars(left):
        task.assignee_id = actor.id
        uow.session.flush()
        alerts.cancel(task.id, uow=uow)
        remind(task, uow=uow)
        uow.record(
            "reassign_task",
            task,
            actor=actor,
            before={"assignee": handover.from_id},
            after={"assignee": task.assignee_id, "version": task.version},
        )


def _inform_household(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> AddTask:
    """The task of the new reference worker; it names the language to speak with the household."""
    found = select(Household.language).where(Household.case_id == case_id)
    language = still_there(uow.session.scalars(found))
    return AddTask(
        case_id=case_id,
        category=Category.IDENTITY,
        template="inform_household",
        title_values={"language": language},
        due_on=uow.today() + TOLD_WITHIN,
    )


def _close_own_participation(case_id: UUID, professional_id: UUID, *, uow: UnitOfWork) -> None:
    places = uow.session.scalars(
        select(Participation)
        .where(Participation.case_id == case_id)
        .where(Participation.professional_id == professional_id)
        .where(Participation.state.in_([ParticipationState.INVITED, ParticipationState.ACCEPTED]))
    )
    for place in places:
        place.end(uow.now())


def _former_as_participant(handover: Handover, *, uow: UnitOfWork) -> Participation:
    return Participation(
        case_id=handover.case_id,
        professional_id=handover.from_id,
        role=TeamRole.GENERALIST,
        reason=handover.reason,
        state=ParticipationState.ACCEPTED,
        invited_by=handover.to_id,
        invited_at=uow.now(),
        accepted_at=uow.now(),
    )
