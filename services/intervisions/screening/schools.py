"""Named schools and crèches are found, as a child's school tells whose child it is. Pure."""

import re
from collections.abc import Iterator

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import Folded

_KIND = (
    "[Ee]cole|[Aa]thenee|[Ii]nstitut|[Ll]ycee|[Cc]ollege|[Cc]reche|[Mm]aternelle|[Aa]theneum"
    "|[Bb]asisschool|[Kk]leuterschool|[Ll]agere school|[Ss]chool|[Cc]olleg?e|[Kk]inderdagverblijf"
    "|[Nn]ursery|[Pp]rimary school"
)
_SORT = (
    "communale|fondamentale|primaire|maternelle|libre|royale?|secondaire|technique|speciale"
    "|Communale|Fondamentale|Primaire|Maternelle|Royale?|gemeentelijke"
)
_NOT_NAMES = (
    "Monday|Tuesday|Wednesday|Thursday|Friday|January|February|March|April|May|June|July|August"
    "|September|October|November|December|I|Mme|Madame|Monsieur|M|Mr|Mrs|Ms|CPAS|OCMW|SSM|PMS|CLB"
)
_NAMED = re.compile(
    rf"(?<![^\W_])(?:{_KIND})(?: (?:{_SORT})){{0,2}}"
    rf"(?: n[o°]\.? ?\d{{1,3}}(?![^\W_])| (?!(?:{_NOT_NAMES})(?![^\W_]))[A-Z][\w'\-]{{1,40}}"
    r"(?: [A-Z][\w'\-]{1,40}){0,3})"
)
_NUMBERED = re.compile(
    rf"(?<![^\W_])(?:[Ee]cole|[Bb]asisschool|[Aa]thenee) (?:{_SORT}) \d{{1,3}}(?![^\W_])"
)


def schools_in(folded: Folded) -> Iterator[Finding]:
    for pattern in (_NAMED, _NUMBERED):
        for match in pattern.finditer(folded.text):
            yield Finding(*folded.span(*match.span()), Kind.PLACE)
