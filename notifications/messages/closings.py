"""Messages about the closing of a case: a code and what happened, never why."""

from uuid import UUID

from sqlalchemy import select

from services.cases.events import (
    CaseClosed,
    CaseReopened,
    ClosingExpired,
    ClosingProposed,
    ClosingRefused,
)
from services.cases.model import Case, Participation, ParticipationState
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.events import Event
from services.shared.unit_of_work import UnitOfWork


def tell_reviewer(event: ClosingProposed, *, uow: UnitOfWork) -> None:
    """Nothing goes out once the proposal is answered."""
    alerts.plan([_told(event, event.closing_id, person=event.reviewer_id, uow=uow)], uow=uow)


def tell_refused(event: ClosingRefused, *, uow: UnitOfWork) -> None:
    alerts.plan([_told(event, event.closing_id, uow=uow)], uow=uow)


def tell_expired(event: ClosingExpired, *, uow: UnitOfWork) -> None:
    """The coordinators too, who can help to find other eyes."""
    roles = (RecipientRole.REFERENCE_WORKER, RecipientRole.COORDINATOR)
    told = [_told(event, event.closing_id, role=role, uow=uow) for role in roles]
    alerts.plan(told, uow=uow)


def tell_closed(event: CaseClosed, *, uow: UnitOfWork) -> None:
    """The reference worker, and whose access has ended with it."""
    told = [_told(event, event.closing_id, uow=uow)]
    alerts.plan(told + _team(event, event.closing_id, uow=uow), uow=uow)


def tell_reopened(event: CaseReopened, *, uow: UnitOfWork) -> None:
    """Those of the team whose access has come back; to the others nothing is sent."""
    alerts.plan(_team(event, event.closing_id, uow=uow), uow=uow)


def _team(event: Event, object_id: UUID, *, uow: UnitOfWork) -> list[NewAlert]:
    places = select(Participation.professional_id).where(
        Participation.case_id == event.case_id,
        Participation.state == ParticipationState.ACCEPTED.value,
    )
    return [_told(event, object_id, person=who, uow=uow) for who in uow.session.scalars(places)]


def _told(
    event: Event,
    object_id: UUID,
    *,
    role: RecipientRole = RecipientRole.REFERENCE_WORKER,
    person: UUID | None = None,
    uow: UnitOfWork,
) -> NewAlert:
    """The code goes with the alert: some of them have no other way to it."""
    code = uow.session.scalar(select(Case.code).where(Case.id == event.case_id))
    return NewAlert(
        kind=event.name,
        case_id=event.case_id,
        object_id=object_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.PERSON if person else role,
        recipient_id=person,
        facts={"code": code},
    )
