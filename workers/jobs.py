"""What a hint runs. It takes nothing and may run twice: what to do stands in the tables."""

import structlog

from infra.logs import origin_of
from notifications.runtime import AWAY, POISON
from workers import draining
from workers.runtime import Runtime

_log = structlog.get_logger()
_built: list[Runtime] = []


class NotBuilt(Exception):
    """The process that runs the job was not started by `workers.main`."""


class Failed(Exception):
    """Stands for an error in Redis, where RQ keeps whatever an exception says for an hour: the
    database's words may quote a row."""


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
    except POISON as error:
        _log.error("worker.failed", error=type(error).__name__, origin=origin_of(error))
        raise Failed(type(error).__name__) from None
