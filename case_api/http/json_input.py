"""The one way in for JSON bodies, paths and query strings: what passes here is safe to hand on.

Strict UTF-8, bounded size, depth and number of values, no duplicate names (RFC 8259 §4), no control
characters, lone surrogates or numbers that PostgreSQL cannot hold; text is normalised to NFC.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import request
from marshmallow import Schema, ValidationError, fields

from case_api.http.field_errors import in_words, wrong
from case_api.languages import chosen_language
from case_api.problems import Problem

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 2_000
MAX_PATH = 2_048
MAX_QUERY = 4_096
INT8 = range(-(2**63), 2**63)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# C0 but tab and line feed, DEL, C1, and surrogates that have no partner.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_TRUTH = {"true": True, "false": False}


def check_target() -> None:
    """Refuse a path or a query string that no route of ours could mean."""
    path = request.environ.get("PATH_INFO", "").encode("latin-1")
    if len(path) > MAX_PATH or len(request.query_string) > MAX_QUERY:
        raise Problem(414, "address-too-long")
    if re.search("[\t\n]", clean_text(_utf8(path))):
        raise Problem(400, "text-not-accepted")
    for name, value in _query_pairs():
        clean_text(name)
        clean_text(value)


def load_body(schema: Schema, *, may_be_empty: bool = False) -> Any:
    """The body through `schema`: 400, 413 or 415 for what is no clean JSON, 422 for the rest."""
    if may_be_empty and not request.get_data():
        return load_values(schema, {}, prefix="#")
    _require_json()
    return load_values(schema, parse(request.get_data()), prefix="#")


def refuse_body() -> None:
    """Refuse a body to an operation that takes none: only nothing or an empty object passes."""
    body = request.get_data()
    if body:
        _require_json()
    if body and parse(body) != {}:
        errors = [_fault("#", wrong("no_body"))]
        raise Problem(422, "invalid-input", facts={"errors": errors})


def load_query(schema: Schema) -> Any:
    """The query string through `schema`; a name may only repeat where a list is expected."""
    values: dict[str, Any] = {}
    for name, value in _query_pairs():
        field = schema.fields.get(name)
        typed = _typed(field, clean_text(value))
        if isinstance(field, fields.List):
            values.setdefault(name, []).append(typed)
        elif name in values:
            raise Problem(400, "duplicate-name")
        else:
            values[name] = typed
    return load_values(schema, values, prefix="?")


def parse(body: bytes) -> Any:
    """One JSON value (RFC 8259) within the limits above, its texts normalised to NFC."""
    if len(body) > MAX_BYTES:
        raise Problem(413, "body-too-large")
    text = _utf8(body)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except json.JSONDecodeError:
        raise Problem(400, "json-malformed") from None
    return _Cleaner().clean(value)


def clean_text(text: str) -> str:
    """NFC, line ends as \\n. Control characters and lone surrogates are refused."""
    text = text.replace("\r\n", "\n")
    if _FORBIDDEN.search(text):
        raise Problem(400, "text-not-accepted")
    return unicodedata.normalize("NFC", text)


class _Cleaner:
    """Walks a parsed value once; depth is already bounded."""

    def __init__(self) -> None:
        self._nodes = 0

    def clean(self, value: Any) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Problem(400, "json-too-complex")
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, list):
            return [self.clean(each) for each in value]
        if isinstance(value, dict):
            return {name: self.clean(each) for name, each in value.items()}
        return value


def _require_json() -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoded = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    if request.mimetype != "application/json" or charset != "utf-8" or encoded:
        raise Problem(415, "unsupported-media-type")


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Problem(400, "text-not-accepted") from None


def _check_depth(text: str) -> None:
    """Refuse deep input before parsing: json's own scanner recurses and would exhaust the stack."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", _STRING.sub('""', text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise Problem(400, "json-too-complex")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = {clean_text(name): value for name, value in pairs}
    if len(members) != len(pairs):
        raise Problem(400, "duplicate-name")
    return members


def _no_constant(_name: str) -> NoReturn:
    raise Problem(400, "json-malformed")


def _integer(digits: str) -> int:
    """Length first: converting a very long number costs quadratic time."""
    if len(digits) > 20 or int(digits) not in INT8:
        raise Problem(400, "number-out-of-range")
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Problem(400, "number-out-of-range")
    return number


def _query_pairs() -> Iterator[tuple[str, str]]:
    for pair in filter(None, request.query_string.split(b"&")):
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        yield _utf8(unquote_to_bytes(name)), _utf8(unquote_to_bytes(value))


def _typed(field: fields.Field[Any] | None, value: str) -> Any:
    """A query string knows only text; whole numbers and truth values are read where expected."""
    if isinstance(field, fields.Integer) and _WHOLE.fullmatch(value):
        return _integer(value)
    if isinstance(field, fields.Boolean):
        return _TRUTH.get(value, value)
    return value


def load_values(schema: Schema, value: Any, *, prefix: str) -> Any:
    """What the schema makes of it; 422 with a pointer for each fault."""
    try:
        return schema.load(value)
    except ValidationError as refusal:
        errors = [_fault(prefix + path, text) for path, text in _flat(refusal.messages, "")]
        raise Problem(422, "invalid-input", facts={"errors": errors}) from None


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    """Marshmallow's nested messages as (JSON Pointer (RFC 6901), text)."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _flat(inner, path if name == "_schema" else f"{path}/{step}")
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path)
    else:
        yield path, str(messages)


def _fault(pointer: str, raised: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": in_words(raised, chosen_language())}
