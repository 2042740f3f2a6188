"""The court's calendar: working days, legal holidays and recurring seasons.

Pure: the ten legal holidays are data (`rules/holidays-be.toml`), read once.
Legal source: AR 18 April 1974 art. 1; C. jud. art. 53; C. civ. art. 1.7 (Saturday is no working
day).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from dateutil.easter import easter

from services.evictions.counting import rulefile
from services.evictions.counting.rulefile import RULES, Fields, Words

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LegalHoliday:
    """A holiday rule: a fixed day of the year, or a number of days after Easter Sunday."""

    code: str
    names: Words
    source: str
    fixed: tuple[int, int] | None = None
    easter_offset: int | None = None
    from_year: int | None = None
    until_year: int | None = None

    def date_in(self, year: int) -> date | None:
        """Its date in that year, or None in a year the holiday does not exist."""
        if year < (self.from_year or year) or year > (self.until_year or year):
            return None
        if self.fixed:
            return date(year, *self.fixed)
        return easter(year) + timedelta(days=self.easter_offset or 0)


@dataclass(frozen=True)
class Calendar:
    """Which days count as working days: Monday to Friday, minus the legal holidays."""

    holidays: tuple[LegalHoliday, ...]
    # Days on which a holiday of the list does not hold after all.
    removed: frozenset[date] = frozenset()
    _years: dict[int, Mapping[date, LegalHoliday]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def legal_holidays(self, year: int) -> Mapping[date, LegalHoliday]:
        """The legal holidays of a year by date, in order (AR 18 April 1974 art. 1)."""
        if year not in self._years:
            found = ((holiday.date_in(year), holiday) for holiday in self.holidays)
            dated = {day: each for day, each in found if day and day not in self.removed}
            self._years[year] = dict(sorted(dated.items(), key=lambda item: item[0]))
        return self._years[year]

    def holiday(self, day: date) -> LegalHoliday | None:
        """The legal holiday that falls on this day, if any."""
        return self.legal_holidays(day.year).get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether the day is neither Saturday, Sunday nor legal holiday.

        Legal source: C. jud. art. 53; C. civ. art. 1.7.
        """
        return day.weekday() < _SATURDAY and self.holiday(day) is None

    def next_working_day(self, day: date) -> date:
        """The first working day on or after this day: a working day is its own answer."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The last working day on or before this day: a working day is its own answer."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The count-th working day strictly after this day; count is at least 1."""
        for _ in range(count):
            day = self.next_working_day(day + _DAY)
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """The count-th working day strictly before this day; count is at least 1."""
        for _ in range(count):
            day = self.previous_working_day(day - _DAY)
        return day


@dataclass(frozen=True, slots=True)
class Season:
    """A span that returns every year, both ends included; it may run over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def covers(self, day: date) -> bool:
        """Whether this day is inside the season."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last

    def first_day_after(self, day: date) -> date:
        """This day when it is outside the season, otherwise the day after the season ends."""
        if not self.covers(day):
            return day
        runs_over = (day.month, day.day) > self.last
        return date(day.year + runs_over, *self.last) + _DAY


def load_calendar(path: Path) -> Calendar:
    """The calendar in a holiday file; RuleFileError names the file and the faulty holiday."""
    top = rulefile.read_fields(rulefile.read_file(path), path.name)
    holidays = tuple(_holiday(fields) for fields in top.rows("holiday", key="code"))
    top.finish()
    if not holidays:
        raise top.fault("there is no holiday")
    return Calendar(holidays)


@lru_cache(maxsize=1)
def belgium() -> Calendar:
    """The Belgian calendar of `rules/holidays-be.toml`, read once."""
    return load_calendar(RULES / "holidays-be.toml")


def _holiday(fields: Fields) -> LegalHoliday:
    holiday = LegalHoliday(
        code=fields.take("code", rulefile.text),
        names=fields.take("names", rulefile.words),
        source=fields.take("source", rulefile.text),
        fixed=fields.maybe("fixed", rulefile.month_day),
        easter_offset=fields.maybe("easter_offset", rulefile.whole),
        from_year=fields.maybe("from_year", rulefile.whole),
        until_year=fields.maybe("until_year", rulefile.whole),
    )
    fields.finish()
    if (holiday.fixed is None) == (holiday.easter_offset is None):
        raise fields.fault("either fixed or easter_offset is expected")
    return holiday
