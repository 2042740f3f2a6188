"""What a peer could put together: two collections joined on every value, instant, size and hash.

The rule, openly. Compared are
- strings that are no word of the API's own document, as a whole; and, of four words or more, every
  four words in a row, without accents, signs and capitals;
- numbers from 100 on, and sizes and SHA-256 of what was answered and attached;
- instants, within five minutes of each other. Not the one inside the id of an alert (RFC 9562
  §5.7): it is of the machine's clock, which stands apart from that of a test. What an act does to
  both sides at once is found by looking before and after it.
Not compared is what everybody in the network is told alike: what the same person is shown by lists
of the network (people, houses, courts, settings, and who they are themselves), and the words
of mails.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from services.shared.words.catalogue import LANGUAGES
from tests.intervisions.collecting import OTHER, Piece, leaves
from tests.words import texts

_LAYOUTS = Path(__file__).parents[2] / "notifications" / "templates"
NEAR = timedelta(minutes=5)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
_STAMP = re.compile(r"\b(\d{8}T\d{6})(Z?)")
# Since then the clocks change as they do, which a calendar says.
_SUMMER = datetime(1997, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{2,}-?\d{3,}\S*|\b\d{3,}\b")


def values(piece: Piece) -> Iterator[tuple[str, str]]:
    """Each with its kind: value, words."""
    for each in _texts(piece):
        plain = _plain(each)
        words = plain.split()
        if words:
            yield "value", plain
        for start in range(len(words) - 3):
            yield "words", " ".join(words[start : start + 4])
        for token in _TOKEN.findall(each):
            yield "value", _plain(token)
    for content in (piece.text.encode(), piece.content):
        if len(content) > 2:
            yield "hash", sha256(content).hexdigest()
    for name, value in piece.headers:
        if name == "ETag" and not re.fullmatch(r'(W/)?"v\d{1,2}"', value):
            yield "value", _plain(value)


def instants(piece: Piece) -> Iterator[datetime]:
    for found in _INSTANT.findall(piece.text):
        yield datetime.fromisoformat(found).astimezone(UTC)
    for found, _ in _STAMP.findall(piece.text):
        yield datetime.strptime(found, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    for name, value in piece.headers:
        if name in ("Date", "Last-Modified"):
            yield parsedate_to_datetime(value).astimezone(UTC)


def joined(
    ours: Iterable[Piece],
    theirs: Iterable[Piece],
    known: Iterable[Piece],
    *,
    document: Any,
) -> set[tuple[str, str, str, str]]:
    """(kind, value, a place where it is, a place where it is too) for everything in both."""
    common = {value for piece in known for value in values(piece)}
    common |= _said_by_templates()
    common |= {("value", _plain(word)) for word in _words_of(document)}
    left, right = _index(ours), _index(theirs)
    return {(*value, left[value], right[value]) for value in left.keys() & right.keys() - common}


def coincident(ours: Iterable[Piece], theirs: Iterable[Piece]) -> set[tuple[str, str, str, str]]:
    left = {(at, piece.name) for piece in ours for at in instants(piece) if at > _SUMMER}
    right = {(at, piece.name) for piece in theirs for at in instants(piece) if at > _SUMMER}
    return {
        (str(at), str(other), name, again)
        for at, name in left
        for other, again in right
        if abs(at - other) <= NEAR
    }


def _index(pieces: Iterable[Piece]) -> dict[tuple[str, str], str]:
    return {value: piece.name for piece in pieces for value in values(piece)}


def _texts(piece: Piece) -> Iterator[str]:
    try:
        given = json.loads(piece.text)
    except ValueError:
        yield from (line for line in piece.text.splitlines() if line.strip())
        return
    for _, value in leaves(given):
        if isinstance(value, str) and not _is_time(value):
            yield value
        elif isinstance(value, int | float) and not isinstance(value, bool) and value >= 100:
            yield str(value)


def _is_time(value: Any) -> bool:
    """Instants are compared as such; days are values."""
    return bool(_INSTANT.fullmatch(value))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (each if each.isalnum() or each in "-" else " " for each in apart)
    return " ".join("".join(kept).split())


def _words_of(document: Any) -> Iterator[str]:
    """The states, kinds and answers that a schema lists."""
    if isinstance(document, dict):
        for each in document.get("enum", ()):
            yield str(each)
        for each in document.values():
            yield from _words_of(each)
    elif isinstance(document, list):
        for each in document:
            yield from _words_of(each)


@cache
def _said_by_templates() -> frozenset[tuple[str, str]]:
    return frozenset(value for piece in _templates() for value in values(piece))


def _templates() -> Iterator[Piece]:
    """What every mail says around what it tells, line by line."""
    layouts = [file.read_text(encoding="utf-8") for file in sorted(_LAYOUTS.iterdir())]
    said = [form for each in LANGUAGES for forms in texts(each).values() for form in forms]
    for text in (*layouts, *said):
        bare = re.sub(r"{[{%#]?.*?[}%#]?}", " ", text)
        yield Piece(OTHER, "mail", re.sub(r"<[^>]+>", "\n", bare))
