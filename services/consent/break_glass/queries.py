"""Who broke which glass, and what waits for a review."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.break_glass.model import REVIEW_WITHIN
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork

_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class RecentUse:
    in_thirty_days: int
    oldest_unreviewed: datetime | None


@dataclass(frozen=True)
class OpeningView:
    """Who, when, which code, what danger. `case_id` only while the case is open to the reader;
    `reason` and `comment` only for the reference worker and whoever wrote them."""

    id: UUID
    case_id: UUID | None
    case_code: str
    professional_id: UUID
    name: str
    organisation: str
    danger: str
    reason: str | None
    opened_at: datetime
    closes_at: datetime
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    verdict: str | None
    comment: str | None
    version: int

    @property
    def review_due_at(self) -> datetime:
        return self.opened_at + REVIEW_WITHIN


# Row-level security shows the openings of others to reviewers and to reference workers only.
_OPENINGS = text(
    """
    SELECT b.id, s.case_id, b.case_code, b.professional_id, x.name, o.name, b.danger,
           CASE WHEN s.leads OR b.professional_id = app_professional() THEN b.reason END,
           b.opened_at, b.closes_at, b.reviewed_at, b.reviewed_by, b.verdict,
           CASE WHEN s.leads OR b.reviewed_by = app_professional() THEN b.comment END, b.version
    FROM break_glass_openings b
    JOIN professionals x ON x.id = b.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    LEFT JOIN may_see s ON s.case_id = b.case_id
    WHERE (CAST(:opening AS uuid) IS NULL OR b.id = :opening)
      AND (CAST(:case AS uuid) IS NULL OR b.case_id = :case AND s.leads)
      AND (CAST(:reviewed AS boolean) IS NULL OR (b.reviewed_at IS NOT NULL) = :reviewed)
      AND (CAST(:after AS timestamptz) IS NULL
           OR (b.opened_at, b.id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY b.opened_at, b.id LIMIT :limit
    """
)
_EVERY = {"opening": None, "case": None, "reviewed": None, "after": None, "after_id": None}

_USE = text(
    """
    SELECT count(*) FILTER (WHERE opened_at > :month),
           min(opened_at) FILTER (WHERE reviewed_at IS NULL)
    FROM break_glass_openings WHERE professional_id = :who
    """
)

_LEADS = text(
    """
    SELECT EXISTS (SELECT 1 FROM cases c JOIN may_see s ON s.case_id = c.id AND s.leads
                   WHERE c.code = :code)
    """
)


def review_queue(
    *,
    reviewed: bool,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
    uow: UnitOfWork,
) -> list[OpeningView]:
    """The longest waiting first; those already reviewed if asked for. For reviewers."""
    at, key = after or (None, None)
    return _views({"reviewed": reviewed, "after": at, "after_id": key, "limit": limit}, uow=uow)


def opening(opening_id: UUID, *, uow: UnitOfWork) -> OpeningView:
    """NotFound unless the actor opened it, reviews, or leads its case."""
    found = _views({"opening": opening_id, "limit": 1}, uow=uow)
    if not found:
        raise NotFound
    return found[0]


def openings_of_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[OpeningView]:
    """Every time the glass of this case was broken, for its reference worker."""
    found = _views({"case": case_id, "limit": None}, uow=uow)
    uow.read(case_id, "break-glass", 0, actor=actor)
    return found


def _views(asked: dict[str, Any], *, uow: UnitOfWork) -> list[OpeningView]:
    return [OpeningView(*row) for row in uow.session.execute(_OPENINGS, _EVERY | asked)]


def recent_use(professional_id: UUID, *, uow: UnitOfWork) -> RecentUse:
    """Counted from the rows at this instant: no job has to run for a right to rest."""
    values = {"who": professional_id, "month": uow.now() - _MONTH}
    return RecentUse(*uow.session.execute(_USE, values).one())


def leads_case_of_code(code: str, *, uow: UnitOfWork) -> bool:
    return bool(uow.session.scalar(_LEADS, {"code": code}))
