"""What a reader sees of proposals, and what they are to one. No view holds an instant.

Row-level security decides which proposals these statements find.
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import text

from services.consent.queries import access_to
from services.intervisions.proposals.model import Proposal
from services.intervisions.proposals.policy import Authorship, Window
from services.intervisions.queries import attended, part_in
from services.shared.actor import Actor
from services.shared.categories import ALL
from services.shared.errors import NotFound
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ProposalView:
    """A proposal. Only its proposer and the reference worker see `case_id` and `case_code`. `mine`
    and `to_read` say why it is shown before others see it; `remark` is for those two people.
    """

    id: UUID
    session_id: UUID
    pseudonym: str
    vignette: str
    question: str
    tags: list[str]
    impasse: bool
    region: str | None
    waiting_weeks: int
    state: str
    mine: bool
    to_read: bool
    remark: str | None
    case_id: UUID | None
    case_code: str | None
    version: int
    attachments: list[str] = field(default_factory=list)


_PROPOSALS = text(
    """
    SELECT p.id, p.session_id, p.pseudonym, p.vignette, p.question, p.tags, p.impasse, p.region,
           p.waiting_weeks, p.state, p.proposer_id = :me, coalesce(p.reader_id = :me, false)
             AND p.state = 'in_reading',
           CASE WHEN :me IN (p.proposer_id, p.reader_id) THEN p.remark END,
           c.id, c.code, p.version
    FROM proposals p
    LEFT JOIN proposal_sources s ON s.proposal_id = p.id
    LEFT JOIN cases c ON c.id = s.case_id
    WHERE (CAST(:session AS uuid) IS NULL OR p.session_id = :session)
      AND (CAST(:proposal AS uuid) IS NULL OR p.id = :proposal)
    ORDER BY p.pseudonym, p.id
    """
)
_ATTACHED = text("SELECT words FROM proposal_attachments WHERE proposal_id = :id ORDER BY number")


def proposals(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[ProposalView]:
    """The proposals that everybody sees, the actor's own, and those they are to read; by name."""
    attended(session_id, uow=uow)
    values = {"me": actor.id, "session": session_id, "proposal": None}
    rows = uow.session.execute(_PROPOSALS, values).all()
    return [_shown(ProposalView(*row), actor=actor, uow=uow) for row in rows]


def proposal(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ProposalView:
    values = {"me": actor.id, "session": None, "proposal": proposal_id}
    row = uow.session.execute(_PROPOSALS, values).one_or_none()
    if row is None:
        raise NotFound
    return _shown(ProposalView(*row), actor=actor, uow=uow)


def _shown(view: ProposalView, *, actor: Actor, uow: UnitOfWork) -> ProposalView:
    """The view with its attachments; who sees the case behind it thereby reads the case."""
    if view.case_id is not None:
        uow.read(view.case_id, "proposal", int(ALL), actor=actor)
    attached = list(uow.session.scalars(_ATTACHED, {"id": view.id}))
    return replace(view, attachments=attached)


_FROZEN = text("SELECT proposals_frozen(:session)")
_BEHIND = text(
    """
    SELECT proposals_frozen(p.session_id) AS frozen, p.proposer_id = app_professional() AS wrote,
           coalesce(p.reader_id = app_professional(), false) AS reads,
           (SELECT s.case_id FROM proposal_sources s WHERE s.proposal_id = p.id) AS case_id
    FROM proposals p WHERE p.id = :proposal
    """
)


def window_of(session_id: UUID, *, uow: UnitOfWork) -> Window:
    """What the actor is in a session, and whether proposals may still be made in it."""
    part = part_in(session_id, uow=uow)
    frozen = bool(uow.session.scalar(_FROZEN, {"session": session_id}))
    return Window(part=part, frozen=frozen, now=uow.now())


def authorship_of(proposal: Proposal, /, *, uow: UnitOfWork) -> Authorship:
    """What the actor is to this proposal, and to the case behind it."""
    part = part_in(proposal.session_id, uow=uow)
    row = still_there(uow.session.execute(_BEHIND, {"proposal": proposal.id}).mappings())
    access = access_to(row["case_id"], uow=uow) if row["case_id"] else None
    return Authorship(part=part, now=uow.now(), access=access, **row)
