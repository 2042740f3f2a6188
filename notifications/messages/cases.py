"""Messages about the team of a case: told to one person, at once."""

from datetime import datetime
from uuid import UUID

from services.cases.events import (
    HandoverAccepted,
    HandoverDeclined,
    HandoverProposed,
    ParticipantInvited,
)
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


def _one_person(event: Event, object_id: UUID, person: UUID, *, at: datetime) -> NewAlert:
    return NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=object_id,
        due_at=at,
        recipient_role=RecipientRole.PERSON,
        recipient_id=person,
    )
