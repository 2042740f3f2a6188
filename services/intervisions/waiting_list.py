"""The places of a session, as many as its series says, and the people who wait for one."""

from uuid import UUID

from sqlalchemy import text

from services.intervisions import reminders
from services.intervisions.alerts import tell
from services.intervisions.events import SessionAnswered
from services.intervisions.model import (
    IntervisionSession,
    InvitationState,
    SessionInvitation,
    SessionState,
)
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


def answer_one_at_a_time(session_id: UUID, *, uow: UnitOfWork) -> None:
    """Let one answer to a session follow another, so that two people never get the last place."""
    one_at_a_time(f"session:{session_id}", uow=uow)


def has_place(session_id: UUID, person_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether a person who says yes has a place: in the session, and within their sector."""
    values = {"session": session_id, "person": person_id}
    return bool(uow.session.scalar(_HAS_PLACE, values))


def fill_free_places(event: SessionAnswered, *, uow: UnitOfWork) -> None:
    """Give free places to those who wait, the longest wait first, if their sector has room.

    The workers do this: the person who gave a place up may not know who waits.
    """
    answer_one_at_a_time(event.session_id, uow=uow)
    session = load(IntervisionSession, event.session_id, uow=uow)
    if session.state != SessionState.PLANNED:
        return
    for invitation_id, person_id in uow.session.execute(_WAITING, {"session": session.id}).all():
        if has_place(session.id, person_id, uow=uow):
            load(SessionInvitation, invitation_id, uow=uow).state = InvitationState.ACCEPTED
            uow.session.flush()
            tell(PLACE_FREE, session, [person_id], uow=uow)
            reminders.plan(reminders.APPROACHING, session, [person_id], uow=uow)
