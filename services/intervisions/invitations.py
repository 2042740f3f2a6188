"""Who is invited to a session, what they answer, and the entry in their calendar (RFC 5546)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.intervisions import policy, reminders
from services.intervisions.events import SessionAnswered
from services.intervisions.model import (
    IntervisionSession,
    InvitationState,
    SeriesKind,
    SessionInvitation,
)
from services.intervisions.places import has_place, hold
from services.network.queries import professional
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

INVITED = "intervisions.session_invited"
CANCELLED = "intervisions.session_cancelled"
# To one person: it takes place, without them.
LEFT = "intervisions.session_left"


def of(session: IntervisionSession, *, uow: UnitOfWork) -> list[SessionInvitation]:
    """Withdrawn ones too, in the order in which people were invited."""
    found = select(SessionInvitation).where(SessionInvitation.session_id == session.id)
    order = (SessionInvitation.invited_at, SessionInvitation.professional_id)
    return list(uow.session.scalars(found.order_by(*order)))


def invite(
    session_id: UUID, professional_ids: Sequence[UUID], *, actor: Actor, uow: UnitOfWork
) -> IntervisionSession:
    """Also again, after an invitation was withdrawn. Whoever is invited already stays so."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_facilitator(session, uow=uow)
    lock(session, uow=uow)
    session.require_planned()
    for each in dict.fromkeys(professional_ids):
        professional(each, uow=uow)
    invite_all(session, list(dict.fromkeys(professional_ids)), uow=uow)
    after = {"invited": [str(each) for each in dict.fromkeys(professional_ids)]}
    uow.record("invite_to_session", session, actor=actor, case_id=None, after=after)
    return session


def invite_all(session: IntervisionSession, people: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Each with the session for their calendar, and asked again a week before."""
    known = {each.professional_id: each for each in of(session, uow=uow)}
    asked = [each for each in people if each not in known or not known[each].stands]
    for each in asked:
        if each in known:
            known[each].state, known[each].answered_at = InvitationState.INVITED, None
        else:
            uow.session.add(
                SessionInvitation(session_id=session.id, professional_id=each, invited_at=uow.now())
            )
    uow.session.flush()
    _tell(INVITED, session, asked, uow=uow)
    reminders.plan(reminders.ANSWER_AWAITED, session, asked, uow=uow)


def withdraw(
    session_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> IntervisionSession:
    """They see nothing more of the session, and their calendar drops it."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_facilitator(session, uow=uow)
    session.require_planned()
    found = policy.invitation_of(session, professional_id, uow=uow)
    if found is None:
        raise NotFound
    before = {"state": found.state}
    found.withdraw()
    uow.record(
        "withdraw_invitation",
        found,
        actor=actor,
        case_id=None,
        before=before,
        after={"state": found.state},
    )
    reminders.forget(session, uow=uow, person_id=professional_id)
    _tell(LEFT, session, [professional_id], uow=uow)
    uow.announce(SessionAnswered(session_id=session.id), actor=actor)
    return session


def answer(session_id: UUID, *, comes: bool, actor: Actor, uow: UnitOfWork) -> SessionInvitation:
    """May be changed until the session. A yes to a full session, or for a sector that is full,
    waits; the workers give the first who waits a place that becomes free.
    """
    session = policy.session_of(session_id, uow=uow)
    invitation = policy.require_invited(session, actor=actor, uow=uow)
    session.require_planned()
    hold(session.id, uow=uow)
    lock(invitation, uow=uow)
    before = invitation.state
    state = _answered(session, invitation, comes=comes, uow=uow)
    if state == before:
        return invitation
    invitation.answer(state, uow.now())
    uow.record(
        "answer_session",
        invitation,
        actor=actor,
        case_id=None,
        before={"state": before},
        after={"state": state},
    )
    _remind(session, invitation, uow=uow)
    uow.announce(SessionAnswered(session_id=session.id), actor=actor)
    return invitation


def join(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> SessionInvitation:
    """To a housing table whoever of the network wants may come, uninvited."""
    session = load(IntervisionSession, session_id, uow=uow)
    policy.require_kind(session, SeriesKind.HOUSING_TABLE, uow=uow)
    session.require_planned()
    hold(session.id, uow=uow)
    if policy.invitation_of(session, actor.id, uow=uow) is not None:
        return answer(session_id, comes=True, actor=actor, uow=uow)
    made = SessionInvitation(session_id=session.id, professional_id=actor.id, invited_at=uow.now())
    made.answer(_place(session, actor.id, uow=uow), uow.now())
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
    except IntegrityError as twice:
        raise Conflict("conflict") from twice
    after = {"state": made.state}
    uow.record("join_session", made, actor=actor, case_id=None, after=after)
    _tell(INVITED, session, [actor.id], uow=uow)
    _remind(session, made, uow=uow)
    uow.announce(SessionAnswered(session_id=session.id), actor=actor)
    return made


def ask_again(session: IntervisionSession, *, uow: UnitOfWork) -> None:
    """After a move: a yes or a no was to the former day."""
    standing = [each for each in of(session, uow=uow) if each.stands]
    for each in standing:
        each.answer(InvitationState.INVITED, uow.now())
        each.answered_at = None
    uow.session.flush()
    people = [each.professional_id for each in standing]
    _tell(INVITED, session, people, uow=uow)
    reminders.plan(reminders.ANSWER_AWAITED, session, people, uow=uow)


def tell(kind: str, session: IntervisionSession, *, uow: UnitOfWork) -> None:
    """All whose invitation stands, now."""
    standing = [each.professional_id for each in of(session, uow=uow) if each.stands]
    _tell(kind, session, standing, uow=uow)


def _tell(
    kind: str, session: IntervisionSession, people: Iterable[UUID], *, uow: UnitOfWork
) -> None:
    now = uow.now()
    told = [
        reminders.new_alert(kind, session, each, due_at=now, rung=now.isoformat())
        for each in people
    ]
    alerts.plan(told, uow=uow)


def _remind(session: IntervisionSession, invitation: SessionInvitation, *, uow: UnitOfWork) -> None:
    reminders.forget(session, uow=uow, person_id=invitation.professional_id)
    if invitation.state == InvitationState.ACCEPTED:
        reminders.plan(reminders.APPROACHING, session, [invitation.professional_id], uow=uow)


def _answered(
    session: IntervisionSession,
    invitation: SessionInvitation,
    *,
    comes: bool,
    uow: UnitOfWork,
) -> InvitationState:
    if not comes:
        return InvitationState.DECLINED
    if invitation.state == InvitationState.ACCEPTED:
        return InvitationState.ACCEPTED
    return _place(session, invitation.professional_id, uow=uow)


def _place(session: IntervisionSession, person_id: UUID, *, uow: UnitOfWork) -> InvitationState:
    free = has_place(session.id, person_id, uow=uow)
    return InvitationState.ACCEPTED if free else InvitationState.WAITING
