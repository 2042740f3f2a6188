"""One log line and one observation per request: who, which operation, what came of it, how long."""

import time

import structlog
from flask import Flask, Response, g, request

from case_api.context import maillage, request_id

_log = structlog.get_logger()


def register(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(note)


def begin() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def note(response: Response) -> Response:
    """The path is not noted: it may hold an id that means something to a reader of the log."""
    seconds = time.perf_counter() - g.started
    endpoint = request.endpoint or "none"
    caller = g.get("caller")
    maillage().metrics.observe(
        method=request.method, endpoint=endpoint, status=response.status_code, seconds=seconds
    )
    _log.info(
        "request.answered",
        operation=endpoint,
        method=request.method,
        status=response.status_code,
        latency_ms=round(seconds * 1000, 1),
        actor_id=str(caller.actor.id) if caller else None,
    )
    return response
