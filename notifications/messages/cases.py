"""Messages about the team of a case: told to one person, at once."""

from uuid import UUID

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
from services.cases.queries import code_of
from services.cases.team import leaving
from services.shared.alerts import RecipientRole, tell
from services.shared.events import Event
from services.shared.unit_of_work import UnitOfWork


def tell_invitee(event: ParticipantInvited, *, uow: UnitOfWork) -> None:
    """Nothing goes out once the invitation is answered or ended."""
    tell(event, event.participation_id, event.professional_id, uow=uow)


def tell_receiver(event: HandoverProposed, *, uow: UnitOfWork) -> None:
    """Nothing goes out once the proposal is answered."""
    tell(event, event.handover_id, event.to_id, uow=uow)


def tell_former_worker(event: HandoverAccepted | HandoverDeclined, *, uow: UnitOfWork) -> None:
    """Whoever proposed the handover hears the answer: from now on, who is responsible."""
    tell(event, event.handover_id, event.from_id, uow=uow)


def tell_handover_expired(event: HandoverExpired, *, uow: UnitOfWork) -> None:
    """The proposer, still responsible, and the coordinators, who can help to find another."""
    tell(event, event.handover_id, event.from_id, uow=uow)
    _tell_coordinators(event, event.handover_id, uow=uow)


def tell_worker_requested(event: WorkerRequested, *, uow: UnitOfWork) -> None:
    """The coordinators too: nobody decides alone about a wish to be rid of them."""
    tell(event, event.request_id, RecipientRole.REFERENCE_WORKER, uow=uow)
    _tell_coordinators(event, event.request_id, uow=uow)


def tell_plan_objected(event: PlanObjected, *, uow: UnitOfWork) -> None:
    """Whoever answers for the case hears that the household does not agree, wherever it said so."""
    tell(event, event.answer_id, RecipientRole.REFERENCE_WORKER, uow=uow)


def announce_departure(event: DepartureRefused, *, uow: UnitOfWork) -> None:
    leaving.announce_departure(event.professional_id, uow=uow)


def _tell_coordinators(event: Event, object_id: UUID, *, uow: UnitOfWork) -> None:
    """They have no case scope: the opaque code, which is all they get, goes with the alert."""
    tell(
        event, object_id, RecipientRole.COORDINATOR, facts=code_of(event.case_id, uow=uow), uow=uow
    )
