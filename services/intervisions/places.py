"""Places of a session: as many as its series says, and so many of one sector at most."""

from uuid import UUID

from sqlalchemy import text

from services.intervisions import reminders
from services.intervisions.events import SessionAnswered
from services.intervisions.model import (
    IntervisionSession,
    InvitationState,
    SessionInvitation,
    SessionState,
)
from services.shared import alerts
from services.shared.loading import load, one_at_a_time
from services.shared.unit_of_work import UnitOfWork

PLACE_FREE = "intervisions.place_free"
_HAS_PLACE = text("SELECT has_place(:session, :person)")
_WAITING = text(
    """
    SELECT id, professional_id FROM session_invitations
    WHERE session_id = :session AND state = 'waiting'
    ORDER BY answered_at, professional_id FOR UPDATE
    """
)


def hold(session_id: UUID, *, uow: UnitOfWork) -> None:
    """One answer to a session after another: two people never get the last place."""
    one_at_a_time(f"session:{session_id}", uow=uow)


def has_place(session_id: UUID, person_id: UUID, *, uow: UnitOfWork) -> bool:
    values = {"session": session_id, "person": person_id}
    return bool(uow.session.scalar(_HAS_PLACE, values))


def give_places(event: SessionAnswered, *, uow: UnitOfWork) -> None:
    """As the workers' role: who waits longest comes first, if there is room in their sector."""
    hold(event.session_id, uow=uow)
    session = load(IntervisionSession, event.session_id, uow=uow)
    if session.state != SessionState.PLANNED:
        return
    for invitation_id, person_id in uow.session.execute(_WAITING, {"session": session.id}).all():
        if has_place(session.id, person_id, uow=uow):
            invitation = load(SessionInvitation, invitation_id, uow=uow)
            invitation.state = InvitationState.ACCEPTED
            uow.session.flush()
            _tell(session, person_id, uow=uow)


def _tell(session: IntervisionSession, person_id: UUID, *, uow: UnitOfWork) -> None:
    now = uow.now()
    free = reminders.new_alert(PLACE_FREE, session, person_id, due_at=now, rung=now.isoformat())
    alerts.plan([free], uow=uow)
    reminders.plan(reminders.APPROACHING, session, [person_id], uow=uow)
