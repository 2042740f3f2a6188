"""A message that was refused, failed or bounced: the next channel, and after the last one people.

ORDER is the seam for further channels: those that go to a person by themselves, the best first.
The list in the application is none of them: it waits until somebody looks.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, bindparam, text, update

from notifications.catalogue import CLIMBING
from notifications.mobile.sending import having_one
from notifications.model import ChannelName, Delivery, DeliveryState
from notifications.planning.escalation import climb_at_once
from notifications.planning.scheduling import preferences_of, wait_for_morning
from notifications.preferences import DEFAULT, Timing
from notifications.vocabulary import KINDS
from services.cases.events import AlertUndelivered
from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

ORDER: tuple[ChannelName, ...] = (ChannelName.EMAIL, ChannelName.SMS)
# What somebody who gave a number must have said, or left as it is, to be sent an SMS instead.
_WANTED = (Timing.AT_ONCE, Timing.IF_EMAIL_FAILS)
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
      -- Only the release that knows it knows whether it is to be told in person.
      AND a.kind = ANY(:known)
    ORDER BY d.next_at LIMIT :at_most
    FOR UPDATE OF f SKIP LOCKED
    """
)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Whether a channel still reaches one person with one alert, and which comes next."""

    reached: bool
    following: str | None
    quiet_until: datetime | None = None


def next_channel(tried: Collection[str], has: Collection[str]) -> str | None:
    """The best one that was not tried and that this person has; None if none is left."""
    return next((each.value for each in ORDER if each in has and each not in tried), None)


def take_next_channel(*, uow: UnitOfWork) -> int:
    """Follow up what could not be delivered, each once; how many were followed up."""
    found = uow.session.execute(_UNDONE, {"at_most": BATCH, "known": KINDS}).all()
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
    # Once for an alert and a person, however many of their channels failed together.
    undone = {
        (row.alert_id, row.professional_id): row
        for row in found
        if row.id in mine and row.stands and row.channel in ORDER
    }
    ways = _ways(list(undone.values()), uow=uow)
    for key, row in undone.items():
        if not ways[key].reached and ways[key].following:
            _send_by(ways[key], row, uow=uow)
    lost = [key for key in undone if not ways[key].reached and not ways[key].following]
    _give_to_people([undone[key] for key in lost], uow=uow)
    return len(mine)


_TRIED = text(
    """
    SELECT d.alert_id, d.professional_id, array_agg(d.channel) AS channels,
      bool_or(d.state IN ('pending', 'sending', 'sent')) AS reached
    FROM deliveries d
    WHERE d.channel = ANY(:order)
      AND (d.alert_id, d.professional_id) IN (SELECT * FROM unnest(:alerts, :people))
    GROUP BY d.alert_id, d.professional_id
    """
).bindparams(
    bindparam("alerts", type_=ARRAY(Uuid)),
    bindparam("people", type_=ARRAY(Uuid)),
)


def _ways(undone: Sequence[Row[Any]], *, uow: UnitOfWork) -> dict[tuple[UUID, UUID], Ways]:
    """What an SMS needs is asked here: a number, and that its owner did not say never."""
    if not undone:
        return {}
    people = {row.professional_id for row in undone}
    values = {
        "order": [channel.value for channel in ORDER],
        "alerts": [row.alert_id for row in undone],
        "people": [row.professional_id for row in undone],
    }
    tried = {
        (row.alert_id, row.professional_id): row for row in uow.session.execute(_TRIED, values)
    }
    able = having_one(people, uow=uow)
    wishes = preferences_of(people, uow=uow)
    found = {}
    for row in undone:
        key = (row.alert_id, row.professional_id)
        wish = wishes.get(row.professional_id, DEFAULT)
        sms = row.professional_id in able and wish.timing(row.kind, ChannelName.SMS) in _WANTED
        # An e-mail address everybody has; it was tried, or they want none of this.
        found[key] = Ways(
            reached=tried[key].reached,
            following=next_channel(tried[key].channels, {ChannelName.SMS} if sms else ()),
            quiet_until=wait_for_morning(row.kind, wish, uow.now()),
        )
    return found


# A channel's own Message-ID: what answers to the one says nothing of the other.
_BY_NEXT = text(
    """
    INSERT INTO deliveries (id, alert_id, professional_id, channel, next_at, due_at, message_id)
    SELECT uuidv7(), d.alert_id, d.professional_id, :channel, :at, :at,
      concat('<', gen_random_uuid(), '@', split_part(d.message_id, '@', 2))
    FROM deliveries d WHERE d.id = :failed
    ON CONFLICT DO NOTHING
    """
)


def _send_by(ways: Ways, row: Row[Any], *, uow: UnitOfWork) -> None:
    at = ways.quiet_until or uow.now()
    values = {"channel": ways.following, "at": at, "failed": row.id}
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
        uow.announce(told, actor=None)
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


def fail_without_gateway(*, uow: UnitOfWork) -> int:
    """Give up what waits for a gateway in a part that has none: it would wait in vain."""
    vain = (
        update(Delivery)
        .where(Delivery.channel == ChannelName.SMS.value)
        .where(Delivery.state == DeliveryState.PENDING.value)
        .values(state=DeliveryState.FAILED.value, last_error="no-gateway")
        .returning(Delivery.id)
    )
    return len(uow.session.execute(vain, execution_options=_NO_SYNC).all())
