"""Refusals as RFC 9457 problem details, in the reader's language."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app

from case_api.languages import chosen_language
from services.shared.words.catalogue import has_text, say

MEDIA_TYPE = "application/problem+json"
# The text of a status when a code has none of its own.
GENERIC = {
    400: "bad-request",
    401: "not-signed-in",
    403: "refused",
    404: "not-found",
    405: "method-not-allowed",
    408: "request-timeout",
    409: "conflict",
    412: "stale-version",
    413: "body-too-large",
    414: "address-too-long",
    415: "unsupported-media-type",
    422: "invalid-input",
    428: "version-required",
    429: "too-many-requests",
    500: "internal-error",
    503: "unavailable",
}


class Problem(Exception):
    """A refusal by the HTTP layer itself; `facts` become members of the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        headers: Mapping[str, str] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.facts = facts or {}


def type_of(code: str) -> str:
    """The stable URI of a kind of problem; it leads to a page that explains it."""
    return f"{current_app.config['PUBLIC_URL']}/api/problems/{code}"


def new_error_id() -> str:
    """Ties an answer to its line in the log; says nothing else."""
    return secrets.token_hex(8)


def texts_of(code: str) -> str | None:
    """The key under which a code has its `title` and its `detail`, if it has its own."""
    key = f"problem.{code}"
    return key if has_text(f"{key}.title") else None


def answer(problem: Problem, error_id: str) -> Response:
    """The response of a problem. RFC 9457 §3: type, title, status, detail and our own members."""
    language = chosen_language()
    texts = texts_of(problem.code) or f"problem.{_generic(problem.status)}"
    members = {name: _plain(value) for name, value in problem.facts.items()}
    body = {
        **members,
        "type": type_of(problem.code),
        "title": say(f"{texts}.title", language),
        "status": problem.status,
        "detail": say(f"{texts}.detail", language),
        "code": problem.code,
        "error_id": error_id,
    }
    response = Response(json.dumps(body, ensure_ascii=False), problem.status, mimetype=MEDIA_TYPE)
    response.headers.update(problem.headers)
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def _generic(status: int) -> str:
    return GENERIC.get(status) or GENERIC[400 if status < 500 else 500]


def _plain(value: Any) -> Any:
    """Facts are ids, dates and numbers; `errors` of a rejected body is a list of texts."""
    return value if isinstance(value, str | int | list | None) else str(value)
