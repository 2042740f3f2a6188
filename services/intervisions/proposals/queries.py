"""What somebody sees of proposals; row-level security says which. No answer holds an instant."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import text

from services.intervisions import policy
from services.shared.actor import Actor
from services.shared.categories import ALL
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ProposalView:
    """`case_code` to its proposer and to the reference worker; `mine` and `to_read` say why it is
    shown before others see it. `remark` is for those two."""

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
    """Those that everybody sees, my own, and what I am to read; by their names."""
    policy.session_of(session_id, uow=uow)
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
    """Who sees the case behind it reads of that case."""
    if view.case_id is not None:
        uow.read(view.case_id, "proposal", int(ALL), actor=actor)
    attached = list(uow.session.scalars(_ATTACHED, {"id": view.id}))
    return replace(view, attachments=attached)
