"""Terms and their instalments as the team may see them; each statement joins `may_see`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.queries import log_team_read
from services.evictions.dates.plausibility import of_term
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class TermView:
    id: UUID
    case_id: UUID
    act_id: UUID | None
    procedure_id: UUID | None
    kind: str
    due_on: date | None
    words: str | None
    document_id: UUID | None
    state: str
    was_missed: bool
    recorded_by: UUID
    recorded_at: datetime
    ended_at: datetime | None
    cancel_reason: str | None
    version: int
    instalments: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


_TERMS = text(
    """
    SELECT t.id, t.case_id, t.act_id, a.procedure_id, t.kind, t.due_on, t.words, t.document_id,
           t.state, t.was_missed, t.recorded_by, t.recorded_at, t.ended_at, t.cancel_reason,
           t.version,
      (SELECT coalesce(json_agg(json_build_object('id', i.id, 'due_on', i.due_on,
         'amount_eur', i.amount_eur::text, 'state', i.state, 'paid_on', i.paid_on,
         'missed_at', i.missed_at) ORDER BY i.due_on, i.id), '[]')
       FROM instalments i WHERE i.term_id = t.id) AS instalments, t.category,
      a.acted_on AS judged_on,
      EXISTS (SELECT 1 FROM terms o
        WHERE o.case_id = t.case_id AND (o.recorded_at, o.id) < (t.recorded_at, t.id)
          AND o.state <> 'cancelled' AND o.kind = t.kind
          AND (o.act_id, o.due_on, o.words) IS NOT DISTINCT FROM (t.act_id, t.due_on, t.words)
          AND NOT EXISTS (
            (SELECT i.due_on, i.amount_eur FROM instalments i WHERE i.term_id = t.id
             EXCEPT ALL SELECT i.due_on, i.amount_eur FROM instalments i WHERE i.term_id = o.id)
            UNION ALL
            (SELECT i.due_on, i.amount_eur FROM instalments i WHERE i.term_id = o.id
             EXCEPT ALL SELECT i.due_on, i.amount_eur FROM instalments i WHERE i.term_id = t.id))
      ) AS twice
    FROM terms t
    JOIN may_see s ON s.case_id = t.case_id AND s.in_team AND s.mask & t.category <> 0
    LEFT JOIN acts a ON a.id = t.act_id
    WHERE (CAST(:case AS uuid) IS NULL OR t.case_id = :case)
      AND (CAST(:one AS uuid) IS NULL OR t.id = :one)
    ORDER BY t.recorded_at, t.id
    """
)


def terms_of(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[TermView]:
    """Terms of judgments and payment plans visible to the actor, oldest first."""
    log_team_read(case_id, "terms", actor=actor, uow=uow)
    rows = uow.session.execute(_TERMS, {"case": case_id, "one": None})
    return [_view(row) for row in rows]


def term(term_id: UUID, *, actor: Actor, uow: UnitOfWork) -> TermView:
    row = uow.session.execute(_TERMS, {"case": None, "one": term_id}).one_or_none()
    if row is None:
        raise NotFound
    uow.read(row.case_id, "term", row.category, actor=actor)
    return _view(row)


def _view(row: Any) -> TermView:
    values = dict(row._mapping)
    del values["category"]
    judged_on, twice = values.pop("judged_on"), values.pop("twice")
    days = [date.fromisoformat(part["due_on"]) for part in row.instalments]
    days += [row.due_on] if row.due_on else []
    asked = of_term(days, row.recorded_at, judged_on, twice=twice)
    return TermView(**values, warnings=asked)
