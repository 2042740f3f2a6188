"""A session by which the others see that this process lives: when it ends, its claims are free."""

import secrets

import psycopg
from sqlalchemy import make_url

from notifications.failpoints import Crossing
from notifications.lease import HOLDERS

CONNECT_SECONDS = 3
_PRESENT = Crossing("presence")


class Presence:
    """A number that a connection of its own keeps locked; another one once that broke."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url).set(drivername="postgresql")
        self._conninfo = url.render_as_string(hide_password=False)
        self._connection: psycopg.Connection | None = None
        self._number = 0

    def number(self) -> int | None:
        """Locked at this moment. None while the database is away."""
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
            else:
                self._lock()
        except psycopg.OperationalError:
            self.close()
            return None
        return self._number

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _lock(self) -> None:
        self._number = secrets.randbelow(2**31 - 1) + 1
        with _PRESENT:
            self._connection = _session(self._conninfo)
            self._connection.execute("SELECT pg_advisory_lock(%s, %s)", (HOLDERS, self._number))


def _session(conninfo: str) -> psycopg.Connection:
    return psycopg.connect(
        conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS, tcp_user_timeout=8000
    )
