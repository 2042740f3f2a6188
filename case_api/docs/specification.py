"""The OpenAPI document, collected from the blueprints by flask-smorest."""

import json
from threading import Lock
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from flask import Flask
from marshmallow import fields

from case_api.docs.contract import PROBLEM, ProblemOut
from case_api.problems import MEDIA_TYPE

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


class Specification(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest for the document only; errors are answered in `case_api.errors`."""

    DEFAULT_ERROR_RESPONSE_NAME = PROBLEM

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._undescribed: list[Any] = []
        self._describing = Lock()

    def register_blueprint(self, blueprint: Any) -> None:
        """Register the routes now; they are described when somebody asks for the document.

        Describing takes longer than building all the rest, and no other request needs it.
        """
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def document(self) -> str:
        """All of it, as JSON."""
        with self._describing:
            while self._undescribed:
                self._describe(self._undescribed.pop(0))
        return json.dumps(self.spec.to_dict(), ensure_ascii=False)

    def _describe(self, blueprint: Any) -> None:
        name = blueprint.name
        blueprint.register_views_in_doc(self, self._app, self.spec, name=name, parameters=None)
        self.spec.tag({"name": name, "description": blueprint.description})

    def _register_error_handlers(self) -> None:
        """None of flask-smorest's: they would drop Allow, WWW-Authenticate and Retry-After."""

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemOut}}
        response = {"description": "A problem (RFC 9457).", "content": content}
        self.spec.components.response(PROBLEM, response, lazy=True)


def build(app: Flask, blueprints: list[Any]) -> Specification:
    """Register the features' blueprints, to be described when the document is asked for."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["API_TITLE"] = "Maillage"
    app.config["API_VERSION"] = "v1"
    specification = Specification(
        spec_kwargs={
            "info": {"description": INFO},
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}, {"cookie": []}],
        }
    )
    specification.init_app(app)
    specification.ma_plugin.converter.add_attribute_function(_decimal_as_text)
    specification.spec.components.security_scheme("bearer", _bearer())
    specification.spec.components.security_scheme("cookie", _cookie(app, "sid"))
    specification.spec.components.security_scheme("household", _cookie(app, "household"))
    for blueprint in blueprints:
        specification.register_blueprint(blueprint)
    return specification


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
