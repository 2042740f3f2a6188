"""A text is folded once for all searches: accents go, and each letter keeps its position. Pure.

What a person or a scanner may write instead of a letter stands here: 0 for O, 1 or I for l, 5 for
S, rn for m.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters that do not decompose, and letters of other alphabets that look the same.
_SPECIAL = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "þ": "th", "ð": "d",
    "а": "a", "А": "A", "е": "e", "Е": "E", "о": "o", "О": "O", "р": "p", "Р": "P", "с": "c",
    "С": "C", "х": "x", "Х": "X", "у": "y", "і": "i", "І": "I", "В": "B", "Н": "H", "К": "K",
    "М": "M", "Т": "T", "Α": "A", "Β": "B", "Ε": "E", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N",
    "Ο": "O", "ο": "o", "Ρ": "P", "Τ": "T", "Χ": "X",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "ʹ": "'", "−": "-",
}  # fmt: skip
_AS_READ = {
    "o": "[oO0]",
    "i": "(?:[iI1|!]|l(?=[A-Z])|(?<=[A-Z])l)",
    "l": "(?:[lL1|]|(?<=[a-z])I|I(?=[a-z]))",
    "s": "[sS5$]",
    "b": "[bB8]",
    "z": "[zZ2]",
    "g": "[gG9]",
    "0": "[0oOQ]",
    "1": "[1lI|!]",
    "2": "[2zZ]",
    "5": "[5sS]",
    "8": "[8B]",
}
# A word of Cyrillic letters alone, of which one looks like none of ours, is read as it sounds.
_SOUNDS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "і": "i", "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ы": "y", "э": "e", "є": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_CYRILLIC = re.compile("(?<![^\\W_])[\u0400-\u04ff]{2,}(?![^\\W_])")
# Two letters that are read as one, and the reverse.
_PAIRS = {"rn": "m", "vv": "w", "ij": "y"}
_SINGLES = {single: pair for pair, single in _PAIRS.items()}
# A digit, or what a scanner makes of one.
DIGIT = "[0-9OoIlSB|]"
_DIGITS = str.maketrans("OoIl|SB", "0011158")
# Between two letters of one word: nothing, a space, a dot, a hyphen, up to three of them.
GAP = r"[\W_]{0,3}"
LETTER = r"[^\W\d_]"


@dataclass(frozen=True)
class Folded:
    """A folded text; `places[n]` is the position of its n-th sign in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.places[start], self.places[end - 1] + 1


def fold(words: str) -> Folded:
    signs: list[str] = []
    places: list[int] = []
    sounding = {
        place
        for match in _CYRILLIC.finditer(words)
        if any(each not in _SPECIAL for each in match[0])
        for place in range(*match.span())
    }
    for place, sign in enumerate(words):
        for plain in _sound(sign) if place in sounding else _plain(sign):
            signs.append(plain)
            places.append(place)
    return Folded("".join(signs), tuple(places))


def _sound(sign: str) -> str:
    said = _SOUNDS.get(sign.casefold(), "")
    return said.capitalize() if sign.isupper() else said


def bare(words: str) -> str:
    """The letters and digits of a text in lower case, which all spellings of a name share."""
    return "".join(each for each in fold(words).text.casefold() if each.isalnum())


def digits(words: str) -> str:
    """The digits of a text, with letters read as the digits that a scanner took for them."""
    return "".join(each for each in words.translate(_DIGITS) if each.isdigit())


@lru_cache(maxsize=1024)
def as_written(letters: str, gap: str = GAP) -> str:
    """The pattern of every way in which these bare letters are written, spaced out or misread."""
    parts: list[str] = []
    place = 0
    while place < len(letters):
        pair = letters[place : place + 2]
        size = 2 if pair in _PAIRS else 1
        parts.append(_pair(pair, gap) if size == 2 else _one(letters[place], gap))
        place += size
    return gap.join(parts)


def _pair(pair: str, gap: str) -> str:
    first, second = (_single(each) for each in pair)
    return f"(?:{first}{gap}{second}|{_single(_PAIRS[pair])})"


def _one(letter: str, gap: str) -> str:
    pair = _SINGLES.get(letter)
    if pair is None:
        return _single(letter)
    first, second = (_single(each) for each in pair)
    return f"(?:{_single(letter)}|{first}{gap}{second})"


def _single(letter: str) -> str:
    known = _AS_READ.get(letter)
    if known is not None:
        return known
    upper = letter.upper()
    return re.escape(letter) if upper == letter else f"[{letter}{upper}]"


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    known = _SPECIAL.get(sign)
    if known is not None:
        return known
    kept = (each for each in unicodedata.normalize("NFKD", sign) if _counts(each))
    return "".join(map(_usual, kept))


def _counts(sign: str) -> bool:
    """Whether a reader sees the sign, unlike a soft hyphen or a zero-width space."""
    return not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"


def _usual(sign: str) -> str:
    if sign.isspace():
        return " "
    if unicodedata.category(sign) == "Pd":
        return "-"
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)
