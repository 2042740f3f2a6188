"""Initials of a case's people are found, such as Mme A., F. El A., de familie E. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import Folded, fold

_TITLE = (
    "Mme|Madame|Mlle|Mr|M[.]|Monsieur|Mevr[.]?|Mevrouw|mevrouw|mevr[.]?|Dhr[.]?|dhr[.]?|[Mm]eneer"
    "|de heer|Mrs[.]?|Ms[.]?|Miss|[Ff]amille|[Ff]amilie|[Ff]amily|madame|monsieur"
)
# One after a title, or two or three with their points.
_TITLED = re.compile(rf"(?<![^\W_])(?:{_TITLE}) ([A-Z])(?![\w'’])")
_POINTED = re.compile(
    r"(?<![\w.])([A-Z])[.] ?(?:(?:[EeAa]l|[Dd]e|[Vv]an|[Bb]en) )?([A-Z])[.](?![A-Za-z])"
)


@dataclass(frozen=True)
class OwnInitials:
    letters: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "OwnInitials":
        parts = (part for name in names for part in re.split(r"[\s\-'’]+", fold(name).text))
        return cls(frozenset(part[0].upper() for part in parts if part and part[0].isalpha()))

    def found_in(self, folded: Folded) -> Iterator[Finding]:
        for pattern in (_TITLED, _POINTED):
            for match in pattern.finditer(folded.text):
                if self.letters.issuperset(match.groups()):
                    yield Finding(*folded.span(*match.span()), Kind.NAME)
