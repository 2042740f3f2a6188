"""Who read a case and what was changed in it, for its reference worker; unusual reading, for the
coordinators. Reading any log of a case is itself logged.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.audit.model import Span
from services.consent.policy import require_lead
from services.consent.queries import access_to
from services.network.policy import require_role
from services.shared.actor import Actor, RoleKind
from services.shared.categories import names_of
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class AccessView:
    """`professional_id` and `name` say who; `what` is our word for what was opened."""

    seq: int
    at: datetime
    professional_id: UUID
    name: str | None
    organisation: str | None
    what: str
    categories: list[str]


@dataclass(frozen=True)
class ChangeView:
    """`before` and `after` hold ids, states, dates and versions, never content."""

    seq: int
    at: datetime
    professional_id: UUID | None
    member_id: UUID | None
    name: str | None
    organisation: str | None
    action: str
    subject_kind: str
    subject_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class UnusualView:
    id: UUID
    professional_id: UUID
    name: str
    organisation: str
    span: Span
    since: datetime
    cases: int
    found_at: datetime


_ACCESSES = text(
    """
    SELECT r.seq, r.at, r.actor_id AS professional_id, x.name, o.name AS organisation, r.what,
           r.category_mask AS mask
    FROM read_entries r
    JOIN may_see s ON s.case_id = r.case_id AND s.leads
    LEFT JOIN professionals x ON x.id = r.actor_id
    LEFT JOIN organisations o ON o.id = x.organisation_id
    WHERE r.case_id = :case AND (CAST(:after AS bigint) IS NULL OR r.seq < :after)
    ORDER BY r.seq DESC LIMIT :limit
    """
)

_CHANGES = text(
    """
    SELECT e.seq, e.at, CASE WHEN m.id IS NULL THEN e.actor_id END, m.id,
           coalesce(x.name, m.pseudonym), o.name, e.action, e.subject_kind, e.subject_id,
           e.before, e.after
    FROM audit_entries e
    JOIN may_see s ON s.case_id = e.case_id AND s.leads
    LEFT JOIN professionals x ON x.id = e.actor_id
    LEFT JOIN organisations o ON o.id = x.organisation_id
    -- An adult of the household, in their own session (docs/decisions/0016).
    LEFT JOIN members m ON m.id = e.actor_id AND m.case_id = e.case_id
    WHERE e.case_id = :case AND (CAST(:after AS bigint) IS NULL OR e.seq < :after)
    ORDER BY e.seq DESC LIMIT :limit
    """
)

_UNUSUAL = text(
    """
    SELECT u.id, u.professional_id, x.name, o.name, u.span, u.since, u.cases, u.found_at
    FROM unusual_readings u
    JOIN professionals x ON x.id = u.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    WHERE CAST(:after AS timestamptz) IS NULL
       OR (u.found_at, u.id) < (:after, CAST(:after_id AS uuid))
    ORDER BY u.found_at DESC, u.id DESC LIMIT :limit
    """
)


def access_log(
    case_id: UUID, *, after: int | None, limit: int, actor: Actor, uow: UnitOfWork
) -> list[AccessView]:
    """Every read of the case, the newest first. NotFound or Refused for anybody else."""
    require_lead(access_to(case_id, uow=uow))
    values = {"case": case_id, "after": after, "limit": limit}
    rows = uow.session.execute(_ACCESSES, values).all()
    uow.read(case_id, "access-log", 0, actor=actor)
    return [_access(dict(row._mapping)) for row in rows]


def _access(values: dict[str, Any]) -> AccessView:
    categories = names_of(values.pop("mask"))
    return AccessView(**values, categories=categories)


def history(
    case_id: UUID, *, after: int | None, limit: int, actor: Actor, uow: UnitOfWork
) -> list[ChangeView]:
    """Every change of the case, the newest first. NotFound or Refused for anybody else."""
    require_lead(access_to(case_id, uow=uow))
    values = {"case": case_id, "after": after, "limit": limit}
    rows = uow.session.execute(_CHANGES, values).all()
    uow.read(case_id, "history", 0, actor=actor)
    return [ChangeView(*row) for row in rows]


def unusual_readings(
    *, after: tuple[datetime, UUID] | None, limit: int, actor: Actor, uow: UnitOfWork
) -> list[UnusualView]:
    """Who read more than is usual, and when; never which cases. For coordinators."""
    require_role(actor, RoleKind.COORDINATOR)
    at, key = after or (None, None)
    values = {"after": at, "after_id": key, "limit": limit}
    return [UnusualView(*row) for row in uow.session.execute(_UNUSUAL, values)]
