"""The screen finds what in a text would tell a peer whose situation it is. Pure.

It looks for the identifiers of one case, in any way they are written, and for Belgian formats
whatever the case. A text with a finding is refused. Source: security.md case 9 (recall of at least
99 %).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from services.intervisions.screening.belgian_formats import Communes, formats_in
from services.intervisions.screening.dates import dates_in
from services.intervisions.screening.findings import Finding, Kind, merged
from services.intervisions.screening.folding import Folded, bare, fold
from services.intervisions.screening.numbers import Numbers
from services.intervisions.screening.own_addresses import OwnAddresses
from services.intervisions.screening.own_initials import OwnInitials
from services.intervisions.screening.own_names import OwnNames
from services.intervisions.screening.schools import schools_in
from services.intervisions.screening.spoken_phones import spoken_phones_in

NOWHERE = Communes(frozenset(), frozenset())
_TELLING_STEM = 8
_ARTICLES = frozenset({"le", "la", "les", "het", "de", "the"})


@dataclass(frozen=True, kw_only=True)
class CaseIdentifiers:
    """The identifiers that a case holds, as they were written there."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    professionals: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Screen:
    """The screen of one case; `communes` are all those of the country, for postcodes."""

    identifiers: CaseIdentifiers
    communes: Communes = field(default=NOWHERE)

    def findings(self, text: str) -> list[Finding]:
        """The findings in the order of the text; none overlaps another."""
        return merged(list(self._found(fold(text))))

    def _found(self, folded: Folded) -> Iterator[Finding]:
        yield from self._numbers.found_in(folded)
        for names in self._names:
            yield from names.found_in(folded)
        yield from self._addresses.found_in(folded)
        yield from self._places.found_in(folded)
        yield from OwnInitials.of(self.identifiers.names).found_in(folded)
        yield from formats_in(folded, self.communes)
        yield from schools_in(folded)
        yield from spoken_phones_in(folded)
        for each in dates_in(folded):
            yield Finding(each.start, each.end, Kind.DATE)

    @cached_property
    def _names(self) -> tuple[OwnNames, ...]:
        own = self.identifiers
        whole = (
            (tuple(_organisations(own.organisations)), Kind.ORGANISATION),
            (own.plates, Kind.PLATE),
            (own.emails, Kind.EMAIL),
            (tuple(_telling(own.documents)), Kind.DOCUMENT),
        )
        return (
            OwnNames.of(own.names, Kind.NAME),
            OwnNames.of(own.professionals, Kind.PROFESSIONAL),
            *(OwnNames.whole(words, kind) for words, kind in whole),
        )

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers.of(self.identifiers.phones, self.identifiers.numbers)

    @cached_property
    def _addresses(self) -> OwnAddresses:
        return OwnAddresses.of(self.identifiers.addresses)

    @cached_property
    def _places(self) -> OwnAddresses:
        return OwnAddresses.places(self.identifiers.places)


def _telling(names: tuple[str, ...]) -> Iterator[str]:
    """Names of files with their endings; and without, if the rest is no word anybody may write."""
    for name in names:
        if "." in name:
            yield name
        stem = name.rpartition(".")[0] or name
        letters = bare(stem)
        if len(letters) >= _TELLING_STEM and any(each.isdigit() for each in letters):
            yield stem


def _organisations(names: tuple[str, ...]) -> Iterator[str]:
    """Whole names of organisations, also without an article; their single words tell nothing."""
    for name in names:
        yield name
        first, _, rest = name.partition(" ")
        if first.casefold() in _ARTICLES and len(bare(rest)) >= _TELLING_STEM:
            yield rest
