"""What leaves the process while a test runs, searched for what nobody may find there.

Collected: the log (also what libraries write), every mail, the metrics, every answer that refuses,
the addresses in answers, and all that is in Valkey. Searched for: the markers of canaries.py,
and every personal text that stood in the database at the end of the test. A test in which something
leaked fails, and names the place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from infra.migrations.models import metadata
from tests.guards.canaries import PATTERN

# Shorter or plainer texts would be found where they mean nothing.
RECOGNISABLE = 12
# What a request is about may be words, the number of a thing or an instant that was sent as words;
# neither of the last two says anything of anybody.
OPAQUE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:+-]+Z?")
ABOUT_THE_HOUSEHOLD = "household"


@dataclass
class Leaving:
    """What has left since the test began, by the place it went to."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    on_purpose: bool = False

    def note(self, place: str, text: str | bytes) -> None:
        plain = text.decode(errors="replace") if isinstance(text, bytes) else text
        self.texts.append((place, plain))

    def forget(self) -> None:
        self.texts.clear()
        self.secrets.clear()
        self.on_purpose = False

    def found(self) -> list[str]:
        """One line for each place and each text that leaked there."""
        wrong = set()
        for place, text in self.texts:
            wrong |= {f"{place}: {each}" for each in PATTERN.findall(text)}
            wrong |= {f"{place}: {each!r}" for each in self.secrets if each in text}
        return sorted(wrong)


LEAVING = Leaving()


def personal_columns() -> Iterable[tuple[str, str, Any]]:
    """Table, column and type of all that is about a household."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("about") == ABOUT_THE_HOUSEHOLD:
                yield table.name, column.name, column.type


_TEXTS = " UNION ".join(
    f"SELECT {column} FROM {table} WHERE length({column}) >= {RECOGNISABLE}"
    for table, column, kind in personal_columns()
    if kind.python_type is str
)


def remember_what_is_personal(connection: psycopg.Connection[Any]) -> None:
    """Before the tables are emptied: what the test had written about households."""
    found = (text for (text,) in connection.execute(_TEXTS, prepare=True))
    LEAVING.secrets |= {text for text in found if not OPAQUE.fullmatch(text)}


def note_everything_in(client: Any) -> None:
    """Every key of a Valkey, and every value whatever its type."""
    for key in client.scan_iter():
        LEAVING.note("Valkey", key)
        value = client.dump(key)
        LEAVING.note("Valkey", b"" if value is None else value)
