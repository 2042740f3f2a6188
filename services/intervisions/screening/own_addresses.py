"""Addresses of a case are found with or without their number, and with shortened streets. Pure.

"Rue Haute 12 bte 3" is also "r. Haute", "Haute 12" and "Haute" with its capital; "Kerkstraat 5"
is also "Kerkstr." The commune of the case and its other name are places of their own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import GAP, LETTER, Folded, as_written, bare, fold

_KINDS = (
    "rue r", "avenue av ave aven", "boulevard bd bld blvd boul", "chaussee ch chee chss chaus",
    "place pl", "square sq", "allee all", "impasse imp", "quai q", "drive dr",
    "straat str", "laan ln", "steenweg stwg stw", "plein pln", "street st", "road rd",
    "lane", "dreve", "clos", "cite", "galerie gal", "venelle", "sentier", "chemin chem", "parvis",
    "cours", "lei", "weg", "dreef", "kaai", "gracht", "square", "gang", "pad", "markt", "vest",
)  # fmt: skip
_FORMS = {words.split()[0]: words.split() for words in _KINDS}
_GLUED = ("straat", "steenweg", "laan", "plein", "dreef", "lei", "weg", "kaai", "gracht")
_PARTICLE_LIST = "de la du des le les l d van der den het ter ten te of the aan op"
_PARTICLES = frozenset(_PARTICLE_LIST.split())
_NUMBER = re.compile(r"[,\s]*\b(?:n[o°]?\.?\s*|nr\.?\s*)?(\d{1,4}\s?[a-zA-Z]?)\b.*$", re.DOTALL)
_LEAST = 4


@dataclass(frozen=True)
class _Form:
    pattern: re.Pattern[str]
    capital: bool


@dataclass(frozen=True)
class OwnAddresses:
    forms: tuple[_Form, ...]
    kind: Kind = Kind.ADDRESS

    @classmethod
    def of(cls, addresses: Iterable[str]) -> "OwnAddresses":
        return cls(tuple(form for each in addresses for form in _forms(each)))

    @classmethod
    def places(cls, names: Iterable[str]) -> "OwnAddresses":
        """Look for communes and neighbourhoods of the case, under each of their names."""
        known = [bare(each) for each in names]
        written = (as_written(each) for each in known if len(each) >= 3)
        return cls(tuple(_form(each, capital=True) for each in written), Kind.PLACE)

    def found_in(self, folded: Folded) -> Iterator[Finding]:
        for form in self.forms:
            for match in form.pattern.finditer(folded.text):
                if not (form.capital and match[0][0].islower()):
                    yield Finding(*folded.span(*match.span()), self.kind)


def _forms(address: str) -> Iterator[_Form]:
    street, number = _split(address)
    words = [each for each in re.split(r"[\W_]+", fold(street).text.casefold()) if each]
    if not words:
        return
    tail = _tail(number)
    for kind, rest in _kinds(words):
        core = "".join(rest)
        if kind and core:
            written = "|".join(as_written(each) for each in _FORMS[kind])
            before = f"(?:{written}){GAP}{_joined(rest)}"
            after = f"{_joined(rest)}{GAP}(?:{written})"
            yield _form(f"(?:{before}|{after}){tail}", capital=False)
        own = [each for each in rest if each not in _PARTICLES] if kind not in _GLUED else []
        if len("".join(own)) >= _LEAST:
            yield _form(f"{_joined(own)}{tail}", capital=True)
            if number:
                yield _form(f"{_joined(own)}{GAP}{as_written(bare(number))}", capital=False)
    yield _form(f"{as_written(''.join(words))}{tail}", capital=len(words) == 1)


def _split(address: str) -> tuple[str, str]:
    """Street and number, on whichever side that is: "Rue Haute 12 bte 3", "12, rue Haute"."""
    lead = re.match(r"\s*(\d{1,4}\s?[a-zA-Z]?)[,\s]+(?=\D)", address)
    if lead:
        return address[lead.end() :], lead[1]
    found = _NUMBER.search(address)
    return (address[: found.start()], found[1]) if found else (address, "")


def _kinds(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The kind of a street and its own name, which stand in two words or in one."""
    known = {form: kind for kind, forms in _FORMS.items() for form in forms}
    if words[0] in known:
        yield known[words[0]], words[1:]
    elif words[-1] in known and len(words) > 1:
        yield known[words[-1]], words[:-1]
    else:
        ending = next((each for each in _GLUED if words[-1].endswith(each)), None)
        whole = [*words[:-1], words[-1].removesuffix(ending or "")]
        yield ending or "", [each for each in whole if each]


def _joined(words: list[str]) -> str:
    """The pattern of the words one after the other; a particle among them may be missing."""
    parts = []
    for word in words:
        written = as_written(word)
        parts.append(f"(?:{written}{GAP})?" if word in _PARTICLES else f"{written}{GAP}")
    return "".join(parts).removesuffix(GAP)


def _tail(number: str) -> str:
    """The pattern of the number after a street, so that it is marked too."""
    if not number:
        return ""
    return rf"(?:[\W_]{{0,3}}(?:n[or°]?[\W_]{{0,2}})?{as_written(bare(number))}(?!\d))?"


def _form(pattern: str, *, capital: bool) -> _Form:
    return _Form(re.compile(rf"(?<!{LETTER}){pattern}(?!{LETTER})"), capital)
