"""What an actor may see of a case now, and the consents of a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.model import LegalGround
from services.consent.policy import Access
from services.shared.actor import Actor
from services.shared.categories import Category, names_of
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork

_ACCESS = text(
    """
    SELECT s.leads, s.takes_part, s.as_liaison, s.write_mask, c.state = 'closed'
    FROM may_see s JOIN cases c ON c.id = s.case_id WHERE s.case_id = :case
    """
)


def access_to(case_id: UUID, *, uow: UnitOfWork) -> Access:
    """What the actor of this transaction may do. NotFound if they see nothing of it at all."""
    row = uow.session.execute(_ACCESS, {"case": case_id}).one_or_none()
    if row is None:
        raise NotFound
    leads, takes_part, as_liaison, mask, closed = row
    return Access(
        leads=leads,
        takes_part=takes_part,
        as_liaison=as_liaison,
        write_mask=Category(mask),
        closed=closed,
    )


_LEADS = text("SELECT leads FROM may_see WHERE case_id = :case")


def leads(case_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether the actor of this transaction is the reference worker now."""
    return bool(uow.session.scalar(_LEADS, {"case": case_id}))


# One statement asks and writes down; the journal lets the API write and not read.
_LOG_TEAM_READ = text(
    """
    WITH team AS MATERIALIZED (
      SELECT mask, basis FROM may_see WHERE case_id = :case AND in_team
    ), logged AS (
      INSERT INTO read_entries (at, actor_id, case_id, what, category_mask, basis, request_id)
      SELECT :now, :actor, :case, :what, coalesce(nullif(:mask, 0), mask), basis, :request
      FROM team
    )
    SELECT mask FROM team
    """
)


def log_team_read(
    case_id: UUID, what: str, *, actor: Actor, uow: UnitOfWork, mask: int = 0
) -> None:
    """Log a read of `mask`, or of all that is open. NotFound if the actor is not in the team."""
    values = {"case": case_id, "what": what, "mask": mask}
    values |= {"now": uow.now(), "actor": actor.id, "request": uow.request_id}
    if uow.session.scalar(_LOG_TEAM_READ, values) is None:
        raise NotFound


_TEAM_MAY_READ = text("SELECT team_may_read(:case, :who, :category)")


def team_may_read(who: UUID, case_id: UUID, category: Category, *, uow: UnitOfWork) -> bool:
    """Whether somebody else takes part in the case and may read something of this category."""
    values = {"case": case_id, "who": who, "category": int(category)}
    return bool(uow.session.scalar(_TEAM_MAY_READ, values))


@dataclass(frozen=True)
class ConsentView:
    id: UUID
    member_id: UUID | None
    purpose: str
    evidence: str
    witness: str | None
    document: str | None
    lifts_secrecy: bool
    legal_ground: str
    language: str
    collected_by: UUID | None
    confidential_to: UUID | None
    given_at: datetime
    valid_from: datetime
    valid_until: datetime
    withdrawn_at: datetime | None
    renewed_at: datetime | None
    renewed_from_id: UUID | None
    version: int
    provisions: list[dict[str, Any]]

    @property
    def legal_article(self) -> str:
        return LegalGround(self.legal_ground).article


_CONSENTS = text(
    """
    SELECT c.id, c.member_id, c.purpose, c.evidence, c.witness, c.document, c.lifts_secrecy,
           c.legal_ground, c.language, c.collected_by, c.confidential_to, c.given_at,
           c.valid_from, c.valid_until,
           c.withdrawn_at, c.renewed_at, c.renewed_from_id, c.version,
           (SELECT json_agg(json_build_object('effect', v.effect,
              'recipient_kind', v.recipient_kind, 'recipient_id', v.recipient_id,
              'recipient_role', v.recipient_role, 'categories', v.category_mask) ORDER BY v.id)
            FROM provisions v WHERE v.consent_id = c.id) AS provisions
    FROM consents c JOIN may_see s ON s.case_id = c.case_id AND s.leads
    WHERE c.case_id = :case AND (CAST(:consent AS uuid) IS NULL OR c.id = :consent)
    ORDER BY c.given_at, c.id
    """
)


def consents(
    case_id: UUID, *, actor: Actor, uow: UnitOfWork, consent_id: UUID | None = None
) -> list[ConsentView]:
    """The consents of a case, withdrawn and expired ones too, for its reference worker."""
    values = {"case": case_id, "consent": consent_id}
    views = [_view(row) for row in uow.session.execute(_CONSENTS, values)]
    uow.read(case_id, "consents", 0, actor=actor)
    return views


def _view(row: Any) -> ConsentView:
    provisions = [p | {"categories": names_of(p["categories"])} for p in row.provisions or []]
    return ConsentView(**dict(row._mapping) | {"provisions": provisions})
