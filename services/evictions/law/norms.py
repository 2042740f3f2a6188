"""What every norm carries: sources, certainty, the days on which it holds, its words. Pure.

Sources are data: `rules/sources.toml`, and what a network's own rule set adds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from services.evictions.counting import rulefile
from services.evictions.counting.rulefile import RULES, Fields, Words
from services.shared.words.catalogue import LANGUAGES, say

# What was written where there was no source, while sources were a text.
_NO_SOURCE = ("S-none", "background")


@dataclass(frozen=True, slots=True)
class Source:
    """A text that somebody read: its address, the day and who; a bare title where nobody said."""

    title: str
    address: str | None = None
    read_on: date | None = None
    read_by: str | None = None

    @property
    def cited(self) -> str:
        return f"{self.title}, {self.address}" if self.address else self.title


class Certainty(StrEnum):
    """How sure the rule is: read in a source, contradicted by one, or read in none."""

    FOUND = "found"
    DISPUTED = "disputed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True, slots=True)
class Norm:
    """What every rule carries: where it was read, how sure it is, when it applies, what it says.

    Without `sources` nobody read it, and it is unverified.
    """

    id: str
    article: str
    sources: tuple[Source, ...]
    valid_from: date
    valid_until: date | None = None
    certainty: Certainty
    explanation: Words

    @property
    def source(self) -> str:
        """Where people can read it: titles and addresses; or that its text was not read."""
        cited = "; ".join(each.cited for each in self.sources)
        return cited or " / ".join(say("law.text_not_read", each) for each in LANGUAGES)

    def in_force_on(self, day: date) -> bool:
        """Whether the norm is valid on this day; both ends of its validity are included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@lru_cache(maxsize=1)
def shipped_sources() -> Mapping[str, Source]:
    """The sources that come with the program, by the ids that norms cite."""
    file = RULES / "sources.toml"
    top = rulefile.read_fields(rulefile.read_file(file), file.name)
    found = own_sources(top, {})
    top.finish()
    return found


def own_sources(top: Fields, known: Mapping[str, Source]) -> Mapping[str, Source]:
    """Those `known` and the `[[source]]` tables of a file; RuleFileError for an id given twice."""
    found = dict(known)
    for fields in top.rows("source"):
        key = fields.take("id", rulefile.text)
        if key in found:
            raise top.twice(key)
        found[key] = Source(
            title=fields.take("title", rulefile.text),
            address=fields.take("address", _address),
            read_on=fields.take("read_on", rulefile.day),
            read_by=fields.take("read_by", rulefile.text),
        )
        fields.finish()
    return found


def cited(value: object, known: Mapping[str, Source]) -> tuple[Source, ...] | None:
    """The sources of a norm, a list of ids. The one text of older files is kept as a title.

    ValueError for an id that nothing resolves. None for an older text that says that there is no
    source: whatever else it says, such a norm is unverified.
    """
    if isinstance(value, str):
        title = rulefile.text(value)
        return None if title.startswith(_NO_SOURCE) else (Source(title),)
    if not isinstance(value, list):
        raise ValueError("a list of ids of sources is expected")
    unknown = [str(each) for each in value if not isinstance(each, str) or each not in known]
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is in no list of sources")
    return tuple(known[each] for each in value)


def _address(value: object) -> str:
    address = rulefile.text(value)
    if not address.startswith(("https://", "http://")):
        raise ValueError("an address that begins with https:// is expected")
    return address
