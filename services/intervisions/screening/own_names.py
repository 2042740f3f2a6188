"""Names of a case's people are found in any way they are written. Pure.

The search knows whole names and their parts ("Van den Berghe" is also Vandenberghe and Berghe,
"Dupont-Lefèvre" is also Lefevre), endings (Jan's, Jans, Jantje), names spaced out or misread by a
scanner, and, from six letters on, names with one wrong letter.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import LETTER, Folded, as_written, bare, fold

_PARTICLE_LIST = (
    "van von de den der ter ten te vande vanden vander du des la le les di da del della dos el al"
    " ben bin ibn ould abou abu t d l o of op het zu af"
)
# Names that are words too: they count as names with a capital only.
_WORD_LIST = (
    "petit grand grande blanc blanche brun rose claire marie pierre jean reine noel"
    " victoire aime aimee desire desiree constant constance grace gracieuse fleur iris violette"
    " marguerite olive cerise prudence roi bon juste bonne fort "
    " court long sage noir leger louis roux gros gras moulin fontaine maison marchand"
    " boulanger berger meunier masson mercier fournier charpentier pont rivage forest jardin"
    " jong lange groot kort wit wolf mees haan vos bos berg beek dijk kerk smit bakker mulder"
    " goed arm rijk man koning prins keizer hart hof daan mark tim wim lies roos dam stad"
    " baker smith cook king young long white black brown green hill wood stone field bell price"
    " love may june april august hope faith joy will mark bill rich frank art drew gene jack amber"
    " dawn ray max sky pat sue rob iris ruby miles chase amis ami vie"
)
_COMPANY_LIST = "sa srl sprl nv bv bvba asbl vzw scrl cv snc et en and und les famille"
_PARTICLES = frozenset(_PARTICLE_LIST.split())
_WORDS = frozenset(_WORD_LIST.split())
_COMPANIES = frozenset(_COMPANY_LIST.split())
_SHORT = 3
_SPLIT_FREELY = 6
_FORGIVEN = 6
_STARTS = rf"(?:(?<!{LETTER})|(?<=[a-z])(?=[A-Z]))"
_ENDS = rf"(?:'?[sS]|'[nN]|tje|je|ke)?(?!{LETTER})"
_WORD = re.compile(rf"(?<![^\W_]){LETTER}[^\W_]{{4,}}(?![^\W_])")


@dataclass(frozen=True)
class _Name:
    letters: str
    pieces: tuple[int, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class OwnNames:
    """The names to look for, built once for a case and asked about each of its texts."""

    names: tuple[_Name, ...]
    kind: Kind
    forgiving: bool = True

    @classmethod
    def of(cls, names: Iterable[str], kind: Kind) -> "OwnNames":
        return cls(_built(form for name in names for form in _forms(name)), kind)

    @classmethod
    def whole(cls, words: Iterable[str], kind: Kind) -> "OwnNames":
        """Look for plates, e-mail addresses or names of files as a whole, letter by letter."""
        return cls(_built(words), kind, forgiving=False)

    def found_in(self, folded: Folded) -> Iterator[Finding]:
        for name in self.names:
            for match in name.pattern.finditer(folded.text):
                if _meant(name, match[1]):
                    yield Finding(*folded.span(*match.span()), self.kind)
        yield from self._nearly(folded)

    def _nearly(self, folded: Folded) -> Iterator[Finding]:
        """Words with a capital that differ from a name by one letter."""
        long = [each.letters for each in self.names if len(each.letters) >= _FORGIVEN]
        if not self.forgiving:
            return
        for match in _WORD.finditer(folded.text) if long else ():
            word = match[0].casefold()
            capital = match[0][0].isupper() and word not in _WORDS
            if capital and any(one_apart(word, letters) for letters in long):
                yield Finding(*folded.span(*match.span()), self.kind)


def one_apart(one: str, other: str) -> bool:
    """Whether two words differ by at most one letter added, left out or replaced, or by two
    neighbours changed over; the first letter must be the same.
    """
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    same = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    left, right = one[same:], other[same:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def _built(forms: Iterable[str]) -> tuple[_Name, ...]:
    names: dict[str, _Name] = {}
    for form in forms:
        letters = bare(form)
        if len(letters) > 1 and not letters.isdigit():
            names.setdefault(letters, _name(form, letters))
    return tuple(names.values())


def _name(form: str, letters: str) -> _Name:
    pieces = tuple(len(each) for each in re.split(r"[\W_]+", fold(form).text) if each)
    pattern = re.compile(f"{_STARTS}({as_written(letters)}){_ENDS}")
    return _Name(letters, pieces, pattern)


def _forms(name: str) -> Iterator[str]:
    """The forms of a name: whole, reversed, each part, and each end that begins with a particle."""
    parts = [each for each in re.split(r"[\s\-/,.()'’&+_]+", name) if each]
    parts = [each for each in parts if bare(each) not in _COMPANIES]
    yield " ".join(parts)
    yield " ".join(reversed(parts))
    yield from (each for each in parts if bare(each) not in _PARTICLES)
    for place, part in enumerate(parts[:-1]):
        # "El Amrani" of "Fatima El Amrani", "Vanden Berghe" of "Jan Vanden Berghe".
        if bare(part) in _PARTICLES:
            rest = parts[place:]
            own = next((n for n, each in enumerate(rest) if bare(each) not in _PARTICLES), None)
            yield " ".join(rest)
            yield " ".join(rest[: own + 1] if own is not None else [])


def _meant(name: _Name, said: str) -> bool:
    """Whether the words that were found are meant as that name.

    A short name, or one that is also a word, needs its capital. So does a broken one: "Du pont" is
    a name and "du pont" is none. A short name may be broken once only, so that it is not put
    together from the words of a sentence.
    """
    size, capital = len(name.letters), not said[0].islower()
    if not capital and (size <= _SHORT or name.letters in _WORDS):
        return False
    pieces = tuple(len(each) for each in re.split(r"[\W_]+", said) if each)
    if len(pieces) == 1 or pieces == name.pieces or set(pieces) == {1}:
        return True
    once = len(pieces) == max(2, len(name.pieces) + 1)
    return capital and (size >= _SPLIT_FREELY or (size > _SHORT and once))
