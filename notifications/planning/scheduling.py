"""What is written for one person who must hear of an alert: deliveries, or an item of their digest.

The row in the application is always written, for every message's link leads to it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from notifications.catalogue import CATALOGUE, DIGEST_KIND, Urgency
from notifications.mobile.sending import having_one
from notifications.model import ChannelName, DeliveryState, NotificationPreference
from notifications.preferences import DEFAULT, Preference, Timing, preference_of
from notifications.timing import next_digest, quiet_until
from services.shared.alerts import Alert, AlertState, RecipientRole
from services.shared.unit_of_work import UnitOfWork

Digests = dict[tuple[UUID, datetime], UUID]


class DueDelivery(NamedTuple):
    """`since` is the instant from which the message is late."""

    alert_id: UUID
    kind: str
    professional_id: UUID
    since: datetime


class Way(NamedTuple):
    """One delivery of a kind of alert to a person; `due` is None for at once."""

    channel: ChannelName
    state: DeliveryState
    due: datetime | None = None
    sent_at: datetime | None = None


# One statement for all. Somebody who lost the role and got it back is told after all, under the
# same Message-ID.
_WRITE = text(
    """
    INSERT INTO deliveries (id, alert_id, professional_id, channel, state, next_at, due_at, sent_at,
      message_id)
    SELECT uuidv7(), alert_id, professional_id, channel, state, due, due, sent_at,
      concat('<', uuidv7(), '@', CAST(:domain AS text), '>')
    FROM unnest(:alerts, :people, :channels, :states, :dues, :sent)
      AS v (alert_id, professional_id, channel, state, due, sent_at)
    ON CONFLICT ON CONSTRAINT uq_deliveries_once DO UPDATE
    SET state = excluded.state, next_at = excluded.next_at, due_at = excluded.due_at,
      last_error = NULL
    WHERE deliveries.state = 'cancelled'
    """
).bindparams(
    *(bindparam(name, type_=ARRAY(Uuid)) for name in ("alerts", "people")),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("channels", "states")),
    *(bindparam(name, type_=ARRAY(DateTime(timezone=True))) for name in ("dues", "sent")),
)
# What a digest told already stays where it is.
_GATHER = text(
    """
    INSERT INTO digest_items (alert_id, professional_id, digest_id)
    SELECT * FROM unnest(:alerts, :people, :digests) ON CONFLICT DO NOTHING
    """
).bindparams(
    *(bindparam(name, type_=ARRAY(Uuid)) for name in ("alerts", "people", "digests")),
)


def write_all(told: Sequence[DueDelivery], *, domain: str, uow: UnitOfWork) -> None:
    """Everything that these persons are to hear of, as they want it now."""
    preferences = preferences_of({each.professional_id for each in told}, uow=uow)
    kinds = {(each.professional_id, each.kind) for each in told}
    ways = {
        (who, kind): _ways(kind, preferences.get(who, DEFAULT), uow.now()) for who, kind in kinds
    }
    for way in _by_sms(kinds, preferences, uow=uow):
        ways[way] = [*ways[way], _sms(way[1], preferences[way[0]], uow.now())]
    rows = [(each, way) for each in told for way in ways[each.professional_id, each.kind]]
    if rows:
        values = {
            "alerts": [each.alert_id for each, _ in rows],
            "people": [each.professional_id for each, _ in rows],
            "channels": [way.channel.value for _, way in rows],
            "states": [way.state.value for _, way in rows],
            "dues": [way.due or each.since for each, way in rows],
            "sent": [way.sent_at for _, way in rows],
        }
        uow.session.connection().execute(_WRITE, values | {"domain": domain})
    gathered = {
        (who, kind)
        for who, kind in kinds
        if kind != DIGEST_KIND
        and preferences.get(who, DEFAULT).timing(kind, ChannelName.EMAIL) is Timing.IN_DIGEST
    }
    later = [each for each in told if (each.professional_id, each.kind) in gathered]
    _gather(later, preferences, uow=uow)


def preferences_of(who: set[UUID], *, uow: UnitOfWork) -> dict[UUID, Preference]:
    query = select(NotificationPreference).where(NotificationPreference.professional_id.in_(who))
    return {row.professional_id: preference_of(row) for row in uow.session.scalars(query)}


def _ways(kind: str, preference: Preference, now: datetime) -> list[Way]:
    """How this person wants to hear of alerts of this kind, apart from their digest."""
    if kind == DIGEST_KIND:
        # It comes at the hour that was chosen for it, and holds nothing of its own to read.
        return [Way(ChannelName.EMAIL, DeliveryState.PENDING)]
    shown = preference.timing(kind, ChannelName.INAPP) is Timing.AT_ONCE
    # The row is the message: it can be read as soon as it is committed.
    state = DeliveryState.SENT if shown else DeliveryState.MUTED
    ways = [Way(ChannelName.INAPP, state, sent_at=now)]
    if preference.timing(kind, ChannelName.EMAIL) is Timing.AT_ONCE:
        due = wait_for_morning(kind, preference, now)
        ways.append(Way(ChannelName.EMAIL, DeliveryState.PENDING, due))
    return ways


def _by_sms(
    kinds: set[tuple[UUID, str]], preferences: dict[UUID, Preference], *, uow: UnitOfWork
) -> set[tuple[UUID, str]]:
    """Those who want it at once and proved a number: nobody, unless they chose it."""
    wanted = {
        (who, kind)
        for who, kind in kinds
        if kind != DIGEST_KIND
        and (mine := preferences.get(who))
        and mine.timing(kind, ChannelName.SMS) is Timing.AT_ONCE
    }
    able = having_one({who for who, _ in wanted}, uow=uow) if wanted else set()
    return {(who, kind) for who, kind in wanted if who in able}


def _sms(kind: str, preference: Preference, now: datetime) -> Way:
    due = wait_for_morning(kind, preference, now)
    return Way(ChannelName.SMS, DeliveryState.PENDING, due)


def wait_for_morning(kind: str, preference: Preference, now: datetime) -> datetime | None:
    """Until the end of the quiet hours that hold now; a legal alert waits for nothing."""
    known = CATALOGUE.get(kind)
    if preference.quiet_hours is None or (known and known.urgency is Urgency.LEGAL):
        return None
    return quiet_until(now, preference.quiet_hours, preference.place)


def _gather(
    told: Sequence[DueDelivery], preferences: dict[UUID, Preference], *, uow: UnitOfWork
) -> None:
    digests: Digests = {}
    items = []
    # In one order: two that plan the same digests do not wait for each other in a circle.
    for each in sorted(told, key=lambda one: (one.professional_id, one.alert_id)):
        preference = preferences.get(each.professional_id, DEFAULT)
        digest = _digest(each.professional_id, preference, digests, uow=uow)
        items.append((each.alert_id, each.professional_id, digest))
    if items:
        alerts, people, into = map(list, zip(*items, strict=True))
        values = {"alerts": alerts, "people": people, "digests": into}
        uow.session.connection().execute(_GATHER, values)


def _digest(who: UUID, preference: Preference, known: Digests, *, uow: UnitOfWork) -> UUID:
    """The next digest of this person that has not begun to leave, planned if there is none.

    Its row is locked until we commit: it cannot leave without what is added to it here.
    """
    at = next_digest(uow.now(), preference.digest, preference.place)
    while (who, at) not in known:
        key = uow.session.scalar(_plan_digest(who, at, uow.now()))
        if key is not None:
            known[who, at] = key
        else:
            at = next_digest(at, preference.digest, preference.place)
    return known[who, at]


def _plan_digest(who: UUID, at: datetime, now: datetime) -> ReturningInsert[UUID]:
    fresh = insert(Alert).values(
        id=uuid4(),
        kind=DIGEST_KIND,
        object_id=who,
        object_version=1,
        rung=at.isoformat(),
        recipient_role=RecipientRole.PERSON.value,
        recipient_id=who,
        due_at=at,
        facts={},
        planned_at=now,
    )
    return fresh.on_conflict_do_update(
        constraint="uq_alerts_once",
        set_={"planned_at": Alert.planned_at},
        where=Alert.state == AlertState.PLANNED.value,
    ).returning(Alert.id)
