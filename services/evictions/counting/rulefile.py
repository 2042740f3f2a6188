"""Reads the TOML files in `rules/`: every field checked, every fault named by file and line."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from services.shared.words.catalogue import LANGUAGES

RULES = Path(__file__).parents[1] / "law" / "rules"
T = TypeVar("T")


class RuleFileError(ValueError):
    """A rule file is broken; the one sentence names the file, the line and the rule."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in the three languages of the network."""

    en: str
    fr: str
    nl: str

    def say(self, language: str) -> str:
        """The text in "en", "fr" or "nl"; any other language raises KeyError."""
        return {"en": self.en, "fr": self.fr, "nl": self.nl}[language]


class Lines:
    """Where things stand in a TOML text, for errors: tomllib keeps no positions."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()

    def of_table(self, name: str, number: int) -> int:
        """The line of the number-th `[[name]]`, from 1; 0 if it stands in another form."""
        header = f"[[{name}]]"
        found = [at for at, line in enumerate(self._lines, start=1) if line.strip() == header]
        return found[number - 1] if number <= len(found) else 0

    def of_id(self, key: str, number: int) -> int:
        """The line of the number-th table with this id, from 1; 0 if it stands elsewhere."""
        own = re.compile(rf"\s*id\s*=\s*[\"']{re.escape(key)}[\"']")
        found = [at for at, line in enumerate(self._lines, start=1) if own.match(line)]
        return found[number - 1] if number <= len(found) else 0

    def of_field(self, name: str, table: int) -> int:
        """The line of a field of the table whose header is on line `table` (0: no header)."""
        own = self._lines[table - 1].strip("[] ") if table else ""
        wanted = re.compile(rf"\s*(\[{own}\.)?{re.escape(name)}\b")
        for at, line in enumerate(self._lines[table:], start=table + 1):
            if wanted.match(line):
                return at
            if line.startswith("[") and not line.startswith(f"[{own}."):
                break
        return table


class Fields:
    """One table of a rule file, its fields taken one by one; what stays behind is a fault."""

    def __init__(
        self, table: Mapping[str, Any], file: str, lines: Lines, line: int = 0, name: str = ""
    ) -> None:
        self._left = dict(table)
        self._file, self._lines, self._line, self._name = file, lines, line, name

    def take(self, name: str, read: Callable[[Any], T]) -> T:
        """A compulsory field."""
        if name not in self._left:
            raise self.fault(f"{name} is missing")
        try:
            return read(self._left.pop(name))
        except (TypeError, ValueError) as fault:
            raise self.fault(f"{name}: {fault}", field=name) from fault

    def maybe(self, name: str, read: Callable[[Any], T]) -> T | None:
        """An optional field."""
        return self.take(name, read) if name in self._left else None

    def rows(self, name: str, *, key: str = "id") -> list["Fields"]:
        """The tables of an array; each is named by its key, or by its number without one."""
        tables = self._left.pop(name, [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            raise self.fault(f"{name} is not a list of tables", field=name)
        return [
            Fields(
                table,
                self._file,
                self._lines,
                self._lines.of_table(name, number),
                f"{name} {table.get(key, f'number {number}')}: ",
            )
            for number, table in enumerate(tables, start=1)
        ]

    def tables(self, name: str) -> list[Mapping[str, Any]]:
        """The tables of an array as they stand, without taking them."""
        tables = self._left.get(name, [])
        return [each for each in tables if isinstance(each, dict)] if tables else []

    def finish(self) -> None:
        """Refuse fields nobody asked for: a misspelt field must not be silently ignored."""
        if self._left:
            names = sorted(self._left)
            raise self.fault(f"{', '.join(names)} is not a known field", field=names[0])

    def twice(self, key: str) -> RuleFileError:
        """The error for an id that was given before, at the line where it is given again."""
        line = self._lines.of_id(key, 2) or self._lines.of_id(key, 1) or 1
        return RuleFileError(f"{self._file}, line {line}: rule {key} is given twice.")

    def fault(self, reason: str, *, field: str = "") -> RuleFileError:
        """The error for this place, as one sentence; the line is the field's if known."""
        line = self._lines.of_field(field, self._line) if field else self._line
        return RuleFileError(f"{self._file}, line {line or 1}: {self._name}{reason.rstrip('.')}.")


def read_file(path: Path) -> str:
    """The text of a rule file; OSError when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise RuleFileError(f"{path.name} is not UTF-8 text.") from fault


def read_fields(source: str, file: str) -> Fields:
    """The top table of a TOML text; `file` is the name that errors give."""
    try:
        return Fields(tomllib.loads(source), file, Lines(source))
    except tomllib.TOMLDecodeError as fault:
        raise RuleFileError(f"{file} is not TOML: {fault}.") from fault
    except RecursionError as fault:
        raise RuleFileError(f"{file}, line 1: it is nested too deeply.") from fault


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
    """A truth value."""
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")
    return value


def day(value: object) -> date:
    """A day; a TOML date-time is refused."""
    if type(value) is not date:
        raise ValueError("a day is expected (YYYY-MM-DD, without quotes)")
    return value


def words(value: object) -> Words:
    """A text in exactly the three languages, with the apostrophe that French and Dutch print."""
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise ValueError(f"a text in {', '.join(LANGUAGES)} is expected")
    said = {language: text(value[language]) for language in LANGUAGES}
    return Words(said["en"], said["fr"].replace("'", "’"), said["nl"].replace("'", "’"))


def month_day(value: object) -> tuple[int, int]:
    """A day that returns every year, "MM-DD"; 29 February does not."""
    found = date.fromisoformat(f"2001-{text(value)}")
    return found.month, found.day
