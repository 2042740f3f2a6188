"""Two or more: take back what dead senders held, hint that there is work, do the chores, and do the
work too when nobody else seems to. One of them hears at once that something is due; each looks by
itself when the next thing becomes due, and now and then for what nobody told it.
"""

import time
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import delete, func
from sqlalchemy.exc import SQLAlchemyError

from notifications.delivery import letters
from notifications.model import Heartbeat
from notifications.runtime import AWAY
from notifications.webhooks import claims
from services.shared.errors import DomainError
from services.shared.unit_of_work import LOOKS_EVERY, UnitOfWork
from workers.chores.anchoring import Anchoring
from workers.chores.erasing import Erasing
from workers.dispatcher import dispatch_next
from workers.draining import drain
from workers.heartbeat import beat
from workers.listening import Listener
from workers.looking import Looking
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

# How soon to look again: while something is due or being sent, and when nothing is.
BUSY_SECONDS = 1.0
IDLE_SECONDS = LOOKS_EVERY.total_seconds()
# Notices within this time are one sweep.
GATHER_SECONDS = 0.15
# Then the chores have their turn though nothing is due, and the others see that we live.
SWEEPS_EVERY = 15.0
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
        self._looking = Looking(runtime)
        self._swept = -SWEEPS_EVERY
        # Whether a chore's time was over before its work was.
        self._is_unfinished = False

    def run(self) -> None:
        """Until asked to leave."""
        heard = False
        while not self._runtime.stop.requested:
            try:
                seconds = self._take_turns(heard=heard)
            except AWAY as error:
                _log.error("sweeper.database_away", error=type(error).__name__)
                self._runtime.stop.pause(BUSY_SECONDS)
                continue
            heard = self._listener.wait(seconds)
            self._gather(heard)
        self._listener.close()

    def _gather(self, heard: bool) -> None:
        """A notice that follows closely on a sweep waits for those that follow it."""
        left = self._swept + GATHER_SECONDS - time.monotonic()
        if heard and left > 0:
            self._listener.gather(left)

    def _take_turns(self, *, heard: bool) -> float:
        """Sweep if there is a reason to; how long until the next look."""
        if heard:
            self._react()
        with self._runtime.repeating() as connection:
            now = self._runtime.clock.now()
            seen = self._looking.look(now=now, connection=connection)
        at = seen.next_at(now)
        is_due = heard or self._is_unfinished or (at is not None and at <= now)
        if is_due or time.monotonic() >= self._swept + SWEEPS_EVERY:
            self.sweep()
        if is_due or seen.is_held:
            return BUSY_SECONDS
        ahead = IDLE_SECONDS if at is None else (at - now).total_seconds()
        return min(IDLE_SECONDS, ahead)

    def _react(self) -> None:
        """Answer a notice: take up the first events here, which is quicker than the way through
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
        self._swept, self._is_unfinished = time.monotonic(), False
        with self._runtime.transaction("sweep") as uow:
            taken_back = letters.take_back(uow=uow) + claims.take_back(uow=uow)
            self._beat(uow)
            seen = self._looking.look(now=uow.now(), connection=uow.session.connection())
            waiting = seen.waited(uow.now())
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
        """Chores come after what is due, each in its own transaction: none holds up an alert."""
        for row in self._timetable:
            now = self._runtime.clock.now()
            last = self._last_done.get(row)
            if last is not None and now - last < row.every:
                continue
            self._last_done[row] = now
            try:
                self._take_turn(row)
            except (SQLAlchemyError, DomainError, OSError) as fault:
                name = getattr(row.run, "__name__", "")
                _log.error("sweeper.chore_failed", operation=name, error=type(fault).__name__)

    def _take_turn(self, row: Row) -> None:
        until, busy = time.monotonic() + row.goes_on.total_seconds(), True
        while busy:
            with self._runtime.transaction("chore") as uow:
                busy = bool(row.run(uow=uow))
            if time.monotonic() >= until or self._runtime.stop.requested:
                self._is_unfinished |= busy and bool(row.goes_on)
                return

    def _hint(self) -> bool:
        try:
            wake(self._queue)
        except RedisError as error:
            _log.warning("sweeper.redis_away", error=type(error).__name__)
            return False
        return True

    def _beat(self, uow: UnitOfWork) -> None:
        beat("sweeper", uow=uow)
        last = func.greatest(Heartbeat.at, Heartbeat.started_at)
        old = last < func.clock_timestamp() - FORGET_HEARTBEATS
        uow.session.execute(delete(Heartbeat).where(old))
