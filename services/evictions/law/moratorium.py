"""Days on which nobody may be evicted: seasons, their exceptions, Sundays and the like. Pure.

Legal sources: CBL art. 233duodecies; CWHD art. 94; C. jud. art. 1387.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.evictions.counting.calendar import Calendar, Season
from services.evictions.counting.deadlines import Deadline, Step
from services.evictions.counting.wording import day_of_year, weekday
from services.evictions.law.acts import Circumstances, Ground, Lifting
from services.evictions.law.norms import Certainty, Norm

_DAY = timedelta(days=1)
NO_EXECUTION = "C. jud. art. 1387"
# Who sets another delay, or holds the execution up, says so in the judgment itself.
_BY_THE_JUDGE = "C. jud. art. 1127, 1344quater"


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption(Norm):
    """A ground on which a moratorium does not hold, once a decision or a fact says so."""

    ground: Ground


@dataclass(frozen=True, kw_only=True, slots=True)
class Moratorium(Norm):
    """A season in which no eviction is carried out (CBL art. 233duodecies)."""

    season: Season
    exemptions: tuple[Exemption, ...] = ()

    def exempted(self, lifted: Iterable[Lifting]) -> tuple[Exemption, date] | None:
        """The surest exemption that was granted, and since when; None if there is none."""
        known = {each.ground: each for each in self.exemptions}
        found = [
            (known[each.ground], each.day)
            for each in lifted
            if each.ground in known and known[each.ground].in_force_on(each.day)
        ]
        sure = {Certainty.FOUND: 0}
        return min(found, key=lambda one: (sure.get(one[0].certainty, 1), one[1]), default=None)

    @property
    def is_certain(self) -> bool:
        """Whether it holds for this dwelling at all; False where that is not known."""
        return self.certainty is not Certainty.UNVERIFIED

    def is_lifted(self, lifted: Iterable[Lifting]) -> bool:
        """Whether a sure exemption was granted: only then the season protects no longer."""
        found = self.exempted(lifted)
        return found is not None and found[0].certainty is Certainty.FOUND

    def lifted_on(self, day: date, since: date) -> date:
        """`first_day_after` for somebody whom the moratorium does not protect from `since` on."""
        return min(self.first_day_after(day), max(day, since))

    def covers(self, day: date) -> bool:
        """Whether an eviction on this day is forbidden."""
        return self.in_force_on(day) and self.season.covers(day)

    def first_day_after(self, day: date) -> date:
        """This day when it is outside the moratorium, otherwise the first day after it."""
        return self.season.first_day_after(day) if self.covers(day) else day


def execution(
    deadline: Deadline, season: Moratorium | None, calendar: Calendar, known: Circumstances
) -> Deadline:
    """The first lawful day of an eviction, from the delay that the law gives.

    The judge's own delay counts instead of it, a stay holds until its last day; then the season,
    and the days of art. 1387: no execution on a Saturday, a Sunday or a legal holiday.
    """
    if known.granted:
        deadline = _from(deadline, known.granted + _DAY, "judge_set", known.granted)
    if known.stayed and known.stayed >= deadline.earliest:
        deadline = _after_stay(deadline, known.stayed)
    deadline = _on_execution_day(replace(deadline, steps=deadline.unsettled()), calendar)
    if season is None:
        return deadline
    return _on_execution_day(after_moratorium(deadline, season, known.lifted), calendar)


def first_lawful(
    day: date, season: Moratorium | None, lifted: Iterable[Lifting], calendar: Calendar
) -> date:
    """The first day from this one on which an eviction may be carried out.

    `season`: the moratorium that protects, or None; a sure exception frees from its own day on.
    """
    found = calendar.next_working_day(day)
    if season is None:
        return found
    exempted = season.exempted(lifted)
    if exempted is not None and exempted[0].certainty is Certainty.FOUND:
        return calendar.next_working_day(season.lifted_on(found, exempted[1]))
    return calendar.next_working_day(season.first_day_after(found))


def _from(deadline: Deadline, day: date, code: str, last: date) -> Deadline:
    step = Step(code, day, _BY_THE_JUDGE, (("date", day), ("of", last)))
    plain = deadline.strict()
    return replace(plain, date=day, steps=(*plain.steps, step))


def _after_stay(deadline: Deadline, last: date) -> Deadline:
    """Each reading at the earliest on the day after a stay; none comes forward by it."""
    day = last + _DAY
    found = _from(deadline, day, "stayed", last)
    if deadline.date <= day:
        return found
    return replace(deadline, earlier_reading=day, steps=found.steps)


def _on_execution_day(deadline: Deadline, calendar: Calendar) -> Deadline:
    """Both readings, each moved to the next day on which art. 1387 allows an execution."""
    readings = [day for day in (deadline.date, deadline.earlier_reading) if day]
    moved = [(day, calendar.next_working_day(day)) for day in readings]
    steps = tuple(_not_on(of, day, calendar) for of, day in moved if of != day)
    if not steps:
        return deadline
    (_, day), (_, other) = moved[0], moved[-1]
    if other == day:
        deadline = deadline.strict()
    later = None if other == day else other
    return replace(deadline, date=day, earlier_reading=later, steps=(*deadline.steps, *steps[:1]))


def _not_on(of: date, day: date, calendar: Calendar) -> Step:
    holiday = calendar.holiday(of)
    why = holiday.names if holiday else weekday(of)
    return Step("no_execution_day", day, NO_EXECUTION, (("date", day), ("of", of), ("why", why)))


def after_moratorium(deadline: Deadline, season: Moratorium, lifted: Iterable[Lifting]) -> Deadline:
    """The date as the season moves it, unless a decision lifts the season for this household.

    A season that may not hold here protects nobody for certain: the risk begins without it.
    """
    found = _moved_by(deadline, season, lifted)
    day = deadline.earliest
    if season.is_certain or day >= found.earliest:
        return found
    return found.strict().also(Step("reading_no_moratorium", day, season.article, (("date", day),)))


def _moved_by(deadline: Deadline, season: Moratorium, lifted: Iterable[Lifting]) -> Deadline:
    day = season.first_day_after(deadline.date)
    other = deadline.earlier_reading and season.first_day_after(deadline.earlier_reading)
    if (day, other) == (deadline.date, deadline.earlier_reading):
        return deadline
    plain = _moved(deadline, day, other, season_step("moratorium", day, season))
    exempted = season.exempted(lifted)
    if exempted is None:
        return plain
    exemption, since = exempted
    freed = season.lifted_on(deadline.date, since)
    first = season.lifted_on(deadline.earliest, since)
    if first == plain.earliest:
        return plain
    parts = (("since", since), ("why", exemption.explanation))
    if exemption.certainty is Certainty.FOUND:
        step = Step("moratorium_lifted", freed, exemption.article, (("date", freed), *parts))
        return _moved(deadline, freed, first if other else None, step)
    # What is not sure does not take the winter away: it is another reading, the earlier one.
    told = (("date", first), *parts)
    reading = Step("reading_moratorium_lifted", first, exemption.article, told)
    steps = (*plain.strict().steps, reading)
    return replace(plain, earlier_reading=first, steps=steps)


def season_step(code: str, day: date, season: Moratorium) -> Step:
    """The moratorium and the day it leads to."""
    first, last = (day_of_year(*end) for end in (season.season.first, season.season.last))
    return Step(code, day, season.article, (("date", day), ("first", first), ("last", last)))


def _moved(deadline: Deadline, day: date, other: date | None, step: Step) -> Deadline:
    if other == day or other is None:
        deadline, other = deadline.strict(), None
    return replace(deadline, date=day, earlier_reading=other, steps=(*deadline.unsettled(), step))
