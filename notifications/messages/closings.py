"""Messages about the closing of a case: a code and what happened, never why."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.cases.events import (
    CaseClosed,
    CaseReopened,
    ClosingExpired,
    ClosingProposed,
    ClosingRefused,
)
from services.cases.model import Participation, ParticipationState
from services.cases.queries import code_of
from services.shared.alerts import RecipientRole, tell
from services.shared.unit_of_work import UnitOfWork

_OfClosing = ClosingProposed | ClosingRefused | ClosingExpired | CaseClosed | CaseReopened


def tell_reviewer(event: ClosingProposed, *, uow: UnitOfWork) -> None:
    """Nothing goes out once the proposal is answered."""
    _tell(event, event.reviewer_id, uow=uow)


def tell_refused(event: ClosingRefused, *, uow: UnitOfWork) -> None:
    _tell(event, RecipientRole.REFERENCE_WORKER, uow=uow)


def tell_expired(event: ClosingExpired, *, uow: UnitOfWork) -> None:
    """The coordinators too, who can help to find other eyes."""
    _tell(event, RecipientRole.REFERENCE_WORKER, RecipientRole.COORDINATOR, uow=uow)


def tell_closed(event: CaseClosed, *, uow: UnitOfWork) -> None:
    """The reference worker, and whose access has ended with it."""
    _tell(event, RecipientRole.REFERENCE_WORKER, *_team(event, uow=uow), uow=uow)


def tell_reopened(event: CaseReopened, *, uow: UnitOfWork) -> None:
    """Those of the team whose access has come back; to the others nothing is sent."""
    _tell(event, *_team(event, uow=uow), uow=uow)


def _team(event: CaseClosed | CaseReopened, *, uow: UnitOfWork) -> Sequence[UUID]:
    accepted = select(Participation.professional_id).where(
        Participation.case_id == event.case_id,
        Participation.state == ParticipationState.ACCEPTED.value,
    )
    return uow.session.scalars(accepted).all()


def _tell(event: _OfClosing, *to: RecipientRole | UUID, uow: UnitOfWork) -> None:
    """The code goes with the alert: some of them have no other way to it."""
    tell(event, event.closing_id, *to, facts=code_of(event.case_id, uow=uow), uow=uow)
