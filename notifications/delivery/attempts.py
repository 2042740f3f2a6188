"""The ledger of attempts: when each was claimed, passed the point of no return, and ended, and how.

An attempt that ended well, or has not ended, stands in the delivery's own row, so that the ledger
costs no statement where all goes well; the others are kept by the statement that ends them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Connection, DateTime, bindparam, case, select, text
from sqlalchemy.dialects.postgresql import insert

from notifications.model import Delivery, DeliveryAttempt, DeliveryState
from services.shared.unit_of_work import UnitOfWork

_NOW = bindparam("now", type_=DateTime(timezone=True))
_COLUMNS = tuple(DeliveryAttempt.__table__.columns.keys())
_OF = text(
    """
    SELECT fence, claimed_at, marked_at, ended_at, outcome, code, reached_nobody
    FROM delivery_attempts_of(:delivery) ORDER BY fence
    """
)

# More than an outage that comes and goes is likely to meet by chance: half a minute at least.
REFUSALS = 5
# Along the key, which holds the moment it was made; what was planned earlier is no company.
_REFUSED_ALONE = text(
    """
    SELECT count(*) >= :refusals AND EXISTS (
      SELECT FROM deliveries d WHERE d.id > (SELECT uuidv7('-1 day'))
        AND d.channel = 'email' AND d.sent_at > max(t.ended_at))
    FROM delivery_attempts t
    WHERE t.delivery_id = :delivery AND t.code ~ '^smtp-(rcpt|data)-5'
    """
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """`marked_at`: from then on the content may have left. `ended_at` None: it goes on."""

    fence: int
    claimed_at: datetime | None
    marked_at: datetime | None
    ended_at: datetime | None
    outcome: str
    code: str | None
    reached_nobody: bool


def kept(
    ended: CTE,
    outcome: ColumnElement[str],
    code: ColumnElement[str],
    reached_nobody: ColumnElement[bool],
) -> CTE:
    """A statement for use beside `ended`, which sees the rows as they were before."""
    marked = case((Delivery.data_at >= Delivery.claimed_at, Delivery.data_at))
    row = (Delivery.id, Delivery.fence, Delivery.claimed_at, marked, _NOW)
    attempts = (
        select(*row, outcome, code, reached_nobody)
        .where(Delivery.id == ended.c.id)
        .where(outcome != DeliveryState.SENT.value)
    )
    fresh = insert(DeliveryAttempt).from_select(_COLUMNS, attempts)
    return fresh.on_conflict_do_nothing().cte("kept")


def of_delivery(delivery_id: UUID, *, uow: UnitOfWork) -> list[Attempt]:
    """Oldest first; for administrators and for the workers' role; to others, none."""
    rows = uow.session.execute(_OF, {"delivery": delivery_id})
    return [Attempt(**row) for row in rows.mappings()]


def is_refused_alone(delivery_id: UUID, *, connection: Connection) -> bool:
    """Whether the mail server refused this delivery at many attempts without a reason, and took
    somebody else's mail since the last of them.
    """
    values = {"delivery": delivery_id, "refusals": REFUSALS}
    return bool(connection.execute(_REFUSED_ALONE, values).scalar_one())
