"""What keeps somebody from a table, or brings them to it, by the word of who knows.

A conflict is declared by the person it is about and shown to them alone. Somebody of an
organisation in the file is invited in by whoever brings the case; what the household refuses, and
what the person declared, goes before.
"""

from uuid import UUID

from sqlalchemy import delete, select, text

from services.consent.exclusions import require_not_excluded
from services.intervisions import policy
from services.intervisions.model import Proposal, ProposalSource, SeriesKind
from services.intervisions.tables.model import DeclaredConflict, InvitedIn
from services.network.model import Professional
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

_IN_FILE = text("SELECT :house IN (SELECT house FROM houses_in_file(:case) AS h (house))")


def declare_conflict(
    session_id: UUID, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> DeclaredConflict:
    """At once: whoever sits at that table sits there no more."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_kind(session, SeriesKind.INTERVISION, uow=uow)
    if load(Proposal, proposal_id, uow=uow).session_id != session.id:
        raise NotFound
    if uow.session.get(DeclaredConflict, (proposal_id, actor.id)) is not None:
        raise Conflict("conflict-declared")
    conflict = DeclaredConflict(
        session_id=session.id, proposal_id=proposal_id, professional_id=actor.id
    )
    uow.session.add(conflict)
    uow.session.flush()
    after = {"state": "declared"}
    uow.record("declare_conflict", session, actor=actor, case_id=None, after=after)
    return conflict


def withdraw_conflict(
    session_id: UUID, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> None:
    session = policy.session_of(session_id, uow=uow)
    found = uow.session.get(DeclaredConflict, (proposal_id, actor.id))
    if found is None or found.session_id != session.id:
        raise NotFound
    uow.session.delete(found)
    uow.session.flush()
    before = {"state": "declared"}
    uow.record("withdraw_conflict", session, actor=actor, case_id=None, before=before)


def my_conflicts(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[DeclaredConflict]:
    policy.session_of(session_id, uow=uow)
    mine = select(DeclaredConflict).where(
        DeclaredConflict.session_id == session_id, DeclaredConflict.professional_id == actor.id
    )
    return list(uow.session.scalars(mine.order_by(DeclaredConflict.proposal_id)))


def invite_in(
    proposal_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> InvitedIn:
    """They sit at the table of the proposal, and at no other."""
    proposal, source = _sourced(proposal_id, uow=uow)
    person = load(Professional, professional_id, uow=uow)
    session = policy.session_of(proposal.session_id, uow=uow)
    invitation = policy.invitation_of(session, person.id, uow=uow)
    if invitation is None or not invitation.stands:
        raise RuleBroken("not-of-this-session")
    asked = {"case": source.case_id, "house": person.organisation_id}
    if not uow.session.scalar(_IN_FILE, asked):
        raise RuleBroken("not-in-the-file")
    require_not_excluded(person.id, source.case_id, uow=uow)
    if uow.session.get(InvitedIn, (proposal_id, professional_id)) is not None:
        raise Conflict("already-invited-in")
    invited = InvitedIn(
        proposal_id=proposal_id, professional_id=professional_id, invited_by=actor.id
    )
    uow.session.add(invited)
    uow.session.flush()
    after = {"professional": professional_id}
    uow.record("invite_in", proposal, actor=actor, case_id=None, after=after)
    return invited


def take_back(proposal_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    proposal, _ = _sourced(proposal_id, uow=uow)
    gone = delete(InvitedIn).where(
        InvitedIn.proposal_id == proposal_id, InvitedIn.professional_id == professional_id
    )
    if uow.session.scalar(gone.returning(InvitedIn.professional_id)) is None:
        raise NotFound
    before = {"professional": professional_id}
    uow.record("take_back_invitation", proposal, actor=actor, case_id=None, before=before)


def invited_in(proposal_id: UUID, *, uow: UnitOfWork) -> list[InvitedIn]:
    _sourced(proposal_id, uow=uow)
    those = select(InvitedIn).where(InvitedIn.proposal_id == proposal_id)
    return list(uow.session.scalars(those.order_by(InvitedIn.professional_id)))


def _sourced(proposal_id: UUID, *, uow: UnitOfWork) -> tuple[Proposal, ProposalSource]:
    """For those who know which case it is; to anybody else it does not exist."""
    source = load(ProposalSource, proposal_id, uow=uow)
    return load(Proposal, proposal_id, uow=uow), source
