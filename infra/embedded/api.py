"""The API under granian: one listening process that forks and respawns its workers."""

import os
import pkgutil
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from infra.embedded.process import Lifeline
from infra.settings import Settings, SettingsError

APPLICATION = "case_api.wsgi:app"
THREADS = 8
STOP_LIMIT = 5


def serve(settings: Settings, lifeline: Lifeline | None = None) -> None:
    """Serve until SIGTERM. The application reads its settings from the environment."""
    os.environ.update(settings.to_environment())
    server = Granian(
        APPLICATION,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=_processes(),
        blocking_threads=THREADS,
        backpressure=THREADS * 16,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_LIMIT,
        log_access=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(_load, lifeline))


def _processes() -> int:
    text = os.environ.get("API_PROCESSES", "") or "1"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise SettingsError(f"API_PROCESSES is {text!r}: set it to a number from 1 to 64.")
    return int(text)


def _load(lifeline: Lifeline | None, target: str) -> Any:
    """Load in granian's own fork, which must notice a dead supervisor by itself."""
    if lifeline:
        lifeline.watch()
    return pkgutil.resolve_name(target)
