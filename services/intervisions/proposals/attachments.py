"""An author puts the words of a text file beside a proposal, and nothing else of the file.

A file carries more than anybody reads in it: names, authors, days, pixels. The words are screened
with the proposal's own.
"""

from uuid import UUID

from sqlalchemy import func, select

from services.intervisions.hold import hold
from services.intervisions.proposals.model import Proposal, ProposalAttachment
from services.intervisions.proposals.policy import require_changer
from services.intervisions.proposals.queries import authorship_of
from services.shared.actor import Actor
from services.shared.errors import NotFound, RuleBroken
from services.shared.unit_of_work import UnitOfWork

MOST_WORDS = 20_000
MOST_ATTACHMENTS = 3


def attach(proposal_id: UUID, words: str, *, actor: Actor, uow: UnitOfWork) -> int:
    """Put a text beside the proposal and return its number."""
    proposal = _editable(proposal_id, uow=uow)
    kept = words.strip()
    if not kept or len(kept) > MOST_WORDS:
        raise RuleBroken("attachment-length", most=MOST_WORDS)
    numbers = select(
        func.count(ProposalAttachment.number), func.max(ProposalAttachment.number)
    ).where(ProposalAttachment.proposal_id == proposal.id)
    count, last = uow.session.execute(numbers).one()
    if count >= MOST_ATTACHMENTS:
        raise RuleBroken("attachments-full", most=MOST_ATTACHMENTS)
    number = (last or 0) + 1
    uow.session.add(ProposalAttachment(proposal_id=proposal.id, number=number, words=kept))
    uow.record("attach_to_proposal", proposal, actor=actor, after={"attachment": number})
    return number


def detach(proposal_id: UUID, number: int, *, actor: Actor, uow: UnitOfWork) -> None:
    proposal = _editable(proposal_id, uow=uow)
    found = uow.session.get(ProposalAttachment, (proposal.id, number))
    if found is None:
        raise NotFound
    uow.session.delete(found)
    uow.record("detach_from_proposal", proposal, actor=actor, before={"attachment": number})


def _editable(proposal_id: UUID, *, uow: UnitOfWork) -> Proposal:
    """The proposal, locked, so that what is submitted is what was screened."""
    proposal, _ = hold(Proposal, proposal_id, authorship_of, require_changer, uow=uow)
    proposal.require_editable()
    return proposal
