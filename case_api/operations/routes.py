"""/healthz, /readyz, /metrics: for probes and for Prometheus."""

import hmac
import ipaddress
import json
from collections.abc import Mapping

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from case_api.auth.gate import public
from case_api.context import maillage

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process lives. Asks nobody else."""
    return _json({"status": "alive"}, 200)


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """503 until the database, its schema and the self-test are fine; the rest is only reported."""
    parts = maillage().readiness.parts()
    is_ready = all(part.is_up for part in parts if part.required)
    states = {part.name: "up" if part.is_up else "down" for part in parts}
    status = {"status": "ready" if is_ready else "not ready", "parts": states}
    return _json(status, 200 if is_ready else 503)


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Metrics are shown to this machine and to the bearer of METRICS_TOKEN, to nobody else."""
    if not (_is_neighbour() or _has_token()):
        abort(404)
    return Response(maillage().metrics.render(), content_type=CONTENT_TYPE_LATEST)


def _is_neighbour() -> bool:
    """Whether this machine asks, and no proxy: behind one the peer is the proxy."""
    is_forwarded = "Forwarded" in request.headers or "X-Forwarded-For" in request.headers
    try:
        is_loopback = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return is_loopback and not is_forwarded


def _has_token() -> bool:
    wanted = str(current_app.config["METRICS_TOKEN"])
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _json(value: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")
