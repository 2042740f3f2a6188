"""The plain words of every step in three languages, read once from `rules/steps.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from services.evictions.law.rulefile import RULES, Words, read_file
from services.shared.words import catalogue
from services.shared.words.catalogue import LANGUAGES

Part = date | Words


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
    if isinstance(part, Words):
        return part.say(language)
    return f"{day_of_year(part.month, part.day).say(language)} {part.year}"


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(read_file(RULES / "steps.toml"))
