"""Legal dates: from an act and a delay to a day, explained step by step.

Pure: no clock, no database. Where the law leaves two defensible readings, the deadline carries
both and alerts use the earliest.
Legal source: C. jud. art. 48-57 (procedural acts); AR 23 August 1948 art. 88 (Council of State);
C. civ. art. 1.7 (the rest).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date as Day
from datetime import timedelta
from typing import NamedTuple

from services.evictions.counting.arithmetic import (
    FIRST_YEAR,
    LAST_YEAR,
    ONE_DAY,
    CountedBy,
    Counting,
    DeadlineError,
    Question,
    Unit,
    require_day,
    require_meaning,
)
from services.evictions.counting.calendar import Calendar
from services.evictions.counting.rulefile import Words
from services.evictions.counting.wording import DaysOff, Part, sentence, step_in_words, weekday

__all__ = ["CountedBy", "Counting", "Deadline", "DeadlineError", "Step", "Unit", "compute"]


class Step(NamedTuple):
    """One step of the reasoning: a stable code, the day it arrives at, its article, its words.

    Nearly all computed dates are compared and never read: a step holds what its words are made
    from (`parts`), and they are made when somebody asks.
    """

    code: str
    date: Day | None
    article: str
    parts: tuple[tuple[str, Part], ...]

    @property
    def words(self) -> Words:
        return sentence(self.code, **dict(self.parts))

    def say(self, language: str) -> str:
        """The words in "en", "fr" or "nl" alone."""
        return step_in_words(self.code, language, self.parts)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A legal date with its reasons.

    `date` is the strict reading of the law. `earlier_reading` is the other defensible reading,
    or None; it is earlier than `date`, except when counting back ("before"), where it is later.
    """

    date: Day
    earlier_reading: Day | None
    steps: tuple[Step, ...]

    @property
    def earliest(self) -> Day:
        """The cautious date, the one to alert on: the earliest of the readings."""
        return min(self.date, self.earlier_reading or self.date)

    def strict(self) -> "Deadline":
        """The same deadline with the strict reading alone."""
        steps = tuple(step for step in self.steps if not step.code.startswith("reading_"))
        return replace(self, earlier_reading=None, steps=steps)

    def unsettled(self) -> tuple[Step, ...]:
        """The steps without the word that nothing moves the date: for whoever moves it now."""
        return tuple(step for step in self.steps if step.code != "not_moved")

    def also(self, reading: Step) -> "Deadline":
        """The same deadline with one more reading, if that is earlier than every other one."""
        if reading.date is None or reading.date >= self.earliest:
            return self
        return replace(self, earlier_reading=reading.date, steps=(*self.steps, reading))


_CIVIL = "C. civ. art. 1.7"
_COUNCIL = "AR 23 August 1948 art. 88"
_JUDICIAL = frozenset({Counting.PERIOD, Counting.REMEDY, Counting.WAITING})


def compute(
    start: Day,
    delay: int,
    unit: Unit,
    counting: Counting,
    *,
    calendar: Calendar,
    law: CountedBy | None = None,
) -> Deadline:
    """The legal date a delay leads to, with every step and its article.

    `delay` is a number of `unit`s (1 to 3660), `start` the day of the act (years 1900 to 2200).
    `law` is the norm's own law of counting; without it, the one that such a counting usually has.
    Raises DeadlineError, in one sentence, for a question that has no meaning or leaves the range.
    Legal source: C. jud. art. 50, 52, 53, 53bis and 54; C. civ. art. 1.7.
    """
    require_meaning(delay, unit, counting)
    require_day(start)
    deadline = _COUNTERS[counting](Question(start, delay, unit, counting, calendar, law))
    if not FIRST_YEAR <= deadline.earliest.year <= deadline.date.year <= LAST_YEAR:
        raise DeadlineError(f"The answer falls outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    return deadline


def _article(ask: Question, number: str) -> str:
    """The article of a step: in the Judicial Code for procedural acts (art. 48), else the Civil.

    What a working day is, the Civil Code alone says.
    """
    if ask.law is CountedBy.COUNCIL:
        return _COUNCIL
    judicial = ask.law is CountedBy.JUDICIAL or (ask.law is None and ask.counting in _JUDICIAL)
    if not judicial or ask.unit is Unit.WORKING_DAY:
        return _CIVIL
    # A waiting delay may follow a procedural act (service) or another one (a formal notice).
    unsaid = ask.law is None and ask.counting is Counting.WAITING
    return f"C. jud. art. {number}" + (f"; {_CIVIL}" if unsaid else "")


def _counted(ask: Question) -> tuple[Day, list[Step]]:
    """The nominal last day, day 1 being the day after the start."""
    first = ask.start + ONE_DAY
    nominal = ask.last(first)
    begins = _step("counts_from", first, _article(ask, "52"))
    return nominal, [begins, *_ending(ask, first, nominal)]


def _ending(ask: Question, first: Day, nominal: Day) -> list[Step]:
    article = _article(ask, "54" if ask.months else "53")
    steps = [_step("last_day", nominal, article, amount=ask.amount)]
    if ask.months and nominal.day < first.day - 1:
        steps.append(_step("month_too_short", nominal, article))
    return steps + _skipped(ask, first, nominal)


def _skipped(ask: Question, first: Day, last: Day) -> list[Step]:
    """Which days between do not count, for a delay in working days that meets any."""
    if ask.unit is not Unit.WORKING_DAY or (last - first).days < ask.delay:
        return []
    return [Step("skipped", None, _CIVIL, (("skipped", DaysOff(first, last, ask.calendar)),))]


def _rolled(nominal: Day, ask: Question) -> tuple[Day, list[Step]]:
    """A last day that is no working day moves to the next one (C. jud. art. 53)."""
    day = ask.calendar.next_working_day(nominal)
    if day == nominal:
        return day, []
    off = DaysOff(nominal, day - ONE_DAY, ask.calendar)
    return day, [_step("rolled", day, _article(ask, "53"), of=nominal, skipped=off)]


def _not_moved(day: Day, ask: Question) -> list[Step]:
    if ask.calendar.is_working_day(day):
        return []
    parts: tuple[tuple[str, Part], ...] = (("of", day), ("why", _why(day, ask.calendar)))
    return [Step("not_moved", None, _article(ask, "53"), parts)]


def _why(day: Day, calendar: Calendar) -> Words:
    holiday = calendar.holiday(day)
    return holiday.names if holiday else weekday(day)


def _step(code: str, day: Day, article: str, **parts: Part) -> Step:
    return Step(code, day, article, (("date", day), *parts.items()))


def _period(ask: Question) -> Deadline:
    nominal, steps = _counted(ask)
    day, moved = _rolled(nominal, ask)
    return _with_first_day_reading(ask, day, nominal, steps + moved)


def _period_no_roll(ask: Question) -> Deadline:
    day, steps = _counted(ask)
    return _with_first_day_reading(ask, day, day, steps + _not_moved(day, ask))


def _with_first_day_reading(ask: Question, day: Day, nominal: Day, steps: list[Step]) -> Deadline:
    """Add the reading in which the starting day counts.

    In months, sources disagree (law.md §2.9, S69).
    """
    other = ask.last(ask.start)
    if not ask.months or other == nominal:
        return Deadline(day, None, tuple(steps))
    reading = _step("reading_first_day_counts", other, _article(ask, "54"))
    return Deadline(day, other, (*steps, reading))


def _remedy(ask: Question) -> Deadline:
    nominal, steps = _counted(ask)
    day, moved = _rolled(nominal, ask)
    first = ask.start + ONE_DAY
    vacation_ends = Day(first.year, 8, 31)
    has_vacation = ask.law in (None, CountedBy.JUDICIAL)
    if not (has_vacation and first.month in {7, 8} and nominal <= vacation_ends):
        return _with_month_end_reading(ask, day, nominal, steps + moved)
    extended = Day(first.year, 9, 15)
    steps.append(_step("judicial_vacation", extended, "C. jud. art. 50"))
    last, put_off = _rolled(extended, ask)
    found = Deadline(last, None, (*steps, *put_off))
    if day <= vacation_ends:
        return found
    # Whether a delay that ends in the vacation, and moves past it, is extended is an open question.
    return found.also(_step("reading_vacation_does_not_extend", day, "C. jud. art. 50", of=nominal))


def _with_month_end_reading(ask: Question, day: Day, nominal: Day, steps: list[Step]) -> Deadline:
    """Add the naive reading from the last day of a short month: sooner, and not rolled."""
    if not ask.months or ask.same_date() == nominal:
        return Deadline(day, None, tuple(steps))
    other = _step("reading_same_date", ask.same_date(), _article(ask, "54"))
    return Deadline(day, other.date, (*steps, other))


def _waiting(ask: Question) -> Deadline:
    nominal, steps = _counted(ask)
    day = nominal + ONE_DAY
    steps += [_step("earliest_act", day, _article(ask, "53")), *_not_moved(day, ask)]
    if not ask.months:
        return Deadline(day, None, tuple(steps))
    # Law.md §2.9 (S74): some sources allow the act on the last day itself.
    other = _step("reading_from_same_date", ask.same_date(), _article(ask, "54"))
    return Deadline(day, other.date, (*steps, other))


def _before(ask: Question) -> Deadline:
    if ask.unit is Unit.WORKING_DAY:
        lenient = ask.calendar.working_days_before(ask.start, ask.delay)
        day = ask.calendar.previous_working_day(lenient - ONE_DAY)
    else:
        lenient = ask.start - timedelta(days=ask.delay)
        day = lenient - ONE_DAY
    article = _article(ask, "52")
    steps = (
        _step("counted_back", day, article, of=ask.start, amount=ask.amount),
        *_skipped(ask, day + ONE_DAY, ask.start - ONE_DAY),
        _step("reading_one_day_less", lenient, article),
    )
    return Deadline(day, lenient, steps)


def _posted(ask: Question) -> Deadline:
    day = ask.calendar.working_days_after(ask.start, ask.delay)
    step = _step("posted", day, "C. jud. art. 53bis, 2°", of=ask.start, amount=ask.amount)
    return Deadline(day, None, (step, *_skipped(ask, ask.start + ONE_DAY, day)))


def _from_first_day(ask: Question) -> Deadline:
    day = ask.last(ask.start)
    first = _step("counts_from_same_day", ask.start, _CIVIL)
    return Deadline(day, None, (first, *_ending(ask, ask.start, day), *_not_moved(day, ask)))


_COUNTERS: Mapping[Counting, Callable[[Question], Deadline]] = {
    Counting.PERIOD: _period,
    Counting.PERIOD_NO_ROLL: _period_no_roll,
    Counting.REMEDY: _remedy,
    Counting.WAITING: _waiting,
    Counting.BEFORE: _before,
    Counting.POSTED: _posted,
    Counting.FROM_FIRST_DAY: _from_first_day,
}
