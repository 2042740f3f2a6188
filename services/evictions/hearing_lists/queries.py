"""What became of a list, decided anew at each reading.

A row whose procedure the liaison may no longer see is, to them, a row about a stranger: in the
counts too, and once it is forgotten.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.evictions.counting.calendar import Calendar
from services.evictions.hearing_lists.model import UNMATCHED_KEPT, RowState
from services.evictions.law.in_force import law_in_force
from services.evictions.procedures.questions import questions_of_posting
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ListView:
    """A list and how far it is: `done` of `rows` were looked at by the workers; the others wait.

    `forgotten`: rows about strangers that went after two days.
    """

    id: UUID
    uploaded_at: datetime
    rows: int
    done: int
    proposed: int
    known: int
    doubtful: int
    unmatched: int
    broken: int
    forgotten: int


@dataclass(frozen=True)
class RowView:
    line: int
    id: UUID
    state: str
    problem: str | None
    kind: str | None
    canton: str | None
    roll_number: str | None
    day: date | None
    starts_at: datetime | None
    room: str | None
    procedure_id: UUID | None
    case_code: str | None
    procedure_roll_number: str | None
    warnings: list[dict[str, Any]]


_LISTS = text(
    """
    SELECT l.id, l.uploaded_at, l.rows,
      l.rows - count(*) FILTER (WHERE seen.state = 'waiting') AS done,
      count(*) FILTER (WHERE seen.state = 'proposed'), count(*) FILTER (WHERE seen.state = 'known'),
      count(*) FILTER (WHERE seen.state = 'doubtful'),
      count(*) FILTER (WHERE seen.state = 'unmatched'),
      count(*) FILTER (WHERE seen.state = 'broken'), l.rows - count(seen.state)
    FROM hearing_lists l
    LEFT JOIN LATERAL (
      SELECT CASE WHEN r.state IN ('waiting', 'unmatched', 'broken') OR s.case_id IS NOT NULL
             THEN r.state
                  ELSE 'unmatched' END AS state
      FROM hearing_list_rows r
      LEFT JOIN procedures d ON d.id = r.procedure_id
      LEFT JOIN may_see s ON s.case_id = d.case_id AND s.as_liaison AND opens(s.mask, 'procedure')
        AND works_in(d.canton)
      WHERE r.list_id = l.id AND (r.uploaded_at > :kept_since
        OR r.state = 'broken' OR r.state <> 'unmatched' AND s.case_id IS NOT NULL)
    ) seen ON true
    WHERE l.professional_id = :me AND (CAST(:list AS uuid) IS NULL OR l.id = :list)
    GROUP BY l.id ORDER BY l.uploaded_at DESC, l.id LIMIT 100
    """
)

_ROWS = text(
    """
    SELECT * FROM (
      SELECT r.line, r.id,
        CASE WHEN r.state IN ('waiting', 'unmatched', 'broken') OR s.case_id IS NOT NULL
             THEN r.state
             ELSE 'unmatched' END AS state,
        CASE WHEN r.state = 'broken' OR s.case_id IS NOT NULL THEN r.problem END AS problem,
        r.kind, r.canton, r.roll_number, r.day, r.starts_at, r.room,
        CASE WHEN s.case_id IS NOT NULL THEN d.id END, c.code, d.roll_number, s.case_id
      FROM hearing_list_rows r
      LEFT JOIN procedures d ON d.id = r.procedure_id
      LEFT JOIN may_see s ON s.case_id = d.case_id AND s.as_liaison AND opens(s.mask, 'procedure')
        AND works_in(d.canton)
      LEFT JOIN cases c ON c.id = s.case_id
      WHERE r.list_id = :list AND r.professional_id = :me AND (r.uploaded_at > :kept_since
        OR r.state = 'broken' OR r.state <> 'unmatched' AND s.case_id IS NOT NULL)
    ) AS seen (line, id, state, problem, kind, canton, roll_number, day, starts_at, room,
               procedure_id, case_code, procedure_roll_number, case_id)
    WHERE (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:after AS int) IS NULL OR (line, id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY line, id LIMIT :limit
    """
)


def my_lists(*, list_id: UUID | None = None, actor: Actor, uow: UnitOfWork) -> list[ListView]:
    """The actor's lists, newest first; NotFound for a `list_id` that is not theirs."""
    values = {"me": actor.id, "list": list_id, "kept_since": uow.now() - UNMATCHED_KEPT}
    found = [ListView(*row) for row in uow.session.execute(_LISTS, values)]
    if list_id and not found:
        raise NotFound
    return found


def rows(
    list_id: UUID,
    *,
    state: str | None = None,
    after: tuple[int, UUID] | None = None,
    limit: int = 50,
    actor: Actor,
    uow: UnitOfWork,
) -> list[RowView]:
    """The rows in the order of the file; each case that one is about is logged as read."""
    line, key = after or (None, None)
    values = {
        **{"list": list_id, "me": actor.id, "state": state, "after": line, "after_id": key},
        **{"limit": limit, "kept_since": uow.now() - UNMATCHED_KEPT},
    }
    found = uow.session.execute(_ROWS, values).all()
    for case_id in {row.case_id for row in found if row.case_id}:
        uow.read(case_id, "hearing list", 0, actor=actor)
    calendar = law_in_force(uow=uow).calendar
    return [RowView(*(*row[:-1], _asked(row, uow.now(), calendar))) for row in found]


def _asked(row: Any, now: datetime, calendar: Calendar) -> list[dict[str, Any]]:
    """What to ask about the date of a row, which is posted now if the liaison accepts it."""
    if row.state != RowState.DOUBTFUL:
        return []
    at = row.starts_at
    return questions_of_posting(day=row.day, starts_at=at, posted_at=now, calendar=calendar)
