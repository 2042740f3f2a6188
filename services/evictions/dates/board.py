"""The deadline board: every legal date and hearing of my cases, the nearest first (F38)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from services.network.courts.queries import cantons
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the board is narrowed to; None leaves it wide. Both days are included."""

    first_day: date
    last_day: date | None = None
    canton: str | None = None
    protective: bool | None = None
    led_by_me: bool | None = None
    kind: str | None = None
    certainty: str | None = None
    overridden: bool | None = None


@dataclass(frozen=True)
class Counts:
    """How many lines of my board are of each kind.

    `overdue`: dates to act before that are over. `overridden`, `in_doubt`: dates from today on
    that a person put, or that a disputed or unverified rule computed.
    """

    overdue: int
    in_a_week: int
    overridden: int
    in_doubt: int
    hearings_in_a_week: int
    hearings_ahead: int


@dataclass(frozen=True)
class BoardLine:
    """`date` is the cautious one: a person's own, else the earlier of two readings.

    `computes` is "hearing" for a hearing. `protective`: something must be done before it.
    """

    date: date
    id: UUID
    days_left: int
    case_id: UUID
    case_code: str
    procedure_id: UUID
    canton: str
    computes: str
    protective: bool
    certainty: str
    overridden: bool
    leads: bool


# The day of a hearing is the court's, whatever zone the server lives in.
_LINES = """
    FROM (
      SELECT l.id, l.case_id, l.procedure_id, l.computes, l.protective, l.certainty,
             l.overridden_date IS NOT NULL AS overridden,
             coalesce(l.overridden_date, least(l.falls_on, l.earlier_reading)) AS day
      FROM deadlines l
      UNION ALL
      SELECT h.id, h.case_id, h.procedure_id, 'hearing', true, 'found', false,
             CAST(h.starts_at AT TIME ZONE 'Europe/Brussels' AS date)
      FROM hearings h WHERE h.state = 'set'
    ) AS line
    JOIN may_see s ON s.case_id = line.case_id AND s.in_team AND opens(s.mask, 'procedure')
    JOIN cases c ON c.id = line.case_id AND c.state <> 'closed'
    JOIN procedures d ON d.id = line.procedure_id
"""

_BOARD = text(
    """
    SELECT line.day, line.id, line.day - :today, line.case_id, c.code, line.procedure_id, d.canton,
           line.computes, line.protective, line.certainty, line.overridden, s.leads
    """
    + _LINES
    + """
    WHERE line.day >= :first_day
      AND (CAST(:last_day AS date) IS NULL OR line.day <= :last_day)
      AND (CAST(:canton AS text) IS NULL OR d.canton = :canton)
      AND (CAST(:protective AS boolean) IS NULL OR line.protective = :protective)
      AND (CAST(:led_by_me AS boolean) IS NULL OR s.leads = :led_by_me)
      AND (CAST(:kind AS text) IS NULL OR line.computes = :kind)
      AND (CAST(:certainty AS text) IS NULL OR line.certainty = :certainty)
      AND (CAST(:overridden AS boolean) IS NULL OR line.overridden = :overridden)
      AND (CAST(:after AS date) IS NULL OR (line.day, line.id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY line.day, line.id LIMIT :limit
    """
)

_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE legal AND line.protective AND line.day < :today),
           count(*) FILTER (WHERE legal AND line.protective AND soon),
           count(*) FILTER (WHERE legal AND line.day >= :today AND line.overridden),
           count(*) FILTER (WHERE legal AND line.day >= :today AND NOT line.overridden
                            AND line.certainty <> 'found'),
           count(*) FILTER (WHERE NOT legal AND soon),
           count(*) FILTER (WHERE NOT legal AND line.day >= :today)
    """
    + _LINES
    + """
    CROSS JOIN LATERAL (SELECT line.computes <> 'hearing',
                               line.day BETWEEN :today AND :last_day) AS of_it(legal, soon)
    """
)


def board(
    wanted: Wanted,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
    actor: Actor,
    uow: UnitOfWork,
) -> list[BoardLine]:
    """The lines of my board by days left.

    Each case listed is logged as read: procedural facts show.
    """
    day, key = after or (None, None)
    canton = cantons(uow=uow).code_of(wanted.canton) if wanted.canton else None
    values = {
        **vars(wanted),
        "canton": canton,
        "today": uow.today(),
        "after": day,
        "after_id": key,
        "limit": limit,
    }
    lines = [BoardLine(*row) for row in uow.session.execute(_BOARD, values)]
    for each in {line.case_id for line in lines}:
        uow.read(each, "deadlines", 0, actor=actor)
    return lines


def last_day(named: date | None, days: int | None, today: date) -> date | None:
    """The earlier of a day that was named and of so many days from today."""
    ends = [named, today + timedelta(days=days) if days is not None else None]
    return min((each for each in ends if each), default=None)


def counts(*, uow: UnitOfWork) -> Counts:
    """Count exactly the lines that the board shows. A week ends with the seventh day."""
    today = uow.today()
    values = {"today": today, "last_day": today + WEEK}
    return Counts(*uow.session.execute(_COUNTS, values).one())
