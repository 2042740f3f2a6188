"""Who is invited to a session, what they answer, and the entry in their calendar (RFC 5546)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.intervisions import policy, reminders
from services.intervisions.alerts import tell
from services.intervisions.events import SessionAnswered
from services.intervisions.hold import hold
from services.intervisions.model import IntervisionSession, InvitationState, SessionInvitation
from services.intervisions.queries import invitation_of, part_in, part_of
from services.intervisions.waiting_list import answer_one_at_a_time, has_place
from services.network.queries import professional
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound
from services.shared.loading import lock
from services.shared.unit_of_work import UnitOfWork

INVITED = "intervisions.session_invited"
CANCELLED = "intervisions.session_cancelled"
# Told to one person: the session takes place without them.
LEFT = "intervisions.session_left"


def invitations_of(session: IntervisionSession, *, uow: UnitOfWork) -> list[SessionInvitation]:
    """All invitations of a session, withdrawn ones included, by the instant of inviting."""
    found = select(SessionInvitation).where(SessionInvitation.session_id == session.id)
    order = (SessionInvitation.invited_at, SessionInvitation.professional_id)
    return list(uow.session.scalars(found.order_by(*order)))


def invited_people(session: IntervisionSession, *, uow: UnitOfWork) -> list[UUID]:
    """The people whose invitation was not withdrawn, whatever they answered."""
    return [each.professional_id for each in invitations_of(session, uow=uow) if each.stands]


def invite(
    session_id: UUID, professional_ids: Sequence[UUID], *, actor: Actor, uow: UnitOfWork
) -> IntervisionSession:
    """Invite people, again after a withdrawal too; a standing invitation stays as it is."""
    session, _ = hold(IntervisionSession, session_id, part_of, policy.require_facilitator, uow=uow)
    session.require_planned()
    people = list(dict.fromkeys(professional_ids))
    for each in people:
        professional(each, uow=uow)
    invite_all(session, people, uow=uow)
    after = {"invited": [str(each) for each in people]}
    uow.record("invite_to_session", session, actor=actor, after=after)
    return session


def invite_all(session: IntervisionSession, people: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Invite these people by mail with a calendar entry; who does not answer is asked once more."""
    known = {each.professional_id: each for each in invitations_of(session, uow=uow)}
    asked = [each for each in people if each not in known or not known[each].stands]
    for each in asked:
        if each in known:
            known[each].state, known[each].answered_at = InvitationState.INVITED, None
        else:
            uow.session.add(
                SessionInvitation(session_id=session.id, professional_id=each, invited_at=uow.now())
            )
    uow.session.flush()
    _ask(session, asked, uow=uow)


def withdraw_invitation(
    session_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> IntervisionSession:
    """Withdraw an invitation: the person sees nothing more, their calendar drops the session."""
    part = part_in(session_id, uow=uow)
    policy.require_facilitator(part)
    part.session.require_planned()
    found = invitation_of(session_id, professional_id, uow=uow)
    if found is None:
        raise NotFound
    before = {"state": found.state}
    found.withdraw()
    after = {"state": found.state}
    uow.record("withdraw_invitation", found, actor=actor, before=before, after=after)
    reminders.forget(part.session, uow=uow, person_id=professional_id)
    tell(LEFT, part.session, [professional_id], uow=uow)
    uow.announce(SessionAnswered(session_id=session_id), actor=actor)
    return part.session


def answer(session_id: UUID, *, comes: bool, actor: Actor, uow: UnitOfWork) -> SessionInvitation:
    """Say whether the actor comes, which they may change until the session.

    A yes to a session that is full, or full for their sector, waits; the workers give a place that
    becomes free to the person who waits longest.
    """
    part = part_in(session_id, uow=uow)
    policy.require_invited(part)
    part.session.require_planned()
    answer_one_at_a_time(session_id, uow=uow)
    invitation = invitation_of(session_id, actor.id, uow=uow)
    if invitation is None:
        raise NotFound
    lock(invitation, uow=uow)
    before = InvitationState(invitation.state)
    state = _answered(invitation, comes=comes, uow=uow)
    if state == before:
        return invitation
    invitation.answer(state, uow.now())
    after = {"state": state}
    uow.record("answer_session", invitation, actor=actor, before={"state": before}, after=after)
    _follow_answer(part.session, invitation, actor=actor, uow=uow)
    return invitation


def join(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> SessionInvitation:
    """Come to a housing table without an invitation, as any professional of the network may."""
    part = part_in(session_id, uow=uow)
    policy.require_open_to_all(part)
    part.session.require_planned()
    answer_one_at_a_time(session_id, uow=uow)
    if invitation_of(session_id, actor.id, uow=uow) is not None:
        return answer(session_id, comes=True, actor=actor, uow=uow)
    made = SessionInvitation(session_id=session_id, professional_id=actor.id, invited_at=uow.now())
    made.answer(_place(session_id, actor.id, uow=uow), uow.now())
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
    except IntegrityError as twice:
        raise Conflict("conflict") from twice
    uow.record("join_session", made, actor=actor, after={"state": made.state})
    tell(INVITED, part.session, [actor.id], uow=uow)
    _follow_answer(part.session, made, actor=actor, uow=uow)
    return made


def ask_again(session: IntervisionSession, *, uow: UnitOfWork) -> None:
    """Ask everybody again after a move, because an answer was to the former day."""
    standing = [each for each in invitations_of(session, uow=uow) if each.stands]
    for each in standing:
        each.answer(InvitationState.INVITED, uow.now())
        each.answered_at = None
    uow.session.flush()
    _ask(session, [each.professional_id for each in standing], uow=uow)


def _ask(session: IntervisionSession, people: Sequence[UUID], *, uow: UnitOfWork) -> None:
    tell(INVITED, session, people, uow=uow)
    reminders.plan(reminders.ANSWER_AWAITED, session, people, uow=uow)


def _answered(invitation: SessionInvitation, *, comes: bool, uow: UnitOfWork) -> InvitationState:
    if not comes:
        return InvitationState.DECLINED
    if invitation.state == InvitationState.ACCEPTED:
        return InvitationState.ACCEPTED
    return _place(invitation.session_id, invitation.professional_id, uow=uow)


def _follow_answer(
    session: IntervisionSession, invitation: SessionInvitation, *, actor: Actor, uow: UnitOfWork
) -> None:
    """Plan the reminders that this answer asks for, and let a place that is free be given."""
    reminders.forget(session, uow=uow, person_id=invitation.professional_id)
    if invitation.state == InvitationState.ACCEPTED:
        reminders.plan(reminders.APPROACHING, session, [invitation.professional_id], uow=uow)
    uow.announce(SessionAnswered(session_id=session.id), actor=actor)


def _place(session_id: UUID, person_id: UUID, *, uow: UnitOfWork) -> InvitationState:
    free = has_place(session_id, person_id, uow=uow)
    return InvitationState.ACCEPTED if free else InvitationState.WAITING
