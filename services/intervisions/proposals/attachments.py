"""What somebody puts beside a proposal: the words of a text file, and nothing else of it.

No name, no author, no day, no pixel: a file carries more than anybody reads in it. The words are
screened with the proposal's own.
"""

from uuid import UUID

from sqlalchemy import func, select

from services.intervisions.model import Proposal, ProposalState
from services.intervisions.proposals.commands import changeable
from services.intervisions.stances.model import ProposalAttachment
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import lock
from services.shared.unit_of_work import UnitOfWork

MOST_WORDS = 20_000
MOST_ATTACHMENTS = 3
_EDITABLE = (ProposalState.DRAFT, ProposalState.RETURNED)


def attach(proposal_id: UUID, words: str, *, actor: Actor, uow: UnitOfWork) -> int:
    """Its number."""
    proposal = _editable(proposal_id, actor=actor, uow=uow)
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
    uow.session.flush()
    after = {"attachment": number}
    uow.record("attach_to_proposal", proposal, actor=actor, case_id=None, before=None, after=after)
    return number


def detach(proposal_id: UUID, number: int, *, actor: Actor, uow: UnitOfWork) -> None:
    proposal = _editable(proposal_id, actor=actor, uow=uow)
    found = uow.session.get(ProposalAttachment, (proposal.id, number))
    if found is None:
        raise NotFound
    uow.session.delete(found)
    uow.session.flush()
    before = {"attachment": number}
    uow.record("detach_from_proposal", proposal, actor=actor, case_id=None, before=before)


def _editable(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Proposal:
    """Before it is read, and after it came back; held, so that what is submitted is what was
    screened."""
    proposal = changeable(proposal_id, actor=actor, uow=uow)
    lock(proposal, uow=uow)
    if proposal.state not in _EDITABLE:
        raise Conflict("proposal-state", state=proposal.state)
    return proposal
