"""The household refuses somebody: their places, proposals and tasks in the case end with it."""

from uuid import UUID

from sqlalchemy import Select, or_, select

from services.cases.events import HandoverDeclined, ParticipantLeft
from services.cases.handover_model import Handover, HandoverState
from services.cases.model import Participation, ParticipationState, Task, TaskState
from services.cases.tasks.reminders import reminder
from services.consent import exclusions, policy
from services.consent.exclusions import Exclude
from services.consent.model import Exclusion
from services.consent.queries import access_to
from services.network.model import Professional
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

_OPEN_PLACE = (ParticipationState.INVITED, ParticipationState.ACCEPTED)


def exclude(cmd: Exclude, *, actor: Actor, uow: UnitOfWork) -> Exclusion:
    """Everything of theirs that is open in the case ends in this transaction."""
    policy.require_lead(access_to(cmd.case_id, uow=uow))
    named = _named(cmd)
    # Held before the case is: an answer holds its own row first too, so neither waits in a circle.
    handovers = uow.session.scalars(_open_handovers(cmd.case_id, named)).all()
    places = uow.session.scalars(_open_places(cmd.case_id, named)).all()
    exclusion = exclusions.set_exclusion(cmd, actor=actor, uow=uow)
    for handover in handovers:
        _decline(handover, actor=actor, uow=uow)
    for place in places:
        _end(place, actor=actor, uow=uow)
    for task in uow.session.scalars(_open_tasks(cmd.case_id, named)):
        _give_back(task, actor=actor, uow=uow)
    uow.session.flush()
    return exclusion


def _named(cmd: Exclude) -> Select[UUID]:
    """The professionals whom the exclusion reaches."""
    return select(Professional.id).where(
        or_(
            Professional.id == cmd.professional_id,
            Professional.organisation_id == cmd.organisation_id,
        )
    )


def _open_handovers(case_id: UUID, named: Select[UUID]) -> Select[Handover]:
    return (
        select(Handover)
        .where(Handover.case_id == case_id, Handover.to_id.in_(named))
        .where(Handover.state == HandoverState.PROPOSED)
        .with_for_update()
    )


def _open_places(case_id: UUID, named: Select[UUID]) -> Select[Participation]:
    return (
        select(Participation)
        .where(Participation.case_id == case_id, Participation.professional_id.in_(named))
        .where(Participation.state.in_(_OPEN_PLACE))
        .order_by(Participation.id)
        .with_for_update()
    )


def _open_tasks(case_id: UUID, named: Select[UUID]) -> Select[Task]:
    return (
        select(Task)
        .where(Task.case_id == case_id, Task.assignee_id.in_(named), Task.state == TaskState.OPEN)
        .order_by(Task.id)
        .with_for_update()
    )


def _decline(handover: Handover, *, actor: Actor, uow: UnitOfWork) -> None:
    """The household says no in the receiver's place."""
    handover.refuse(uow.now())
    after = {"state": handover.state, "version": handover.version}
    uow.record(
        "exclude_receiver",
        handover,
        actor=actor,
        after=after,
        event=HandoverDeclined(
            case_id=handover.case_id,
            handover_id=handover.id,
            from_id=handover.from_id,
            to_id=handover.to_id,
        ),
    )


def _end(place: Participation, *, actor: Actor, uow: UnitOfWork) -> None:
    place.end(uow.now())
    after = {"state": place.state, "ended_at": place.ended_at}
    uow.record(
        "exclude_participant",
        place,
        actor=actor,
        after=after,
        event=ParticipantLeft(
            case_id=place.case_id, participation_id=place.id, professional_id=place.professional_id
        ),
    )


def _give_back(task: Task, *, actor: Actor, uow: UnitOfWork) -> None:
    """An open task is the reference worker's again, and so is its reminder."""
    before = {"assignee": task.assignee_id}
    task.assignee_id = None
    alerts.cancel(task.id, uow=uow)
    if task.remind_at is not None:
        # What is past already was said to somebody else.
        alerts.plan([reminder(task, max(task.remind_at, uow.now()))], uow=uow)
    uow.record(
        "exclude_assignee",
        task,
        actor=actor,
        before=before,
        after={"assignee": None},
    )
