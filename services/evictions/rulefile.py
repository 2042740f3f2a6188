"""Reads the TOML files in `rules/`: every field checked, every fault named by file and rule."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

RULES = Path(__file__).with_name("rules")
LANGUAGES = ("en", "fr", "nl")
T = TypeVar("T")


class RuleFileError(ValueError):
    """A rule file is broken; the one sentence names the file and the rule."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the three languages of the network."""

    en: str
    fr: str
    nl: str

    def say(self, language: str) -> str:
        """The text in "en", "fr" or "nl"; any other language raises KeyError."""
        return {"en": self.en, "fr": self.fr, "nl": self.nl}[language]


class Fields:
    """One table of a rule file, its fields taken one by one; what stays behind is a fault."""

    def __init__(self, table: Mapping[str, Any], place: str) -> None:
        self._left = dict(table)
        self.place = place

    def take(self, name: str, read: Callable[[Any], T]) -> T:
        """A compulsory field."""
        if name not in self._left:
            raise self.fault(f"{name} is missing")
        try:
            return read(self._left.pop(name))
        except (TypeError, ValueError) as fault:
            raise self.fault(f"{name}: {fault}") from fault

    def maybe(self, name: str, read: Callable[[Any], T]) -> T | None:
        """An optional field."""
        return self.take(name, read) if name in self._left else None

    def rows(self, name: str, *, key: str = "id") -> list["Fields"]:
        """The tables of an array; each is named by its key, or by its number without one."""
        tables = self._left.pop(name, [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            raise self.fault(f"{name} is not a list of tables")
        return [
            Fields(table, f"{self.place}: {name} {table.get(key, f'number {number}')}")
            for number, table in enumerate(tables, start=1)
        ]

    def finish(self) -> None:
        """Refuse fields nobody asked for: a misspelt field must not be silently ignored."""
        if self._left:
            raise self.fault(f"{', '.join(sorted(self._left))} is not a known field")

    def fault(self, reason: str) -> RuleFileError:
        """The error for this place, as one sentence."""
        return RuleFileError(f"{self.place}: {reason.rstrip('.')}.")


def read_file(path: Path) -> str:
    """The text of a rule file; OSError when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise RuleFileError(f"{path.name} is not UTF-8 text.") from fault


def read_fields(source: str, file: str) -> Fields:
    """The top table of a TOML text; `file` is the name that errors give."""
    try:
        return Fields(tomllib.loads(source), file)
    except tomllib.TOMLDecodeError as fault:
        raise RuleFileError(f"{file} is not TOML: {fault}.") from fault


def text(value: object) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is expected")
    return value


def whole(value: object) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a whole number is expected")
    return value


def flag(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")
    return value


def day(value: object) -> date:
    """A day; a TOML date-time is refused."""
    if type(value) is not date:
        raise ValueError("a day is expected (YYYY-MM-DD, without quotes)")
    return value


def words(value: object) -> Words:
    """A text in exactly the three languages."""
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise ValueError(f"a text in {', '.join(LANGUAGES)} is expected")
    return Words(**{language: text(value[language]) for language in LANGUAGES})


def month_day(value: object) -> tuple[int, int]:
    """A day that returns every year, "MM-DD"; 29 February does not."""
    found = date.fromisoformat(f"2001-{text(value)}")
    return found.month, found.day
