"""`/`, for whoever opens the address in a browser."""

from flask import Blueprint, Response, request

from case_api.auth.callers import Caller, current_caller
from case_api.auth.gate import public
from case_api.context import maillage
from case_api.operations.readiness import Part
from case_api.pages import page
from infra.embedded.openid.people import Person, read_people

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def index() -> Response:
    parts = maillage().readiness.parts()
    return page(
        "home/index.html",
        parts=parts,
        people=_demo_people(),
        caller=_visitor(parts),
        mailbox=maillage().settings.mailbox is not None,
        unscanned=maillage().release.unscanned,
    )


def _demo_people() -> list[Person]:
    settings = maillage().settings
    if not settings.embedded or settings.data_dir is None:
        return []
    return read_people(settings.data_dir)


def _visitor(parts: list[Part]) -> Caller | None:
    """Who is logged in here; without a database this page still shows what is wrong."""
    if "Authorization" in request.headers or not all(p.is_up for p in parts if p.required):
        return None
    return current_caller()
