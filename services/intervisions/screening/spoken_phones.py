"""Telephone numbers in words are found, such as zéro quatre cent septante, douze, … Pure.

A number in Belgium begins with a nought, which an amount of money does not; five words of numbers
must follow it.
"""

import re
from collections.abc import Iterator

from services.intervisions.screening.findings import Finding, Kind
from services.intervisions.screening.folding import Folded

_FRENCH = (
    "zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
    " seize vingt vingts trente quarante cinquante soixante septante nonante quatre-vingt cent et"
)
_DUTCH_ONES = "een twee drie vier vijf zes zeven acht negen"
_DUTCH_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig"
_DUTCH = f"nul {_DUTCH_ONES} tien elf twaalf dertien veertien honderd en"
_ENGLISH = (
    "zero oh nought one two three four five six seven eight nine ten eleven twelve double thirty"
    " twenty forty fifty sixty seventy eighty ninety hundred and"
)
_JOINED = rf"(?:(?:{'|'.join(_DUTCH_ONES.split())})en)?(?:{'|'.join(_DUTCH_TENS.split())})"
_WORDS = "|".join(sorted({*f"{_FRENCH} {_DUTCH} {_ENGLISH}".split()}, key=len, reverse=True))
_NUMBER = rf"(?:{_JOINED}|{_WORDS})"
_SPOKEN = re.compile(
    rf"(?<![^\W_])(?:zero|nul|oh|nought)(?:[ ,.\-]{{1,3}}{_NUMBER}(?![^\W_])){{5,20}}",
    re.IGNORECASE,
)


def spoken_phones_in(folded: Folded) -> Iterator[Finding]:
    for match in _SPOKEN.finditer(folded.text):
        yield Finding(*folded.span(*match.span()), Kind.PHONE)
