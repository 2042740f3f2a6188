"""Hearing at once that a commit made something due. A hint: whoever misses it polls anyway."""

import time

import psycopg
from sqlalchemy import make_url

from notifications.failpoints import Step
from services.shared.unit_of_work import DUE_CHANNEL
from workers.stopping import Stop

CONNECT_SECONDS = 3
_SLICE_SECONDS = 0.25
_LISTEN, _HEAR = Step("listen"), Step("hear")


class Listener:
    """A connection of its own, made again after it broke."""

    def __init__(self, database_url: str, stop: Stop) -> None:
        url = make_url(database_url).set(drivername="postgresql")
        self._conninfo = url.render_as_string(hide_password=False)
        self._stop = stop
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """True at the first notice, False after `seconds` without one or when asked to leave."""
        try:
            return self._heard(seconds)
        except psycopg.OperationalError:
            self.close()
            self._stop.pause(seconds)
            return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _heard(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        connection = self._connected()
        while not self._stop.requested and time.monotonic() < until:
            with _HEAR:
                heard = list(connection.notifies(timeout=_SLICE_SECONDS, stop_after=1))
            if heard:
                return True
        return False

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            with _LISTEN:
                self._connection = _listening(self._conninfo)
        return self._connection


def _listening(conninfo: str) -> psycopg.Connection:
    connection = psycopg.connect(
        conninfo,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        tcp_user_timeout=8000,
    )
    connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(DUE_CHANNEL)))
    return connection
