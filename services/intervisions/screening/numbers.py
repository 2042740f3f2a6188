"""Numbers that name somebody: telephone, national register, IBAN. Pure.

They are found whatever stands between their digits, and where a scanner took a digit for a letter.
A national register number has eleven digits, the last two being 97 minus the rest modulo 97, with a
2 before the first nine for people born from 2000 on (Royal Decree of 3 April 1984, art. 3).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import DIGIT, Folded, digits

_GROUP = rf"(?:{DIGIT}*[0-9]{DIGIT}*|{DIGIT}{{1,2}})"
_RUN = re.compile(rf"(?<![^\W_])[+]?[( ]{{0,2}}{_GROUP}(?:[ .,\-/()·_]{{1,3}}{_GROUP})*(?![^\W_])")
_TOKEN = re.compile(rf"{DIGIT}+")
_BELGIAN = re.compile(r"(?:(?:00|\+)320?|0)(?:4\d{8}|[1-9]\d{7})")
_FOREIGN = re.compile(r"(?:\+|00)(?!32)[1-9]\d{7,13}")
_IBAN = re.compile(
    rf"(?<![^\W_])([Bb8][Ee](?:[ .\-]{{0,2}}{DIGIT}){{14}})(?![^\W_])"
    r"|(?<![^\W_])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30})(?![^\W_])"
)
_SHAPE = re.compile(
    rf"(?<![^\W_]){DIGIT}{{2}}[. ]{{1,2}}{DIGIT}{{2}}[. ]{{1,2}}{DIGIT}{{2}}"
    rf" ?[-. ] ?{DIGIT}{{3}} ?[-. ] ?{DIGIT}{{2}}(?![^\W_])"
)
_LONGEST = 17
_MOST_GROUPS = 17


@dataclass(frozen=True)
class Numbers:
    """The numbers to look for; `own` are telephone and other numbers of the case, as digits."""

    phones: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, phones: Iterable[str], others: Iterable[str]) -> "Numbers":
        own = (_national(each) for each in phones)
        known = (digits(each) for each in others)
        return cls(
            frozenset(each for each in own if len(each) >= 6),
            frozenset(each for each in known if len(each) >= 6),
        )

    def found_in(self, folded: Folded) -> Iterator[Finding]:
        for match in _IBAN.finditer(folded.text):
            if match[1] or is_iban(match[2]):
                yield Finding(*folded.span(*match.span()), Kind.BANK_ACCOUNT)
        for match in _SHAPE.finditer(folded.text):
            if sum(each.isdigit() for each in match[0]) > 5:
                yield Finding(*folded.span(*match.span()), Kind.NATIONAL_NUMBER)
        for run in _RUN.finditer(folded.text):
            yield from self._in_run(run, folded)

    def _in_run(self, run: re.Match[str], folded: Folded) -> Iterator[Finding]:
        """The longest number that begins at each group; a group inside a number begins no other."""
        groups = list(_TOKEN.finditer(folded.text, *run.span()))
        after = run.start()
        for first, begins in enumerate(groups):
            if begins.start() < after:
                continue
            plus = "+" in folded.text[max(run.start(), begins.start() - 2) : begins.start()]
            for last in reversed(range(first, min(len(groups), first + _MOST_GROUPS))):
                end = groups[last].end()
                kind = self._kind(folded.text[begins.start() : end], plus=plus)
                if kind is not None:
                    yield Finding(*folded.span(begins.start() - plus, end), kind)
                    after = end
                    break

    def _kind(self, words: str, *, plus: bool) -> Kind | None:
        number = digits(words)
        real = sum(each.isdigit() for each in words)
        if len(number) > _LONGEST or len(number) < 6 or real * 2 < len(number):
            return None
        if number in self.others or (len(number) == 11 and is_national(number)):
            return Kind.NATIONAL_NUMBER
        called = f"+{number}" if plus else number
        if _national(called) in self.phones:
            return Kind.PHONE
        known = _BELGIAN.fullmatch(called) or _FOREIGN.fullmatch(called)
        return Kind.PHONE if known else None


def is_national(number: str) -> bool:
    """Whether eleven digits have the right remainder and a possible month, which a bis number
    shifts by 20 or 40.
    """
    body, check = int(number[:9]), int(number[9:])
    month = int(number[2:4])
    possible = month % 20 <= 12 and month < 60 and int(number[4:6]) <= 31
    return possible and check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def is_iban(words: str) -> bool:
    plain = "".join(each for each in words.upper() if each.isalnum())
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _national(words: str) -> str:
    """The digits of a number; a Belgian one loses its country and trunk prefix."""
    number = digits(words)
    if number.startswith("0032"):
        number = number[4:]
    elif number.startswith("32") and len(number) > 9:
        number = number[2:]
    return number.lstrip("0")
