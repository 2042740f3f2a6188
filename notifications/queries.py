"""What waits, and since when."""

from datetime import datetime, timedelta

from sqlalchemy import text

from services.shared.unit_of_work import UnitOfWork

# Each leg walks its partial index and stops at the first row that may be taken now.
_WAITING_SINCE = text(
    """
    SELECT least(
        (SELECT greatest(due_at, planned_at, next_at) FROM alerts
         WHERE state = 'planned' AND due_at <= :now AND (next_at IS NULL OR next_at <= :now)
         ORDER BY due_at LIMIT 1),
        (SELECT next_at FROM deliveries
         WHERE state = 'pending' AND channel = 'email' AND next_at <= :now
         ORDER BY next_at LIMIT 1),
        (SELECT greatest(occurred_at, next_at) FROM outbox_events
         WHERE dispatched_at IS NULL AND (next_at IS NULL OR next_at <= :now)
         ORDER BY seq LIMIT 1)
    )
    """
)


def longest_wait(*, uow: UnitOfWork) -> timedelta | None:
    """How long the oldest work that could be done now has been waiting; None if there is none."""
    now = uow.now()
    since: datetime | None = uow.session.execute(_WAITING_SINCE, {"now": now}).scalar_one()
    return None if since is None else max(now - since, timedelta(0))
