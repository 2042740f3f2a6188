"""The words of a proposal and its attachments, for the screen."""

from collections.abc import Iterator

from sqlalchemy import select

from services.intervisions.proposals.model import Proposal, ProposalAttachment
from services.shared.unit_of_work import UnitOfWork


def texts_of(proposal: Proposal, *, uow: UnitOfWork) -> Iterator[tuple[str, str]]:
    """Each text under the name of its field."""
    yield "vignette", proposal.vignette
    yield "question", proposal.question
    attached = uow.session.scalars(
        select(ProposalAttachment)
        .where(ProposalAttachment.proposal_id == proposal.id)
        .order_by(ProposalAttachment.number)
    )
    for each in attached:
        yield f"attachment-{each.number}", each.words
