"""The OpenAPI document, written by apispec from what the features declare."""

import json
from threading import Lock
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import fields

from case_api.api import Blueprint
from case_api.docs.contract import PROBLEM, ProblemOut, address, describe
from case_api.problems import MEDIA_TYPE

EXTENSION = "openapi"

INFO = """\
Shared case files for families who face eviction.

**Signing in.** Programs send an access token (RFC 9068) as `Authorization: Bearer …`. Browsers log
in at `/auth/login`; with a session cookie every change also needs the header `X-CSRF-Token`, whose
value stands in `GET /api/v1/me`.

**What you may not see does not exist**: 404, and no trace in lists.

**Changing.** Read a record, keep its `ETag`, send it back in `If-Match`: 412 if somebody was
faster. Send an `Idempotency-Key` with a POST that you may have to repeat.

**Lists** give `{"items": […]}`; the next page is in the `Link` header.

**Errors** are problem details (RFC 9457). `code` is stable; `type` leads to its explanation;
`title` and `detail` follow `Accept-Language` (en, fr, nl).
"""


class Specification:
    """The OpenAPI document of an application's features, in the order in which they come in.

    It is written when somebody first asks for it: that takes longer than building all the rest of
    the application, and no other request needs it.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._undescribed: list[Blueprint] = []
        self._describing = Lock()
        self._written = ""
        self._spec = _empty(app)
        app.extensions[EXTENSION] = self

    def register(self, blueprint: Blueprint) -> None:
        """Register the routes now; they are described when somebody asks for the document."""
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def document(self) -> str:
        """All of it, as JSON."""
        with self._describing:
            if self._undescribed or not self._written:
                while self._undescribed:
                    self._describe(self._undescribed.pop(0))
                self._written = json.dumps(self._spec.to_dict(), ensure_ascii=False)
            return self._written

    def _describe(self, blueprint: Blueprint) -> None:
        for operation in blueprint.operations:
            path, parameters = address(operation.rule)
            described = {operation.method.lower(): describe(operation, blueprint.name)}
            self._spec.path(path, operations=described, parameters=parameters)
        self._spec.tag({"name": blueprint.name, "description": blueprint.description})


def of(app: Flask) -> Specification:
    found = app.extensions[EXTENSION]
    assert isinstance(found, Specification)
    return found


def _empty(app: Flask) -> APISpec:
    """The document without its features: who may sign in how, and what a problem looks like."""
    schemas = MarshmallowPlugin()
    spec = APISpec(
        "Maillage",
        "v1",
        "3.1.0",
        plugins=[schemas],
        info={"description": INFO},
        servers=[{"url": "/"}],
        security=[{"bearer": []}, {"cookie": []}],
    )
    assert schemas.converter is not None
    schemas.converter.add_attribute_function(_decimal_as_text)  # type: ignore[no-untyped-call]
    content = {MEDIA_TYPE: {"schema": ProblemOut}}
    problem = {"description": "A problem (RFC 9457).", "content": content}
    spec.components.response(PROBLEM, problem, lazy=True)
    spec.components.security_scheme("bearer", _bearer())
    spec.components.security_scheme("cookie", _cookie(app, "sid"))
    spec.components.security_scheme("household", _cookie(app, "household"))
    return spec


def _decimal_as_text(_self: Any, field: Any, ret: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A decimal travels as text; bounds of numbers (JSON Schema 2020-12 §6.2) do not apply."""
    if not (isinstance(field, fields.Decimal) and field.as_string):
        return {}
    for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        ret.pop(bound, None)
    return {"type": "string", "format": "decimal"}


def _bearer() -> dict[str, str]:
    return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT (RFC 9068)"}


def _cookie(app: Flask, name: str) -> dict[str, str]:
    is_https = app.config["PUBLIC_URL"].startswith("https:")
    return {"type": "apiKey", "in": "cookie", "name": f"__Host-{name}" if is_https else name}
