"""Two or more, no leader: takes back expired leases, hints that there is work, and does the work
itself when nobody else seems to.
"""

import time
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import delete, func
from sqlalchemy.exc import SQLAlchemyError

from notifications import queries
from notifications.delivery import letters
from notifications.mobile import sending as mobile
from notifications.model import Heartbeat
from notifications.runtime import AWAY
from notifications.webhooks import claims
from services.documents import scanning
from services.shared.errors import DomainError
from services.shared.unit_of_work import UnitOfWork
from workers.chores.anchoring import Anchoring
from workers.chores.erasing import Erasing
from workers.dispatcher import dispatch_next
from workers.draining import drain
from workers.heartbeat import beat
from workers.listening import Listener
from workers.queues import wake
from workers.runtime import Runtime
from workers.timetable import (
    TIMETABLE,
    Row,
    ballot_chores,
    canary_chores,
    file_chores,
    sms_chores,
)

POLL_SECONDS = 1.0
# Work that waits longer has nobody to do it: the sweeper helps itself.
PATIENCE = timedelta(seconds=10)
TAKEN_AT_ONCE = 3
FORGET_HEARTBEATS = timedelta(days=1)
_log = structlog.get_logger()


class Sweeper:
    def __init__(
        self,
        runtime: Runtime,
        queue: Queue,
        listener: Listener,
        anchoring: Anchoring | None = None,
        erasing: Erasing | None = None,
    ) -> None:
        self._runtime = runtime
        self._anchoring = anchoring
        self._erasing = erasing
        self._queue = queue
        self._listener = listener
        own = canary_chores(runtime.canary_mailbox) + sms_chores(offered=runtime.sms is not None)
        own += ballot_chores(runtime.case_keys)
        self._timetable = (*TIMETABLE, *file_chores(runtime.documents), *own)
        self._last_done: dict[Row, datetime] = {}

    def run(self) -> None:
        """Sweep on every notice and every second, until asked to leave."""
        while not self._runtime.stop.requested:
            try:
                self.sweep()
            except AWAY as error:
                _log.error("sweeper.database_away", error=type(error).__name__)
                self._runtime.stop.pause(POLL_SECONDS)
                continue
            if self._listener.wait(POLL_SECONDS):
                self._react()
        self._listener.close()

    def _react(self) -> None:
        """To a notice: take up the first events here and now, which is quicker than the way through
        Redis. Volume is the workers': the sweep that follows hints at whatever still waits.
        """
        try:
            for _ in range(TAKEN_AT_ONCE):
                if self._runtime.stop.requested or not dispatch_next(self._runtime):
                    return
        except AWAY as error:
            _log.error("sweeper.database_away", error=type(error).__name__)

    def sweep(self) -> None:
        """One look at the tables, and what follows from it."""
        with self._runtime.transaction("sweep") as uow:
            taken_back = letters.take_back(uow=uow) + claims.take_back(uow=uow)
            self._beat(uow)
            waits = [queries.longest_wait(uow=uow), self._wait_for_scan(uow)]
            waits.append(self._wait_for_webhook(uow))
            waits += self._waits_for_sms(uow)
            waiting = max((wait for wait in waits if wait is not None), default=None)
        if taken_back:
            _log.warning("sweeper.leases_expired", count=taken_back)
        if waiting is not None and (waiting > PATIENCE or not self._hint()):
            drain(self._runtime)
        self._do_chores()
        if self._anchoring is not None:
            self._anchoring.take_turn(self._runtime)
        if self._erasing is not None:
            self._erasing.take_turn(self._runtime)

    def _do_chores(self) -> None:
        """After what is due, each in a transaction of its own: none holds up an alert."""
        for row in self._timetable:
            now = self._runtime.clock.now()
            last = self._last_done.get(row)
            if last is not None and now - last < row.every:
                continue
            self._last_done[row] = now
            try:
                self._take_turn(row)
            except (SQLAlchemyError, DomainError) as fault:
                name = getattr(row.run, "__name__", "")
                _log.error("sweeper.chore_failed", operation=name, error=type(fault).__name__)

    def _take_turn(self, row: Row) -> None:
        until, busy = time.monotonic() + row.goes_on.total_seconds(), True
        while busy:
            with self._runtime.transaction("chore") as uow:
                busy = bool(row.run(uow=uow))
            busy = busy and time.monotonic() < until and not self._runtime.stop.requested

    def _wait_for_scan(self, uow: UnitOfWork) -> timedelta | None:
        return scanning.longest_wait(uow=uow) if self._runtime.scanner else None

    def _wait_for_webhook(self, uow: UnitOfWork) -> timedelta | None:
        return claims.longest_wait(uow=uow) if self._runtime.webhooks else None

    def _waits_for_sms(self, uow: UnitOfWork) -> list[timedelta | None]:
        """None while the gateway is left alone: nobody could do it sooner."""
        if self._runtime.sms is None or self._runtime.sms.rests:
            return []
        return [queries.wait_for_sms(uow=uow), mobile.longest_wait(uow=uow)]

    def _hint(self) -> bool:
        try:
            wake(self._queue)
        except RedisError as error:
            _log.warning("sweeper.redis_away", error=type(error).__name__)
            return False
        return True

    def _beat(self, uow: UnitOfWork) -> None:
        beat("sweeper", uow=uow)
        old = Heartbeat.at < func.clock_timestamp() - FORGET_HEARTBEATS
        uow.session.execute(delete(Heartbeat).where(old))
