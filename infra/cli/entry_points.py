"""Where each part begins: named, not imported. Infra may not look up at what it starts, and a
command loads only what it runs.
"""

import pkgutil
from collections.abc import Callable
from typing import Any

ENTRY_POINTS = {
    "api": "infra.embedded.api:serve",
    # What `api` builds once it has its settings.
    "application": "case_api.app:create_app",
    "worker": "workers.main:run_worker",
    "sweeper": "workers.main:run_sweeper",
    "migrate": "infra.migrations.run:upgrade",
    "demo": "infra.demo:seed",
    "replay": "infra.erasure.replaying:replay",
    "retain": "workers.operators.retention:apply",
    "plan": "workers.operators.retention:plan",
    "status": "workers.operators.alerts:status",
    "retry": "workers.operators.alerts:retry",
    "delivery": "workers.operators.alerts:delivery",
    "events": "workers.routing:require_every_event",
}


def entry_point(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = pkgutil.resolve_name(ENTRY_POINTS[name])
    return found
