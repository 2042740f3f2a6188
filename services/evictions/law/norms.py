"""What every norm carries: source, certainty, the days on which it holds, its words. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.evictions.law.rulefile import Words
from services.evictions.law.sources import Source
from services.shared.words.catalogue import LANGUAGES, say


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
