"""The board: every date that matters in my cases, and my sessions, the nearest first (F38)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from services.calendars.wording import labels
from services.evictions.dates.passed import first_days_from_today
from services.network.courts.queries import courts
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
    about: str | None = None
    kind: str | None = None
    certainty: str | None = None
    overridden: bool | None = None


@dataclass(frozen=True)
class Counts:
    """How many lines of my board are of each kind.

    What binds is what the law, a court or an agreement gives, hearings apart: `overdue` what was
    not done by its day, `in_a_week` what asks something of the household until then. `overridden`,
    `in_doubt`: dates from today on that a person put, or that a disputed or unverified rule
    computed. Tasks are those of the team that have a day.
    """

    overdue: int
    in_a_week: int
    overridden: int
    in_doubt: int
    hearings_in_a_week: int
    hearings_ahead: int
    tasks_overdue: int
    tasks_in_a_week: int


@dataclass(frozen=True)
class BoardLine:
    """`date` is the cautious one: a person's own, else the earlier of two readings.

    `about` and `id` name what it is the date of, `computes` what the day is for: "hearing" for a
    hearing. `protective`: somebody must act before it, pay, leave or be there. A session has its
    `number` and no case; `starts_at` is the hour of what has one.
    """

    date: date
    id: UUID
    days_left: int
    about: str
    case_id: UUID | None
    case_code: str | None
    procedure_id: UUID | None
    canton: str | None
    computes: str
    starts_at: datetime | None
    room: str | None
    protective: bool
    late: bool
    certainty: str
    overridden: bool
    leads: bool
    number: int | None

    @property
    def label(self) -> dict[str, str]:
        """What the day is for, in every language."""
        return labels(self.computes)


_BOARD = text(
    """
    SELECT d.day, d.id, d.day - :today, d.about, d.case_id, d.code, d.procedure_id, d.canton,
           d.computes, d.starts_at, d.room, d.protective, d.late, d.certainty, d.overridden,
           d.leads, d.number
    FROM my_dates(CAST(:from_today AS jsonb)) d
    WHERE d.in_team AND d.day >= :first_day
      AND (CAST(:last_day AS date) IS NULL OR d.day <= :last_day)
      AND (CAST(:canton AS text) IS NULL OR d.canton = :canton)
      AND (CAST(:protective AS boolean) IS NULL OR d.protective = :protective)
      AND (CAST(:led_by_me AS boolean) IS NULL OR d.leads = :led_by_me)
      AND (CAST(:about AS text) IS NULL OR d.about = :about)
      AND (CAST(:kind AS text) IS NULL OR d.computes = :kind)
      AND (CAST(:certainty AS text) IS NULL OR d.certainty = :certainty)
      AND (CAST(:overridden AS boolean) IS NULL OR d.overridden = :overridden)
      AND (CAST(:after AS date) IS NULL OR (d.day, d.id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY d.day, d.id LIMIT :limit
    """
)

_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE d.binding AND d.late),
           count(*) FILTER (WHERE d.to_come AND d.about <> 'hearing' AND d.day <= :last_day),
           count(*) FILTER (WHERE d.day >= :today AND d.overridden),
           count(*) FILTER (WHERE d.day >= :today AND NOT d.overridden AND d.certainty <> 'found'),
           count(*) FILTER (WHERE d.to_come AND d.about = 'hearing' AND d.day <= :last_day),
           count(*) FILTER (WHERE d.to_come AND d.about = 'hearing'),
           count(*) FILTER (WHERE d.about = 'task' AND d.late),
           count(*) FILTER (WHERE d.about = 'task' AND d.day BETWEEN :today AND :last_day)
    FROM my_dates(CAST(:from_today AS jsonb)) d WHERE d.in_team
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
    canton = courts(uow=uow).cantons().code_of(wanted.canton) if wanted.canton else None
    values = {
        **vars(wanted),
        "canton": canton,
        "today": uow.today(),
        "from_today": first_days_from_today(uow=uow),
        "after": day,
        "after_id": key,
        "limit": limit,
    }
    lines = [BoardLine(*row) for row in uow.session.execute(_BOARD, values)]
    shown = {line.case_id for line in lines if line.case_id}
    uow.read_all(shown, "deadlines", 0, actor=actor)
    return lines


def last_day(named: date | None, days: int | None, today: date) -> date | None:
    """The earlier of a day that was named and of so many days from today."""
    ends = [named, today + timedelta(days=days) if days is not None else None]
    return min((each for each in ends if each), default=None)


def counts(*, uow: UnitOfWork) -> Counts:
    """Count exactly the lines that the board shows. A week ends with the seventh day."""
    today = uow.today()
    from_today = first_days_from_today(uow=uow)
    values = {"today": today, "last_day": today + WEEK, "from_today": from_today}
    return Counts(*uow.session.execute(_COUNTS, values).one())
