"""The plain words of every step in three languages, read once from `rules/steps.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from services.evictions.counting.calendar import Calendar
from services.evictions.counting.rulefile import RULES, Words, read_file
from services.shared.words import catalogue
from services.shared.words.catalogue import LANGUAGES

_DAY, _SATURDAY = timedelta(days=1), 6
# Beyond so many, a list of days off is no longer read: only the holidays among them are named.
_MANY = 24


class DaysOff(NamedTuple):
    """The days from `first` to `last`, both included, that are no working days."""

    first: date
    last: date
    calendar: Calendar

    def say(self, language: str) -> str:
        """Each by its name: "Saturday 26 December and Sunday 27 December"."""
        every = [self.first + _DAY * n for n in range((self.last - self.first).days + 1)]
        off = [day for day in every if not self.calendar.is_working_day(day)]
        if len(off) <= _MANY:
            return catalogue.listed([self._named(day, language) for day in off], language)
        weekends = catalogue.say("days_off.weekends", language)
        named = [self._named(day, language) for day in off if day.isoweekday() < _SATURDAY]
        return catalogue.listed([weekends, *named], language)

    def _named(self, day: date, language: str) -> str:
        said = f"{catalogue.weekday(day, language)} {day_of_year(day.month, day.day).say(language)}"
        holiday = self.calendar.holiday(day)
        return f"{said} ({holiday.names.say(language)})" if holiday else said


Part = date | Words | DaysOff


def sentence(code: str, **parts: Part) -> Words:
    """The sentence of a step, filled in; a date is written out. KeyError for an unknown code."""
    given = tuple(parts.items())
    return Words(**{language: step_in_words(code, language, given) for language in LANGUAGES})


def step_in_words(code: str, language: str, parts: tuple[tuple[str, Part], ...]) -> str:
    """The sentence in one language alone."""
    template: str = _texts()["steps"][code][language]
    return template.format(**{name: _part(part, language) for name, part in parts})


@lru_cache(maxsize=1024)
def amount(unit: str, count: int) -> Words:
    """A delay in words: "1 month", "40 jours"."""
    return Words(**{each: catalogue.say(f"unit.{unit}", each, count=count) for each in LANGUAGES})


@lru_cache(maxsize=366)
def day_of_year(month: int, day: int) -> Words:
    """A day that returns every year: "15 March"."""
    return Words(**{each: catalogue.day_of_year(month, day, each) for each in LANGUAGES})


@lru_cache(maxsize=366)
def weekday(day: date) -> Words:
    """The name of the day of the week, such as of a Saturday on which no delay ends."""
    return Words(**{each: catalogue.weekday(day, each) for each in LANGUAGES})


def _part(part: Part, language: str) -> str:
    if isinstance(part, Words | DaysOff):
        return part.say(language)
    return f"{day_of_year(part.month, part.day).say(language)} {part.year}"


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(read_file(RULES / "steps.toml"))
