"""What fails here again and again, and for no outside reason: set aside, shown, put back.

A delivery waits in a state of its own; an alert that cannot be expanded and an event that cannot be
dispatched keep being tried, at most five minutes apart. Nothing is ever given up: coordinators hear
of it, and what a new release can do is done without being asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from notifications.lease import FAULTS_ALLOWED
from notifications.model import Delivery, DeliveryState
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import legal_day
from services.shared.unit_of_work import UnitOfWork

PAGE = "operations.set_aside"
# What follows within this time is told together; what stands for a day is told again.
PAGE_EVERY = timedelta(minutes=10)
REMIND_EVERY = timedelta(days=1)
_NO_SYNC = {"synchronize_session": False}
# Of messages about the operation itself nobody is told by such a message: the figures show them.
_PAGED = text(
    """
    WITH told AS (SELECT max(planned_at) AS last FROM alerts WHERE kind = :page)
    SELECT s.id, s.since, told.last FROM told, (
        SELECT d.id, d.set_aside_at AS since FROM deliveries d JOIN alerts a ON a.id = d.alert_id
        WHERE d.set_aside_at IS NOT NULL AND d.state IN ('set_aside', 'pending', 'sending')
          AND a.kind NOT LIKE 'operations.%'
        UNION ALL
        SELECT id, set_aside_at FROM alerts
        WHERE set_aside_at IS NOT NULL AND state = 'planned' AND kind NOT LIKE 'operations.%'
        UNION ALL
        SELECT id, set_aside_at FROM outbox_events
        WHERE set_aside_at IS NOT NULL AND dispatched_at IS NULL
    ) s ORDER BY s.since > coalesce(told.last, '-infinity') DESC, s.since, s.id LIMIT 1
    """
)
_ROWS = text("SELECT what, id, about, code, since FROM set_aside_rows()")
_PUT_BACK = text("SELECT put_back_set_aside(:ids, :now)")


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """`about` is the kind of the alert, or the name of the event; `code` is what happened."""

    what: str
    id: UUID
    about: str
    code: str | None
    since: datetime

    @property
    def __tablename__(self) -> str:
        """What the journal names."""
        return {"delivery": "deliveries", "alert": "alerts"}.get(self.what, "outbox_events")


def page(*, uow: UnitOfWork) -> bool:
    """Tell the coordinators that something is set aside: once for what follows closely, and again
    each day as long as anything is.
    """
    found = uow.session.execute(_PAGED, {"page": PAGE}).first()
    if found is None or not _is_due(found, uow.now()):
        return False
    told = NewAlert(
        kind=PAGE,
        object_id=found.id,
        rung=legal_day(uow.now()).isoformat(),
        due_at=uow.now(),
        recipient_role=RecipientRole.COORDINATOR,
    )
    alerts.plan([told], uow=uow)
    return True


def _is_due(found: Row[Any], now: datetime) -> bool:
    if found.last is None:
        return True
    waits = PAGE_EVERY if found.since > found.last else REMIND_EVERY
    return bool(now - found.last >= waits)


def try_again(*, uow: UnitOfWork) -> int:
    """Whatever is set aside gets one more attempt: a sweeper's first chore, so that a new release
    sends at once what the one before could not. Where content left already, a person decides.
    """
    again = (
        update(Delivery)
        .where(Delivery.state == DeliveryState.SET_ASIDE, Delivery.set_aside_at.is_not(None))
        .where(Delivery.data_at.is_(None))
        .values(state=DeliveryState.PENDING.value, next_at=uow.now(), faults=FAULTS_ALLOWED - 1)
        .returning(Delivery.id)
    )
    count = len(uow.session.execute(again, execution_options=_NO_SYNC).all())
    if count:
        uow.wake()
    return count


def rows(*, uow: UnitOfWork) -> list[SetAside]:
    """The oldest thousand, for administrators and for the workers' role; to others, none."""
    found = uow.session.execute(_ROWS)
    return [SetAside(**row) for row in found.mappings()]


def put_back(ids: Sequence[UUID], *, uow: UnitOfWork) -> int:
    """Each of these starts anew, as if it had never failed; how many were still set aside."""
    count: int = uow.session.execute(_PUT_BACK, {"ids": list(ids), "now": uow.now()}).scalar_one()
    if count:
        uow.wake()
    return count
