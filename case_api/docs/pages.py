"""/api/openapi.json, its reading page (Swagger UI, from PyPI), and a page for each problem."""

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, abort, current_app, render_template, send_from_directory

from case_api.auth.gate import public
from case_api.docs import specification
from case_api.languages import chosen_language
from case_api.pages import page
from case_api.problems import texts_of
from services.shared.words.catalogue import say

DIST = Path(flask_swagger_ui.__file__).parent / "dist"
ASSETS = frozenset(
    {"swagger-ui.css", "swagger-ui-bundle.js", "favicon-16x16.png", "favicon-32x32.png"}
)

blueprint = Blueprint("docs", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@public
def document() -> Response:
    return Response(specification.of(current_app).document(), mimetype="application/json")


@blueprint.get("/docs")
@public
def reader() -> str:
    return render_template("docs/reader.html")


@blueprint.get("/docs/assets/<name>")
@public
def asset(name: str) -> Response:
    if name not in ASSETS:
        abort(404)
    return send_from_directory(DIST, name)


@blueprint.get("/problems/<code>")
@public
def problem(code: str) -> Response:
    """What `type` of an RFC 9457 answer leads to."""
    texts = texts_of(code)
    if texts is None:
        abort(404)
    language = chosen_language()
    return page(
        "docs/problem.html",
        code=code,
        title=say(f"{texts}.title", language),
        detail=say(f"{texts}.detail", language),
    )
