"""What a hint runs. It takes nothing and may run twice: what to do stands in the tables."""

import structlog

from workers import draining
from workers.runtime import AWAY, Runtime

_log = structlog.get_logger()
_built: list[Runtime] = []


class NotBuilt(Exception):
    """The process that runs the job was not started by `workers.main`."""


def use(runtime: Runtime) -> None:
    """Called once by `workers.main`, before the first job: a job takes no arguments."""
    _built[:] = [runtime]


def drain() -> None:
    """Nothing about a failure is left in Redis: the next sweep hints again."""
    if not _built:
        raise NotBuilt
    try:
        draining.drain(_built[0])
    except AWAY as error:
        _log.error("worker.database_away", error=type(error).__name__)
