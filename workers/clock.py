"""The database's clock, so that hosts whose clocks differ agree on what is due."""

import time
from datetime import datetime, timedelta

from sqlalchemy import Engine, text

from notifications.failpoints import Crossing

RESYNC_SECONDS = 1.0
_NOW = text("SELECT clock_timestamp()")
_CLOCK = Crossing("clock")


class DatabaseClock:
    """Asks the database at most once a second and counts on with the monotonic clock between.

    Never ahead of the database; behind it by no more than the answer took to arrive.
    """

    def __init__(self, engine: Engine) -> None:
        # Nothing to roll back: psycopg forgets what it prepared on a connection at each ROLLBACK.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._asked: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        tick = time.monotonic()
        if self._asked is None or tick - self._asked[1] > RESYNC_SECONDS:
            with _CLOCK, self._engine.connect() as connection:
                told: datetime = connection.execute(_NOW).scalar_one()
            tick = time.monotonic()
            self._asked = (told, tick)
        told, asked_at = self._asked
        return told + timedelta(seconds=tick - asked_at)
