"""One look at the tables: what waits, since when, and when there is something to do next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal_column, select

from notifications.lease import LIVING
from notifications.planning import upcoming
from notifications.planning.upcoming import instant
from services.documents.scanning import NEXT_SCAN
from services.intervisions.ballots.opening import NEXT_TURN
from workers.runtime import Runtime

_HELD = """
    SELECT lease_until, held_by FROM deliveries WHERE state = 'sending'
    UNION ALL SELECT lease_until, held_by FROM webhook_deliveries WHERE state = 'sending'
"""
_IS_HELD = f"EXISTS (SELECT FROM ({_HELD}) h)"
_IS_LOST = (
    f"EXISTS (SELECT FROM ({_HELD}) h WHERE h.lease_until < clock_timestamp()"
    f" OR h.held_by <> ALL({LIVING}))"
)


@dataclass(frozen=True)
class Seen:
    """`work_at` is of what workers do, `chore_at` of what sweepers do themselves; None: nothing is
    ahead. Something is being sent now; and something whose sender is gone.
    """

    work_at: datetime | None
    chore_at: datetime | None
    is_held: bool
    is_lost: bool

    def waited(self, now: datetime) -> timedelta | None:
        """How long the oldest work that could be done now has been waiting."""
        if self.work_at is None or self.work_at > now:
            return None
        return now - self.work_at

    def next_at(self, now: datetime) -> datetime | None:
        """When to do something: now, if it is over."""
        if self.is_lost:
            return now
        return min((at for at in (self.work_at, self.chore_at) if at is not None), default=None)


class Looking:
    """What this process waits for: without a gateway nobody waits for one."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._statements: dict[bool, Any] = {}

    def look(self, *, now: datetime, connection: Connection) -> Seen:
        """One statement."""
        # While the gateway is left alone nobody could send an SMS sooner.
        texts = self._runtime.sms is not None and not self._runtime.sms.rests
        if texts not in self._statements:
            self._statements[texts] = self._statement(texts=texts)
        return Seen(*connection.execute(self._statements[texts], upcoming.values(now)).one())

    def _statement(self, *, texts: bool) -> Any:
        work = [*upcoming.alerts(), upcoming.mails(), *upcoming.events()]
        work += upcoming.texts() if texts else ()
        work += [upcoming.posts()] if self._runtime.webhooks else []
        work += [instant(NEXT_SCAN)] if self._runtime.scanner else []
        chores = [*upcoming.chores(), instant(NEXT_TURN)]
        return select(
            func.least(*work),
            func.least(*chores),
            literal_column(_IS_HELD),
            literal_column(_IS_LOST),
        )
