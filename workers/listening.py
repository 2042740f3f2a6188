"""Hearing at once that a commit made something due. A hint: whoever misses it looks anyway.

Of several sweepers the first listens, and the others only look: a notice wakes one of them.
"""

import time

import psycopg
from sqlalchemy import make_url

from notifications.failpoints import Crossing
from services.shared.unit_of_work import DUE_CHANNEL
from workers.stopping import Stop

CONNECT_SECONDS = 3
# After a connection that broke: what was said meanwhile is looked for, and the next one made.
AGAIN_SECONDS = 1.0
_SLICE_SECONDS = 0.25
# The lock of whoever listens; the next one has it when that connection ends.
_FIRST = "SELECT pg_try_advisory_lock(7411, 0)"
_LISTEN, _HEAR = Crossing("listen"), Crossing("hear")


class Listener:
    """A connection of its own, made again after it broke."""

    def __init__(self, database_url: str, stop: Stop) -> None:
        url = make_url(database_url).set(drivername="postgresql")
        self._conninfo = url.render_as_string(hide_password=False)
        self._stop = stop
        self._connection: psycopg.Connection | None = None
        self._is_first = False

    def wait(self, seconds: float) -> bool:
        """True at the first notice; False after `seconds` without one, when asked to leave, or
        soon after the connection broke.
        """
        try:
            return self._heard(seconds)
        except psycopg.OperationalError:
            self.close()
            self._stop.pause(min(seconds, AGAIN_SECONDS))
            return False

    def gather(self, seconds: float) -> None:
        """Let the notices of this while pass: the sweep that follows sees what all of them mean."""
        self._stop.pause(seconds)
        if self._connection is not None:
            try:
                with _HEAR:
                    list(self._connection.notifies(timeout=0))
            except psycopg.OperationalError:
                self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._is_first = False

    def _heard(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        connection = self._connected()
        if not self._is_first:
            self._stop.pause(until - time.monotonic())
            return False
        while not self._stop.requested and time.monotonic() < until:
            with _HEAR:
                heard = list(connection.notifies(timeout=_SLICE_SECONDS, stop_after=1))
            if heard:
                return True
        return False

    def _connected(self) -> psycopg.Connection:
        """Connected, and listening if nobody else is."""
        if self._connection is None:
            self._connection = psycopg.connect(
                self._conninfo,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=8000,
            )
        if not self._is_first:
            with _LISTEN:
                self._is_first = _listening(self._connection)
        return self._connection


def _listening(connection: psycopg.Connection) -> bool:
    first = connection.execute(_FIRST).fetchone()
    if first is None or not first[0]:
        return False
    connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(DUE_CHANNEL)))
    return True
