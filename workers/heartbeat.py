"""A sign of life, by the database's clock: whoever watches sees who is gone or keeps dying."""

import os
import socket
import time

import psutil
import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.model import Heartbeat
from notifications.runtime import AWAY
from services.shared.unit_of_work import UnitOfWork
from workers.runtime import Runtime

EVERY_SECONDS = 5.0
_log = structlog.get_logger()


def beat(part: str, *, uow: UnitOfWork) -> None:
    """This process did some work, or could have."""
    alive = {"at": func.clock_timestamp(), "died_at": None}
    row = insert(Heartbeat).values(part=part, instance=_instance(), **alive)
    uow.session.execute(row.on_conflict_do_update(index_elements=["part", "instance"], set_=alive))


def note_start(part: str, *, uow: UnitOfWork) -> None:
    """This process exists; it counts as alive once it beats. The predecessors of its host that
    left without a word count as alive no longer, but as dead.
    """
    ours = f"{socket.gethostname()}:"
    of_this_host = select(Heartbeat.instance).where(
        Heartbeat.part == part,
        Heartbeat.died_at.is_(None),
        Heartbeat.instance.startswith(ours, autoescape=True),
    )
    running = {f"{ours}{_process(each)}" for each in psutil.process_iter(["pid", "create_time"])}
    found = set(uow.session.scalars(of_this_host))
    # Those of an earlier release are named by their pid alone, which says nothing.
    dead = [each for each in found - running if each.removeprefix(ours).count(":") == 1]
    named = (Heartbeat.part == part, Heartbeat.instance.in_(dead))
    uow.session.execute(update(Heartbeat).where(*named).values(died_at=func.clock_timestamp()))
    uow.session.execute(insert(Heartbeat).values(part=part, instance=_instance()))


def note_end(part: str, runtime: Runtime) -> None:
    """This process leaves as it was asked to. With the database away it will seem to have died."""
    try:
        with runtime.transaction() as uow:
            mine = (Heartbeat.part == part, Heartbeat.instance == _instance())
            uow.session.execute(delete(Heartbeat).where(*mine))
    except AWAY as error:
        _log.warning("heartbeat.not_taken_back", error=type(error).__name__)


def _instance() -> str:
    return f"{socket.gethostname()}:{_process(psutil.Process(os.getpid()))}"


def _process(process: psutil.Process) -> str:
    """A pid alone comes again: in a container it is always the same."""
    return f"{process.pid}:{process.create_time():.0f}"


class Pulse:
    """A worker's pulse, between two hints and while it waits for Redis. Never in its way."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._last: float | None = None

    def beat(self) -> None:
        if self._last is None or time.monotonic() - self._last >= EVERY_SECONDS:
            self._last = time.monotonic()
            try:
                with self._runtime.transaction() as uow:
                    beat("worker", uow=uow)
            except AWAY as error:
                _log.error("worker.database_away", error=type(error).__name__)
