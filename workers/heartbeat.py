"""A sign of life, by the database's clock: whoever watches sees who is gone."""

import os
import socket
import time

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from notifications.model import Heartbeat
from notifications.runtime import AWAY
from services.shared.unit_of_work import UnitOfWork
from workers.runtime import Runtime

EVERY_SECONDS = 5.0
_log = structlog.get_logger()


def beat(part: str, *, uow: UnitOfWork) -> None:
    at = func.clock_timestamp()
    instance = f"{socket.gethostname()}:{os.getpid()}"
    row = insert(Heartbeat).values(part=part, instance=instance, at=at)
    uow.session.execute(
        row.on_conflict_do_update(index_elements=["part", "instance"], set_={"at": at})
    )


class Pulse:
    """Of a worker: between two hints, and while it waits for Redis. Never in its way."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._last = -EVERY_SECONDS

    def beat(self) -> None:
        if time.monotonic() - self._last < EVERY_SECONDS:
            return
        self._last = time.monotonic()
        try:
            with self._runtime.transaction() as uow:
                beat("worker", uow=uow)
        except AWAY as error:
            _log.error("worker.database_away", error=type(error).__name__)
