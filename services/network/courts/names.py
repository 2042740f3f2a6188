"""The names under which people write a canton, and which one they mean. Pure.

Belgian cantons have a name in each national language, and some a number: "Schaerbeek 1" is
"2e kanton Schaarbeek" to somebody who is wrong, and "1er canton de Schaarbeek" to somebody who is
right. Accents, case, signs, "St" for "Saint" or "Sint", and the number's form say nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

_WORD = re.compile(r"[a-z]+|[0-9]+")
_SAME = {"saint": "st", "sint": "st", "sankt": "st", "sainte": "ste"} | {
    word: str(number)
    for number, words in enumerate(
        (
            "i 1er 1re 1ere 1e 1ste 1ier premier eerste",
            "ii 2e 2me 2eme 2ieme 2de 2nd second deuxieme tweede",
            "iii 3e 3me 3eme 3ieme 3de troisieme derde",
            "iv 4e 4me 4eme 4ieme 4de quatrieme vierde",
            "v 5e 5me 5eme 5ieme 5de cinquieme vijfde",
            "vi 6e 6me 6eme 6ieme 6de sixieme zesde",
            "vii 7e 7me 7eme 7ieme 7de septieme zevende",
        ),
        start=1,
    )
    for word in words.split()
}
_SILENT = frozenset(
    {"canton", "cantons", "justice", "de", "paix", "du", "des", "d", "la", "le", "l"}
    | {"kanton", "kantons", "vredegerecht", "van", "het", "der", "of", "friedensgericht"}
)
_ORDINAL = re.compile(r"([0-9]+)(er|re|ere|e|ste|ier|me|eme|ieme|de|nd)(?![a-z])")
# A shorter beginning of a name would be guessed, not known.
_LEAST = 4
_PROPOSED = 5


@dataclass(frozen=True, kw_only=True)
class Named:
    """A canton by its code and everything it is called; its communes only help to propose it."""

    code: str
    names: tuple[str, ...]
    communes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cantons:
    every: tuple[Named, ...]

    def meant_by(self, words: str) -> tuple[str, ...]:
        """The codes of all that are called so, or whose name begins with these whole words.

        Saint-Nicolas is Sint-Niklaas in French, and a commune near Liège: then both are meant.
        """
        key = plain_name(words)
        exact = self._by_key.get(key)
        if exact:
            sure = words in exact
            return exact if sure else tuple(dict.fromkeys((*exact, *self._covering(key))))
        if len(key) < _LEAST:
            return ()
        begun = (
            code
            for each, codes in self._by_key.items()
            for code in codes
            if each.startswith(f"{key} ")
        )
        return tuple(dict.fromkeys(begun))

    def code_of(self, words: str) -> str:
        """The code, if exactly one canton is meant; else the words as they are, so that what is
        written the same stays the same."""
        meant = self.meant_by(words)
        return meant[0] if len(meant) == 1 else words

    def near(self, words: str) -> tuple[str, ...]:
        """What somebody may have meant: of that commune, or spelled about so."""
        key = plain_name(words)
        close = get_close_matches(key, list(self._by_key), n=_PROPOSED, cutoff=0.6)
        similar = (code for each in close for code in self._by_key[each])
        return tuple(dict.fromkeys((*self._covering(key), *similar)))[:_PROPOSED]

    def _covering(self, key: str) -> tuple[str, ...]:
        return self._by_commune.get(key, ())

    @cached_property
    def _by_commune(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for each in self.every:
            for key in keys_of(each.communes):
                found[key] = (*found.get(key, ()), each.code)
        return found

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for each in self.every:
            for key in keys_of((each.code, *each.names)):
                found[key] = (*found.get(key, ()), each.code)
        return found


def keys_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain_name, names)) - {""}


def plain_name(words: str) -> str:
    """The form in which two spellings of one name are the same: its words, then its number."""
    spelled = unicodedata.normalize("NFKD", words.casefold().replace("œ", "oe"))
    bare = "".join(letter for letter in spelled if not unicodedata.combining(letter))
    found = _WORD.findall(_ORDINAL.sub(r"\1 ", bare))
    said = [_SAME.get(word, word) for word in found if word not in _SILENT]
    return " ".join(sorted(said, key=str.isdigit))
