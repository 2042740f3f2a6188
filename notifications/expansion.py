"""Stage one: an alert that is due becomes one delivery per entitled person and channel."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, Text, and_, case, column, func, select, update, values
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.dml import ReturningUpdate

from notifications.model import ChannelName, Delivery, DeliveryState
from notifications.recipients import entitled
from notifications.webhooks import expansion as webhooks
from services.shared.alerts import Alert, AlertState, RecipientRole
from services.shared.unit_of_work import UnitOfWork

# A case without a reference worker is asked again: the alert waits for the next holder.
HOLDER_RETRY = timedelta(seconds=30)
_COLUMNS = (
    "id",
    "alert_id",
    "professional_id",
    "channel",
    "state",
    "next_at",
    "sent_at",
    "message_id",
)
_NO_SYNC = {"synchronize_session": False}
_CHANNELS = values(column("channel", Text), column("state", Text), name="channels").data(
    [
        (ChannelName.EMAIL.value, DeliveryState.PENDING.value),
        # The row is the message: it can be read as soon as it is committed.
        (ChannelName.INAPP.value, DeliveryState.SENT.value),
    ]
)


def expand_due(*, limit: int, domain: str, uow: UnitOfWork) -> Counter[str]:
    """Expand up to `limit` due alerts, oldest first, and count the states they took.

    An alert that nobody may receive becomes `no_recipient` and stays visible; one for a reference
    worker stays `planned` and is asked again until the case has a holder. Expanding an alert a
    second time adds only persons who were not told yet.
    """
    now = uow.now()
    due = list(uow.session.scalars(_claim(now, limit)))
    if not due:
        return Counter()
    uow.session.execute(_insert_deliveries(due, now, domain))
    webhooks.expand(due, uow=uow)
    moved = uow.session.execute(_move_alerts(due, now), execution_options=_NO_SYNC)
    return Counter(row.state for row in moved)


def _claim(now: datetime, limit: int) -> Select[UUID]:
    return (
        select(Alert.id)
        .where(Alert.state == "planned", Alert.due_at <= now)
        .where((Alert.next_at.is_(None)) | (Alert.next_at <= now))
        .order_by(Alert.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _insert_deliveries(due: list[UUID], now: datetime, domain: str) -> Insert:
    who = entitled(due, now)
    channel = _CHANNELS.c
    rows = (
        select(
            func.gen_random_uuid(),
            who.c.alert_id,
            who.c.professional_id,
            channel.channel,
            channel.state,
            func.greatest(Alert.due_at, Alert.planned_at),
            case((channel.state == DeliveryState.SENT.value, now)),
            func.concat("<", func.gen_random_uuid().cast(Text), "@", domain, ">"),
        )
        .select_from(who.join(Alert, Alert.id == who.c.alert_id))
        .join(_CHANNELS, onclause=channel.channel.is_not(None))
    )
    fresh = insert(Delivery).from_select(list(_COLUMNS), rows)
    # Somebody who lost the role and got it back is told after all, under the same Message-ID.
    return fresh.on_conflict_do_update(
        constraint="uq_deliveries_once",
        set_={"state": fresh.excluded.state, "next_at": now, "last_error": None},
        where=Delivery.state == DeliveryState.CANCELLED.value,
    )


def _move_alerts(due: list[UUID], now: datetime) -> ReturningUpdate[str]:
    who = entitled(due, now)
    reached = Alert.id.in_(select(who.c.alert_id))
    awaits_holder = and_(~reached, Alert.recipient_role == RecipientRole.REFERENCE_WORKER.value)
    return (
        update(Alert)
        .where(Alert.id.in_(due))
        .values(
            state=case(
                (reached, AlertState.SENDING.value),
                (awaits_holder, AlertState.PLANNED.value),
                else_=AlertState.NO_RECIPIENT.value,
            ),
            attempts=Alert.attempts + 1,
            next_at=case((awaits_holder, now + HOLDER_RETRY)),
        )
        .returning(Alert.state)
    )
