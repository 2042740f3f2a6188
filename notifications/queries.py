"""Who was told of the legal dates of a case; how far alerts climbed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.queries import access_to
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CaseAlert:
    """`rungs`: those of its climb, in order; `told_at` null: nobody of that role was told."""

    id: UUID
    kind: str
    object_id: UUID
    due_at: datetime
    recipient_role: str
    state: str
    told_at: datetime | None
    undelivered_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    climbs_at: datetime | None
    rungs: list[dict[str, Any]]


# Only what was due: what is planned stands with its date. Rungs are about the same object as the
# alert, so whoever reads the one may read the others.
_OF_CASE = text(
    """
    SELECT a.id, a.kind, a.object_id, a.due_at, a.recipient_role, a.state, a.told_at,
      a.undelivered_at, a.acknowledged_at, a.acknowledged_by,
      CASE WHEN a.state IN ('planned', 'sending') THEN a.climbs_at END,
      (SELECT coalesce(json_agg(json_build_object('role', r.recipient_role, 'due_at', r.due_at,
         'state', r.state, 'round', r.round, 'acting', r.acting,
         'told_at', r.told_at, 'undelivered_at', r.undelivered_at,
         'acknowledged_at', r.acknowledged_at, 'acknowledged_by', r.acknowledged_by)
         ORDER BY r.round, r.due_at, array_position(ARRAY['reference_worker', 'substitute',
           'team_lead', 'coordinator'], r.recipient_role)), '[]')
       FROM alerts r WHERE r.first_id = a.id)
    FROM alerts a JOIN may_see s ON s.case_id = a.case_id
      AND opens(s.mask, 'procedure') AND s.in_team
    WHERE a.case_id = :case AND starts_with(a.kind, 'evictions.') AND a.first_id IS NULL
      AND a.due_at <= :now AND a.state <> 'paused'
      AND (CAST(:after AS timestamptz) IS NULL
           OR (a.due_at, a.id) < (:after, CAST(:after_id AS uuid)))
    ORDER BY a.due_at DESC, a.id DESC LIMIT :limit
    """
)


def case_alerts(
    case_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
    actor: Actor,
    uow: UnitOfWork,
) -> Sequence[CaseAlert]:
    """Every rung for the team, as far as the procedure is open to them, the latest alert first."""
    access_to(case_id, uow=uow)
    if not uow.session.scalar(_IN_TEAM, {"case": case_id}):
        raise NotFound
    at, key = after or (None, None)
    values = {"case": case_id, "now": uow.now(), "after": at, "after_id": key, "limit": limit}
    found = [CaseAlert(*row) for row in uow.session.execute(_OF_CASE, values)]
    uow.read(case_id, "alerts", int(Category.PROCEDURE), actor=actor)
    return found


_IN_TEAM = text("SELECT EXISTS (SELECT FROM may_see s WHERE s.case_id = :case AND s.in_team)")


@dataclass(frozen=True)
class ClimbFigure:
    """Rungs of a role in a state, how many of them reached nobody, and the oldest."""

    role: str
    state: str
    undelivered: int
    count: int
    oldest: datetime


_CLIMBS = text(
    "SELECT recipient_role, state, undelivered, count, oldest FROM climb_counts() ORDER BY 1, 2"
)


def climbs(*, uow: UnitOfWork) -> list[ClimbFigure]:
    """How far unacknowledged alerts climbed: figures for operators, nothing of any case."""
    return [ClimbFigure(*row) for row in uow.session.execute(_CLIMBS)]
