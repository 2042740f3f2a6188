"""What is wrong with one field of a request, said to the reader in their language.

Marshmallow raises its own faults as English sentences with the limits filled in. The texts `field.`
of the English catalogue are those sentences, so that each is found again by its form.
"""

import re
from functools import cache

from services.shared.words.catalogue import keys, pattern, say

SOURCE = "en"


def wrong(fault: str, **limits: object) -> str:
    """A fault of our own, as marshmallow would raise it; `in_words` says it to the reader."""
    return say(f"field.{fault}", SOURCE, **limits)


def in_words(raised: str, language: str) -> str:
    """The same fault in the reader's language; as it was raised if the catalogue has no such."""
    for form, key in _forms():
        if found := form.fullmatch(raised):
            return say(key, language, **found.groupdict())
    return raised


@cache
def _forms() -> list[tuple[re.Pattern[str], str]]:
    """The longest first: "from 0 to 9" would be found as "from 0" too."""
    texts = sorted(((pattern(key, SOURCE), key) for key in keys("field.")), reverse=True, key=_size)
    return [(_form(text), key) for text, key in texts]


def _size(text: tuple[str, str]) -> int:
    return len(text[0])


def _form(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(text)))
