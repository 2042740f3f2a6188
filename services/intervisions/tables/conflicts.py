"""Declared conflicts of interest, and exceptions that admit a colleague to a table.

A conflict is declared by the person it is about and shown to them alone. The person who brings a
case may admit somebody of an organisation in its file; a refusal by the household, or a conflict
that the person declared, takes precedence.
"""

from uuid import UUID

from sqlalchemy import delete, select, text

from services.consent.exclusions import require_not_excluded
from services.intervisions.proposals.model import Proposal, ProposalSource
from services.intervisions.queries import attended, invitation_of, part_in
from services.intervisions.tables.model import DeclaredConflict, InvitedIn
from services.intervisions.tables.policy import require_conflict_possible
from services.network.model import Professional
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

_IN_FILE = text("SELECT :house IN (SELECT house FROM houses_in_file(:case) AS h (house))")


def declare_conflict(
    session_id: UUID, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> DeclaredConflict:
    """Say that the actor cannot sit over a proposal; a seat at its table is lost at once."""
    part = part_in(session_id, uow=uow)
    require_conflict_possible(part)
    if load(Proposal, proposal_id, uow=uow).session_id != session_id:
        raise NotFound
    if uow.session.get(DeclaredConflict, (proposal_id, actor.id)) is not None:
        raise Conflict("conflict-declared")
    conflict = DeclaredConflict(
        session_id=session_id, proposal_id=proposal_id, professional_id=actor.id
    )
    uow.session.add(conflict)
    uow.record("declare_conflict", part.session, actor=actor, after={"state": "declared"})
    return conflict


def withdraw_conflict(
    session_id: UUID, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> None:
    part = attended(session_id, uow=uow)
    found = uow.session.get(DeclaredConflict, (proposal_id, actor.id))
    if found is None or found.session_id != session_id:
        raise NotFound
    uow.session.delete(found)
    uow.record("withdraw_conflict", part.session, actor=actor, before={"state": "declared"})


def my_conflicts(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[DeclaredConflict]:
    attended(session_id, uow=uow)
    mine = select(DeclaredConflict).where(
        DeclaredConflict.session_id == session_id, DeclaredConflict.professional_id == actor.id
    )
    return list(uow.session.scalars(mine.order_by(DeclaredConflict.proposal_id)))


def invite_in(
    proposal_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> InvitedIn:
    """Admit a colleague, who then sits at the table of the proposal and at no other."""
    proposal, source = _sourced(proposal_id, uow=uow)
    person = load(Professional, professional_id, uow=uow)
    session_id = attended(proposal.session_id, uow=uow).session.id
    invitation = invitation_of(session_id, person.id, uow=uow)
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
    after = {"professional": professional_id}
    uow.record("invite_in", proposal, actor=actor, after=after)
    return invited


def take_back(proposal_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    proposal, _ = _sourced(proposal_id, uow=uow)
    gone = delete(InvitedIn).where(
        InvitedIn.proposal_id == proposal_id, InvitedIn.professional_id == professional_id
    )
    if uow.session.scalar(gone.returning(InvitedIn.professional_id)) is None:
        raise NotFound
    before = {"professional": professional_id}
    uow.record("take_back_invitation", proposal, actor=actor, before=before)


def invited_in(proposal_id: UUID, *, uow: UnitOfWork) -> list[InvitedIn]:
    _sourced(proposal_id, uow=uow)
    those = select(InvitedIn).where(InvitedIn.proposal_id == proposal_id)
    return list(uow.session.scalars(those.order_by(InvitedIn.professional_id)))


def _sourced(proposal_id: UUID, *, uow: UnitOfWork) -> tuple[Proposal, ProposalSource]:
    """A proposal and its case, for those who know which case it is; NotFound for anybody else."""
    source = load(ProposalSource, proposal_id, uow=uow)
    return load(Proposal, proposal_id, uow=uow), source
