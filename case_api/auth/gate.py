"""Deny by default: every route asks for a caller unless it is marked public."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from case_api.auth.callers import require_caller
from case_api.auth.household import require_member
from case_api.http.json_input import check_target

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view that anybody may call."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_public(view: Callable[..., Any] | None) -> bool:
    return bool(getattr(view, "is_public", False))


def for_household(view: View) -> View:
    """Mark a view of the household's own: a professional is nobody there."""
    view.is_for_household = True  # type: ignore[attr-defined]
    return view


def is_for_household(view: Callable[..., Any] | None) -> bool:
    return bool(getattr(view, "is_for_household", False))


def register(app: Flask) -> None:
    if "static" in app.view_functions:
        app.view_functions["static"] = public(_open(app.view_functions["static"]))
    app.before_request(guard)


def guard() -> None:
    """Refuse strangers before reading the body. An address that leads nowhere says so to all."""
    check_target()
    if request.routing_exception is not None:
        raise request.routing_exception
    view = current_app.view_functions.get(request.endpoint or "")
    if is_for_household(view):
        require_member()
    elif not is_public(view):
        require_caller()


def _open(view: Callable[..., Any]) -> Callable[..., Any]:
    """A function of our own that can carry the mark (Flask's is a bound method or a lambda)."""

    def serve(**values: Any) -> Any:
        return view(**values)

    return serve
