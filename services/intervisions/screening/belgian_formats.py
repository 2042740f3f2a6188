"""Formats that identify somebody in any Belgian text, whatever the case. Pure.

They are streets with a number, postcodes with their commune, plates, e-mail addresses, and codes of
cases.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import DIGIT, Folded, bare, digits

_NUMBER = rf"(?:n[o°]?\.? ?|nr\.? ?)?{DIGIT}{{0,3}}[0-9]{DIGIT}{{0,3}} ?[a-zA-Z]?(?![^\W_])"
_OF = r"(?:de la |de l'|du |des |de |d'|la |le |les |l'|aux? |van de[rn]? |van |op den |ten |ter )*"
# Each bounded: a text is looked through in a time that grows with its length alone.
_WORD = r"[\w'\-]{1,40}"
_NAME = r"[A-Z][\w'\-]{0,40}"
_SMALL = r"de|du|des|la|le|les|l'\w{1,40}|d'\w{1,40}|et|van|den?"
_NAMED = rf"[A-Z0-9][\w'\-]{{0,40}}(?:[ \-](?:{_NAME}|{_SMALL})){{0,5}}"
_CAPITAL_KIND = "[Pp]lace|[Cc]ours|[Cc]ite|[Qq]uai|[Ss]quare|[Cc]los|[Gg]alerie|[Cc]hemin"
_KIND = (
    "[Rr]ue|RUE|[Aa]venue|AVENUE|[Aa]v\\.?|[Bb]oulevard|BOULEVARD|[Bb]l?vd\\.?|[Bb]l?d\\.?"
    "|[Cc]haussee|CHAUSSEE|[Cc]h\\.|[Cc]hee\\.?|[Ii]mpasse|[Aa]llee|[Dd]reve|[Vv]enelle|[Ss]entier"
    "|[Pp]arvis|[Rr]\\."
)
_TWO_WORDS = "Straat|Laan|Steenweg|Street|Road|Lane|Avenue|Square|Plein|straat|laan|steenweg|plein"
_STREETS = tuple(
    map(
        re.compile,
        (
            # Rue Haute 12; avenue de la Couronne, n° 5; rue Haute.
            rf"(?<![^\W_])(?:{_KIND}) {_OF}{_NAMED}(?:[ ,]{{1,3}}{_NUMBER})?",
            rf"(?<![^\W_])(?:{_CAPITAL_KIND}) {_OF}{_NAMED}[ ,]{{1,3}}{_NUMBER}",
            # rue haute 12
            rf"(?<![^\W_])(?:rue|avenue|boulevard|chaussee) {_OF}{_WORD}(?: {_WORD})?"
            rf"(?:,? n[o°]\.? ?|, ?)\d{{1,4}}(?![^\W_])",
            rf"(?<![^\W_])(?:rue|avenue|boulevard|chaussee) {_OF}(?!depuis|apres|avec|pendant|dans)"
            r"[\w'\-]{3,} \d{1,4}(?![^\W_])"
            r"(?! (?:ans?|mois|jours?|semaines?|fois|euros?|enfants?))",
            # 12, rue Haute; 12 Church Street
            rf"(?<![^\W_])\d{{1,4}}[a-zA-Z]?(?: bis| ter)?,? (?:{_KIND}) {_OF}{_WORD}",
            rf"(?<![^\W_])\d{{1,4}}[a-zA-Z]?,? (?:{_NAME} ){{1,3}}(?:{_TWO_WORDS})(?![^\W_])",
            # Kerkstraat 5; Sint-Jansstraat; Lange Leemstraat 12
            r"(?<![^\W_])(?!(?:Onder|Uit|Der|Onderweg|Af)weg\b)[A-Z][\w'\-]{0,40}"
            rf"(?:straat|laan|steenweg|dreef|kaai|gracht|plein|lei|weg|markt|hof|baan|dijk|vest)"
            rf"[ ,]{{1,3}}{_NUMBER}(?! (?:weken|maanden|jaar|kinderen|euro|keer|dagen|personen))",
            r"(?<![^\W_])(?!Straat)[A-Z][\w'\-]{0,40}(?:straat|laan|steenweg)(?![^\W_])",
            rf"(?<![^\W_])(?:{_NAME} ){{1,3}}(?:{_TWO_WORDS})[ ,]{{1,3}}{_NUMBER}",
        ),
    )
)
_NOT_STREETS = frozenset({"uitgeleidelaan", "plaatslaan"})
_POSTCODE = re.compile(
    rf"(?<![^\W_])(?:B ?- ?)?([1-9OlISB]{DIGIT}{{3}})[ ,\-]{{1,3}}((?:[^\W\d_][\w'\-]*)"
    r"(?:[ \-][^\W\d_][\w'\-]*){0,4})"
)
_CODE = re.compile(
    r"(?<![^\W_])[Bb8][Xx](?:[ \-._]{1,3}[2-9A-HJ-NP-Za-hj-np-z01]{4}|(?=[A-Za-z]*\d)"
    r"[2-9A-HJ-NP-Z]{4})(?![^\W_])"
)
_PLATES = tuple(
    map(
        re.compile,
        (
            # Since 2010: 1-ABC-234; misread or spaced out only with its hyphens.
            rf"(?<![^\W_]){DIGIT} ?[\-.] ?[A-Za-z0158]{{3}} ?[\-.] ?{DIGIT} ?{DIGIT} ?{DIGIT}"
            r"(?![^\W_])",
            r"(?<![^\W_])[1-9] ?[A-Z]{3} ?\d{3}(?![^\W_])",
            r"(?<![^\W_])[1-9][a-z]{3}\d{3}(?![^\W_])",
            # Before: ABC-123 and, until 2008, 123-ABC on trailers and A.123.B.
            r"(?<![^\W_])(?!(?:ART|LOI|EUR|BXL|TEL|TVA|BTW|GSM|FAX|RGB|ISO|KB|AR)\b)"
            r"[A-Z]{3}(?: ?[\-.] ?| )\d{3}(?![^\W_])(?! ?(?:EUR|euro|€|,[0-9]))",
            r"(?<![^\W_])[A-Z]{3}\d{3}(?![^\W_])",
            r"(?<![^\W_])\d{3} ?[\-.] ?[A-Z]{3}(?![^\W_])",
        ),
    )
)
# From the sign between its halves outward, within bounds: each text is looked through once.
_AT = re.compile(r" {0,2}(?:@|\(at\)|\[at\]|\(a\)) {0,2}")
_LOCAL = re.compile(r"[\w+\-]{1,64}(?: ?\. ?[\w+\-]{1,64}){0,4}$")
_DOMAIN = re.compile(r"[\w\-]{1,63}(?: ?(?:\.|\(dot\)|\[dot\]) ?[\w\-]{1,63}){1,5}")
_LOCAL_WINDOW = 80
_NOT_PLACES = frozenset({"eur", "euro", "euros"})


@dataclass(frozen=True)
class Communes:
    """The bare names of all communes, and all postcodes, as the courts' table knows them."""

    names: Set[str]
    postcodes: Set[str]


def formats_in(folded: Folded, communes: Communes) -> Iterator[Finding]:
    for patterns, kind in (
        (_STREETS, Kind.ADDRESS),
        (_PLATES, Kind.PLATE),
        ((_CODE,), Kind.CASE_CODE),
    ):
        for pattern in patterns:
            for match in pattern.finditer(folded.text):
                if _meant(match[0], kind):
                    yield Finding(*folded.span(*match.span()), kind)
    yield from _emails(folded)
    yield from _postcodes(folded, communes)


def _emails(folded: Folded) -> Iterator[Finding]:
    for sign in _AT.finditer(folded.text):
        first = max(0, sign.start() - _LOCAL_WINDOW)
        local = _LOCAL.search(folded.text, first, sign.start())
        domain = _DOMAIN.match(folded.text, sign.end())
        if local and domain:
            yield Finding(*folded.span(local.start(), domain.end()), Kind.EMAIL)


def _meant(said: str, kind: Kind) -> bool:
    """Whether a match is meant as that kind: a plate has two digits or more, as a scanner invents
    fewer, and some words only look like streets.
    """
    if kind == Kind.PLATE:
        return sum(each.isdigit() for each in said) >= 2
    return not (kind == Kind.ADDRESS and said.casefold() in _NOT_STREETS)


def _postcodes(folded: Folded, communes: Communes) -> Iterator[Finding]:
    """Postcodes that a known commune follows, or a word with a capital if the code is no year."""
    for match in _POSTCODE.finditer(folded.text):
        code = digits(match[1])
        if sum(each.isdigit() for each in match[1]) < 2 or not "1000" <= code <= "9999":
            continue
        words = re.split(r" ", match[2])
        known = next(
            (n for n in range(len(words), 0, -1) if bare("".join(words[:n])) in communes.names), 0
        )
        year = "1900" <= code <= "2099"
        if known:
            end = match.start(2) + len(" ".join(words[:known]))
        elif code in communes.postcodes and words[0][0].isupper() and not year:
            end = match.start(2) + len(words[0])
            if bare(words[0]) in _NOT_PLACES:
                continue
        else:
            continue
        yield Finding(*folded.span(match.start(), end), Kind.PLACE)
