"""A message that was refused, failed or bounced: the next channel, and after the last one people.

ORDER is the seam for further channels: those that go to a person by themselves, the best first.
The list in the application is none of them: it waits until somebody looks. A channel that a person
may lack has its place here, and `_send_by` asks who has it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from notifications.catalogue import CLIMBING
from notifications.escalation import climb_at_once
from notifications.model import ChannelName, Delivery
from services.cases.events import AlertUndelivered
from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

ORDER: tuple[ChannelName, ...] = (ChannelName.EMAIL,)
BATCH = 100
_NO_SYNC = {"synchronize_session": False}

# The first alert of a climb is held: acknowledging, climbing and this take turns.
_UNDONE = text(
    """
    SELECT d.id, d.alert_id, d.professional_id, d.channel, a.case_id, a.kind, f.id AS first_id,
      a.state IN ('planned', 'sending') AND f.state IN ('planned', 'sending') AS stands
    FROM deliveries d
    JOIN alerts a ON a.id = d.alert_id
    JOIN alerts f ON f.id = coalesce(a.first_id, a.id)
    WHERE d.state IN ('rejected', 'failed') AND d.followed_up_at IS NULL
    ORDER BY d.next_at LIMIT :at_most
    FOR UPDATE OF f SKIP LOCKED
    """
)


def next_channel(channel: str, order: Sequence[str] = ORDER) -> str | None:
    """The one to take after `channel`; None after the last."""
    later = list(order)[list(order).index(channel) + 1 :] if channel in order else []
    return later[0] if later else None


def take_next_channel(*, uow: UnitOfWork) -> int:
    """Follow up what could not be delivered, each once; how many were followed up."""
    found = uow.session.execute(_UNDONE, {"at_most": BATCH}).all()
    if not found:
        return 0
    mine = set(
        uow.session.scalars(
            update(Delivery)
            .where(Delivery.id.in_([row.id for row in found]))
            .where(Delivery.followed_up_at.is_(None))
            .values(followed_up_at=uow.now())
            .returning(Delivery.id),
            execution_options=_NO_SYNC,
        )
    )
    undone = [row for row in found if row.id in mine and row.stands]
    for row in [each for each in undone if next_channel(each.channel)]:
        _send_by(str(next_channel(row.channel)), row, uow=uow)
    _give_to_people([row for row in undone if not next_channel(row.channel)], uow=uow)
    return len(mine)


# A channel's own Message-ID: what answers to the one says nothing of the other.
_BY_NEXT = text(
    """
    INSERT INTO deliveries (id, alert_id, professional_id, channel, next_at, message_id)
    SELECT gen_random_uuid(), d.alert_id, d.professional_id, :channel, :now,
      concat('<', gen_random_uuid(), '@', split_part(d.message_id, '@', 2))
    FROM deliveries d WHERE d.id = :failed
    ON CONFLICT DO NOTHING
    """
)


def _send_by(channel: str, row: Row[Any], *, uow: UnitOfWork) -> None:
    values = {"channel": channel, "now": uow.now(), "failed": row.id}
    uow.session.execute(_BY_NEXT, values)
    uow.wake()


def _give_to_people(undone: Sequence[Row[Any]], *, uow: UnitOfWork) -> None:
    """Legal alerts of a case: a task to tell them in person; and if the alert reached nobody, the
    next rung at once."""
    legal = [row for row in undone if row.kind in CLIMBING and row.case_id is not None]
    for row in legal:
        told = AlertUndelivered(
            case_id=row.case_id, alert_id=row.alert_id, professional_id=row.professional_id
        )
        uow.record(told, actor=None)
    lost = _reached_nobody({row.alert_id for row in legal}, uow=uow)
    if lost:
        never = update(Alert).where(Alert.id.in_(lost)).values(undelivered_at=uow.now())
        uow.session.execute(never, execution_options=_NO_SYNC)
        climb_at_once([row.first_id for row in legal if row.alert_id in lost], uow=uow)


# Nobody of this alert was or is being told by a channel that goes to them, nor is a later rung.
_LOST = text(
    """
    SELECT a.id FROM alerts a WHERE a.id = ANY(:alerts)
      AND NOT EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id
        AND d.channel = ANY(:order) AND d.state IN ('pending', 'sending', 'sent'))
      AND NOT EXISTS (SELECT FROM alerts l WHERE l.first_id = coalesce(a.first_id, a.id)
        AND l.planned_at > a.planned_at AND l.id <> a.id AND l.state IN ('planned', 'sending'))
    """
)


def _reached_nobody(alerts: set[UUID], *, uow: UnitOfWork) -> set[UUID]:
    values = {"alerts": list(alerts), "order": [channel.value for channel in ORDER]}
    return set(uow.session.scalars(_LOST, values))
