"""Keyset pages: an opaque cursor, a `Link: <…>; rel="next"` (RFC 8288), never a total."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from marshmallow import fields, validate

from case_api.http.fields import Schema, StrictInteger
from case_api.problems import Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
MAX_CURSOR = 400
# What a cursor may be made of, and how each part is read back from JSON.
_READERS: dict[type, Any] = {
    str: str,
    int: int,
    UUID: UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """`next_cursor`: the key of the last item (a text, or a tuple as declared); None at the end."""

    items: Sequence[Any]
    next_cursor: str | tuple[Any, ...] | None = None

    @classmethod
    def cut(
        cls, found: Sequence[Any], limit: int, key: Callable[[Any], str | tuple[Any, ...]]
    ) -> "Page":
        """The first `limit` of what was asked for with one more; `key` is the last one's place."""
        more = len(found) > limit
        return cls(items=found[:limit], next_cursor=key(found[limit - 1]) if more else None)


class NoArgs(Schema):
    """A query string where none is expected is refused."""


class PageArgs(Schema):
    limit = StrictInteger(
        minimum=1,
        maximum=MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "How many items at most."},
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(min=1, max=MAX_CURSOR),
        metadata={"description": "Opaque; from the Link header of the page before."},
    )


def encode(key: str | tuple[Any, ...]) -> str:
    """base64url (RFC 4648 §5) of JSON."""
    plain = key if isinstance(key, str) else [_plain(part) for part in key]
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(cursor: str, parts: tuple[type, ...]) -> str | tuple[Any, ...]:
    """The key that `encode` was given; 400 for anything else. No parts: the key is one text."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        return _typed(key, parts)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise Problem(400, "cursor-malformed") from None


def next_link(key: str | tuple[Any, ...]) -> str:
    """The Link header's value: this request again, from the key on."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "cursor"]
    return f'<{request.path}?{urlencode([*kept, ("cursor", encode(key))])}>; rel="next"'


def _plain(part: Any) -> Any:
    return part if isinstance(part, str | int) else str(part)


def _typed(key: Any, parts: tuple[type, ...]) -> str | tuple[Any, ...]:
    if not parts and isinstance(key, str) and key.isprintable():
        return key
    if not parts or not isinstance(key, list) or len(key) != len(parts):
        raise ValueError("cursor")
    return tuple(_part(value, kind) for value, kind in zip(key, parts, strict=True))


def _part(value: Any, kind: type) -> Any:
    wanted = int if kind is int else str
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise TypeError("cursor")
    if isinstance(value, str) and not value.isprintable():
        raise ValueError("cursor")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("cursor")
    read = _READERS[kind](value)
    if isinstance(read, datetime) and read.tzinfo is None:
        raise ValueError("cursor")
    return read
