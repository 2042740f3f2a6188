"""The plain words of every step in three languages, read once from `rules/steps.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from services.evictions.law.rulefile import LANGUAGES, RULES, Words, read_file

Part = date | Words


def sentence(code: str, **parts: Part) -> Words:
    """The sentence of a step, filled in; a date is written out. KeyError for an unknown code."""
    given = tuple(parts.items())
    return Words(**{language: say(code, language, given) for language in LANGUAGES})


def say(code: str, language: str, parts: tuple[tuple[str, Part], ...]) -> str:
    """The sentence in one language alone."""
    template: str = _texts()["steps"][code][language]
    return template.format(**{name: _part(part, language) for name, part in parts})


@lru_cache(maxsize=1024)
def amount(unit: str, count: int) -> Words:
    """A delay in words: "1 month", "40 jours"."""
    forms = _texts()["units"][unit]
    return Words(**{each: f"{count} {forms[each][count > 1]}" for each in LANGUAGES})


@lru_cache(maxsize=366)
def day_of_year(month: int, day: int) -> Words:
    """A day that returns every year: "15 March"."""
    months = _texts()["months"]
    return Words(**{each: f"{_ordinal(day, each)} {months[each][month - 1]}" for each in LANGUAGES})


def weekend(day: date) -> Words:
    """The name of a Saturday or Sunday."""
    return _weekend(day.isoweekday())


@lru_cache(maxsize=2)
def _weekend(number: int) -> Words:
    return Words(**_texts()["weekend"][str(number)])


def _part(part: Part, language: str) -> str:
    if isinstance(part, Words):
        return part.say(language)
    return f"{day_of_year(part.month, part.day).say(language)} {part.year}"


def _ordinal(day: int, language: str) -> str:
    return "1er" if day == 1 and language == "fr" else str(day)


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(read_file(RULES / "steps.toml"))
