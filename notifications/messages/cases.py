"""Messages about the team of a case: told to one person, at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from services.cases.events import (
    DepartureRefused,
    HandoverAccepted,
    HandoverDeclined,
    HandoverExpired,
    HandoverProposed,
    ParticipantInvited,
    PlanObjected,
    WorkerRequested,
)
from services.cases.model import Case
from services.cases.team import leaving
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.events import Event
from services.shared.unit_of_work import UnitOfWork


def tell_invitee(event: ParticipantInvited, *, uow: UnitOfWork) -> None:
    """Nothing goes out once the invitation is answered or ended."""
    told = _one_person(event, event.participation_id, event.professional_id, at=uow.now())
    alerts.plan([told], uow=uow)


def tell_receiver(event: HandoverProposed, *, uow: UnitOfWork) -> None:
    """Nothing goes out once the proposal is answered."""
    alerts.plan([_one_person(event, event.handover_id, event.to_id, at=uow.now())], uow=uow)


def tell_former_worker(event: HandoverAccepted | HandoverDeclined, *, uow: UnitOfWork) -> None:
    """Whoever proposed the handover hears the answer: from now on, who is responsible."""
    alerts.plan([_one_person(event, event.handover_id, event.from_id, at=uow.now())], uow=uow)


def tell_handover_expired(event: HandoverExpired, *, uow: UnitOfWork) -> None:
    """The proposer, still responsible, and the coordinators, who can help to find another."""
    proposer = _one_person(event, event.handover_id, event.from_id, at=uow.now())
    alerts.plan([proposer, _coordinators(event, event.handover_id, uow=uow)], uow=uow)


def tell_worker_requested(event: WorkerRequested, *, uow: UnitOfWork) -> None:
    """The coordinators too: nobody decides alone about a wish to be rid of them."""
    reference = NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=event.request_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
    alerts.plan([reference, _coordinators(event, event.request_id, uow=uow)], uow=uow)


def tell_plan_objected(event: PlanObjected, *, uow: UnitOfWork) -> None:
    """Whoever answers for the case hears that the household does not agree, wherever it said so."""
    objection = NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=event.answer_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
    alerts.plan([objection], uow=uow)


def announce_departure(event: DepartureRefused, *, uow: UnitOfWork) -> None:
    leaving.announce_departure(event.professional_id, uow=uow)


def _coordinators(event: Event, object_id: UUID, *, uow: UnitOfWork) -> NewAlert:
    """They have no case scope: the opaque code, which is all they get, goes with the alert."""
    code = uow.session.scalar(select(Case.code).where(Case.id == event.case_id))
    return NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=object_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.COORDINATOR,
        facts={"code": code},
    )


def _one_person(event: Event, object_id: UUID, person: UUID, *, at: datetime) -> NewAlert:
    return NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=object_id,
        due_at=at,
        recipient_role=RecipientRole.PERSON,
        recipient_id=person,
    )
