"""Exact dates in a text, however they are written in French, Dutch or English. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.intervisions.screening.folding import DIGIT, Folded, as_written, digits

_FRENCH = (
    "janvier janv", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout",
    "septembre sept", "octobre oct", "novembre nov", "decembre dec",
)  # fmt: skip
_DUTCH = (
    "januari jan", "februari feb febr", "maart mrt", "april apr", "mei", "juni", "juli",
    "augustus aug", "september", "oktober okt", "november", "december",
)  # fmt: skip
_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_ORDINALS = {"premier": 1, "eerste": 1, "first": 1}
_D = rf"{DIGIT} ?{DIGIT}?"
_Y = rf"(?:{DIGIT} ?{DIGIT} ?{DIGIT} ?{DIGIT}|{DIGIT}{DIGIT})"
_EDGE = r"(?<![^\W_])(?<![^\W_][/.\-])"
_NUMERIC = re.compile(rf"{_EDGE}({_D}) ?([/.\-]) ?({_D}) ?\2 ?({_Y})(?![^\W_])(?![/\-][0-9])")
_SPACED = re.compile(rf"{_EDGE}({DIGIT}{{1,2}}) ({DIGIT}{{1,2}}) ([12][09]{DIGIT}{{2}})(?![^\W_])")
_ISO = re.compile(
    rf"(?<![^\W_])([12][09]{DIGIT}{{2}}) ?([\-/.]) ?({DIGIT}{{1,2}}) ?\2"
    rf" ?({DIGIT}{{1,2}})(?![^\W_])"
)
_NO_YEAR = re.compile(
    r"(?<![^\W_/])(?:(?<=[Ll]e )|(?<=[Oo]p )|(?<=[Dd]u )|(?<=[Aa]u )|(?<= on )|(?<=On )"
    r"|(?=0\d/\d\d|\d\d/0\d))(\d{1,2})/(\d{1,2})(?![\d/])"
)


def _month_pattern(*languages: tuple[str, ...]) -> str:
    words = {word for months in languages for forms in months for word in forms.split()}
    written = (as_written(each, "") for each in sorted(words, key=len, reverse=True))
    return f"(?:{'|'.join(written)})"


_MONTH = _month_pattern(_FRENCH, _DUTCH, _ENGLISH)
_NAMED = re.compile(
    rf"(?<![^\W_])({DIGIT} ?{DIGIT}|{DIGIT}|premier|eerste|first) ?"
    r"(?:er|e|de|ste|st|nd|rd|th|\.)?[ \-.]{0,3}(?:(?:de |of )?)"
    rf"({_MONTH})(?![^\W\d_])\.?(?:[ \-.,]{{0,3}}({_Y})(?![^\W_]))?"
)
_MONTH_FIRST = re.compile(
    rf"(?<![^\W_])({_month_pattern(_ENGLISH)}) ({DIGIT}{{1,2}})(?:st|nd|rd|th)?(?![^\W_])"
    r"(?:,? ([12]\d{3})(?![^\W_]))?"
)
_NUMBER_OF = {
    word: number
    for months in (_FRENCH, _DUTCH, _ENGLISH)
    for number, forms in enumerate(months, 1)
    for word in forms.split()
}


@dataclass(frozen=True)
class Found:
    """A date in a text; `year` is None where the text says none."""

    start: int
    end: int
    year: int | None
    month: int
    day: int

    def on(self, today: date) -> date | None:
        """The day that is meant, if there is one; without a year, the nearest to `today`."""
        years = [self.year] if self.year else [today.year - 1, today.year, today.year + 1]
        possible = [day for each in years if (day := _day(each, self.month, self.day))]
        return min(possible, key=lambda each: abs(each - today), default=None)


def dates_in(folded: Folded) -> Iterator[Found]:
    """The dates that a text names, not in the order of the text."""
    text = folded.text
    for match in _NUMERIC.finditer(text):
        yield from _found(folded, match, match[4], match[3], match[1])
    for match in _SPACED.finditer(text):
        yield from _found(folded, match, match[3], match[2], match[1])
    for match in _ISO.finditer(text):
        yield from _found(folded, match, match[1], match[3], match[4])
    for match in _NO_YEAR.finditer(text):
        yield from _found(folded, match, None, match[2], match[1])
    for match in _NAMED.finditer(text):
        if match[2].casefold() != "may" or match[2][0].isupper():
            yield from _found(folded, match, match[3], match[2], match[1])
    for match in _MONTH_FIRST.finditer(text):
        if match[1][0].isupper():
            yield from _found(folded, match, match[3], match[1], match[2])


def _found(
    folded: Folded, match: re.Match[str], year: str | None, month: str, day: str
) -> Iterator[Found]:
    number = _month(month)
    said = _ORDINALS.get(day) or int(digits(day) or 0)
    if not (number and 1 <= number <= 12 and 1 <= said <= 31):
        return
    # "Il est" is no eleven: one real digit at least must be there.
    if not any(each.isdigit() for each in f"{day}{year or ''}") and day not in _ORDINALS:
        return
    yield Found(*folded.span(*match.span()), _year(year), number, said)


def _month(said: str) -> int | None:
    if sum(each.isalpha() for each in said) < 3:
        return int(digits(said) or 0)
    for word, number in _NUMBER_OF.items():
        if re.fullmatch(as_written(word, ""), said):
            return number
    return None


def _year(said: str | None) -> int | None:
    if said is None:
        return None
    number = digits(said)
    if len(number) == 2:
        return (1900 if number > "40" else 2000) + int(number)
    return int(number) or None


def _day(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year or 1, month, day)
    except ValueError:
        return None
