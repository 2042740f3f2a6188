"""What a delay is counted in and how, and the plain arithmetic of days and months.

What moves a date or doubles its reading is in `deadlines.py`.
Legal source: C. jud. art. 52-54; C. civ. art. 1.7.
"""

from calendar import isleap
from datetime import date as Day
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.evictions.counting.calendar import Calendar
from services.evictions.counting.rulefile import Words
from services.evictions.counting.wording import amount

FIRST_YEAR, LAST_YEAR, LONGEST_DELAY = 1900, 2200, 3660
ONE_DAY = timedelta(days=1)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Unit(StrEnum):
    """What a delay is counted in."""

    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


class Counting(StrEnum):
    """How a delay is counted; the answer is the last day, unless said otherwise."""

    PERIOD = "period"  # day 1 is the day after; rolls to a working day (C. jud. art. 52-54)
    PERIOD_NO_ROLL = "period_no_roll"  # the same, never moved: entry into force, C. civ. art. 1.7
    REMEDY = "remedy"  # appeal or opposition: a period, with the judicial vacation (art. 50)
    WAITING = "waiting"  # answer: the first day an act is lawful, after clear days; never moved
    BEFORE = "before"  # answer: the latest day that leaves so many full days before the start
    POSTED = "posted"  # answer: day 1 for the addressee of a letter (C. jud. art. 53bis, 2°)
    FROM_FIRST_DAY = "from_first_day"  # the start is itself day 1; never moved


class CountedBy(StrEnum):
    """The law of counting that a norm is under, which the steps of its date cite."""

    JUDICIAL = "C. jud."  # procedural acts (C. jud. art. 48)
    CIVIL = "C. civ."  # every other juridical act (C. civ. art. 1.7)
    COUNCIL = "CE"  # recourse to the Council of State (AR 23 August 1948)


class DeadlineError(ValueError):
    """A question without a meaning; its message is one clear sentence."""


_ALL = frozenset(Unit)
_MEANINGFUL = {
    Counting.PERIOD: _ALL,
    Counting.PERIOD_NO_ROLL: _ALL,
    Counting.REMEDY: _ALL - {Unit.WORKING_DAY},
    Counting.WAITING: _ALL,
    Counting.BEFORE: frozenset({Unit.DAY, Unit.WORKING_DAY}),
    Counting.POSTED: frozenset({Unit.WORKING_DAY}),
    Counting.FROM_FIRST_DAY: _ALL,
}


def require_meaning(delay: int, unit: Unit, counting: Counting) -> None:
    """Refuse a delay out of range, or a counting that does not exist in that unit."""
    if not 1 <= delay <= LONGEST_DELAY:
        raise DeadlineError(f"A delay is a whole number from 1 to {LONGEST_DELAY}, not {delay}.")
    if unit not in _MEANINGFUL[counting]:
        units = " or ".join(each for each in Unit if each in _MEANINGFUL[counting])
        raise DeadlineError(f'The counting "{counting}" takes the unit {units}, not {unit}.')


def require_day(start: Day) -> None:
    """Refuse a moment, and a day outside the range."""
    if isinstance(start, datetime):
        raise DeadlineError("A legal delay starts on a day, not at a moment.")
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise DeadlineError(f"The start must be in the years {FIRST_YEAR} to {LAST_YEAR}.")


class Question(NamedTuple):
    """One question to the engine, and the plain arithmetic of its delay."""

    start: Day
    delay: int
    unit: Unit
    counting: Counting
    calendar: Calendar
    law: CountedBy | None = None

    @property
    def months(self) -> int:
        """The delay in months; 0 when it is not counted in months or years."""
        if self.unit is Unit.MONTH:
            return self.delay
        return 12 * self.delay if self.unit is Unit.YEAR else 0

    @property
    def amount(self) -> Words:
        """The delay in words."""
        return amount(self.unit, self.delay)

    def last(self, first: Day) -> Day:
        """The last day when `first` is day 1, before anything moves it."""
        if self.months:
            return _eve_of_same_date(first, self.months)
        if self.unit is Unit.WORKING_DAY:
            return self.calendar.working_days_after(first - ONE_DAY, self.delay)
        return first + timedelta(days=self.delay - 1)

    def same_date(self) -> Day:
        """The same day of the month as the start, so many months later (month end if none)."""
        year, month, length = _month_after(self.start, self.months)
        return Day(year, month, min(self.start.day, length))


def _month_after(day: Day, months: int) -> tuple[int, int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1, 29 if month == 1 and isleap(year) else _LENGTHS[month]


def _eve_of_same_date(first: Day, months: int) -> Day:
    """The eve of the same date (de quantième à veille de quantième, C. jud. art. 54).

    The last day of the month where it has no such date.
    """
    year, month, length = _month_after(first, months)
    if first.day > length:
        return Day(year, month, length)
    return Day(year, month, first.day) - ONE_DAY
