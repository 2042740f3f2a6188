"""What a route returns, and the HTTP response made of it inside the transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from case_api.http.etags import content_tag, tag, with_tag
from case_api.http.operation import Operation
from case_api.http.paging import Page, next_link


@dataclass(frozen=True)
class Reply:
    """A value with its version (ETag) or further headers.

    A value that has a `version` of its own needs none here."""

    value: Any = None
    version: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def respond(result: Any, operation: Operation, path: Mapping[str, Any]) -> Response:
    """Dump `result` (a value, a Page, a list or a Reply around one) as the operation says."""
    reply = result if isinstance(result, Reply) else Reply(result)
    response = _body(reply.value, operation, path)
    response.headers.update(reply.headers)
    version = _version_of(reply)
    if version is not None:
        return with_tag(response, tag(version))
    # A file made of many records has no number of its own: its tag is what this reader got of it.
    has_body = operation.gives is not None
    return with_tag(response, content_tag(response.get_data())) if has_body else response


def _version_of(reply: Reply) -> int | None:
    """The record's own number comes first: the flush before this answer may have raised it."""
    own = getattr(reply.value, "version", None)
    return own if isinstance(own, int) else reply.version


def _body(value: Any, operation: Operation, path: Mapping[str, Any]) -> Response:
    gives, status = operation.gives, operation.status
    if gives is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
        return response
    if not operation.listing:
        said = gives.dump(value)
        response = _json(said, status)
        if operation.location is not None:
            response.headers["Location"] = operation.location.format(**{**path, **said})
        return response
    page = value if isinstance(value, Page) else Page(items=_items(value))
    response = _json({"items": gives.dump(page.items, many=True)}, status)
    if page.next_cursor is not None:
        response.headers["Link"] = next_link(page.next_cursor)
    return response


def _items(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError("a listing returns a Page, a list or a tuple")
    return value


def _json(value: Any, status: int) -> Response:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text, status, mimetype="application/json")
