"""Versions as entity tags (RFC 9110 §8.8.3): version 3 is `"v3"`, always strong."""

import hashlib
import re

from flask import Response, request

from case_api.problems import Problem

_STRONG = re.compile(r'"[\x21\x23-\x7e]*"')
_OURS = re.compile(r'"v(0|[1-9][0-9]{0,8})"')


def tag(version: int) -> str:
    return f'"v{version}"'


def required_version() -> int:
    """The version of If-Match (RFC 9110 §13.1.1). 428 if missing; 400 if not one strong tag.

    A strong tag that we never gave cannot match: 412.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Problem(428, "version-required")
    ours = _OURS.fullmatch(given)
    if ours:
        return int(ours[1])
    if _STRONG.fullmatch(given):
        raise Problem(412, "stale-version")
    raise Problem(400, "version-malformed")


def content_tag(body: bytes) -> str:
    """The tag of an answer without a version: equal bytes, equal tag."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def with_tag(response: Response, entity_tag: str) -> Response:
    """Add the tag; a GET whose If-None-Match holds it becomes 304 without a body."""
    response.headers["ETag"] = entity_tag
    wanted = request.if_none_match
    if request.method in ("GET", "HEAD") and (
        wanted.star_tag or wanted.contains_weak(entity_tag.strip('"'))
    ):
        response.set_data(b"")
        response.status_code = 304
        del response.headers["Content-Type"]
    return response
