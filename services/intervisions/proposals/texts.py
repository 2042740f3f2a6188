"""All the words of a proposal, each under the name of its field."""

from collections.abc import Iterator

from sqlalchemy import select

from services.intervisions.model import Proposal
from services.intervisions.stances.model import ProposalAttachment
from services.shared.unit_of_work import UnitOfWork


def texts_of(proposal: Proposal, *, uow: UnitOfWork) -> Iterator[tuple[str, str]]:
    yield "vignette", proposal.vignette
    yield "question", proposal.question
    attached = uow.session.scalars(
        select(ProposalAttachment)
        .where(ProposalAttachment.proposal_id == proposal.id)
        .order_by(ProposalAttachment.number)
    )
    for each in attached:
        yield f"attachment-{each.number}", each.words
