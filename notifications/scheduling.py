"""What is written for one person who must hear of an alert: deliveries, or an item of their digest.

The row in the application is always written, for every message's link leads to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from notifications.catalogue import CATALOGUE, DIGEST_KIND, Urgency
from notifications.mobile.sending import having_one
from notifications.model import (
    ChannelName,
    Delivery,
    DeliveryState,
    DigestItem,
    NotificationPreference,
)
from notifications.preferences import DEFAULT, Preference, Timing, preference_of
from notifications.timing import next_digest, quiet_until
from services.shared.alerts import Alert, AlertState, RecipientRole
from services.shared.unit_of_work import UnitOfWork

Digests = dict[tuple[UUID, datetime], UUID]


@dataclass(frozen=True, kw_only=True)
class Told:
    """`since` is the instant from which the message is late."""

    alert_id: UUID
    kind: str
    professional_id: UUID
    since: datetime


_FRESH = insert(Delivery)
# Somebody who lost the role and got it back is told after all, under the same Message-ID.
_WRITE = _FRESH.on_conflict_do_update(
    constraint="uq_deliveries_once",
    set_={
        "state": _FRESH.excluded.state,
        "next_at": _FRESH.excluded.next_at,
        "due_at": _FRESH.excluded.due_at,
        "last_error": None,
    },
    where=Delivery.state == DeliveryState.CANCELLED.value,
)
# What a digest told already stays where it is.
_GATHER = insert(DigestItem).on_conflict_do_nothing()


def write_all(told: Iterable[Told], *, domain: str, uow: UnitOfWork) -> None:
    """Everything that these persons are to hear of, as they want it now."""
    told = list(told)
    preferences = preferences_of({each.professional_id for each in told}, uow=uow)
    rows = []
    for each in told:
        preference = preferences.get(each.professional_id, DEFAULT)
        rows += _deliveries(each, preference, uow.now(), domain)
    rows += _by_sms(told, preferences, domain, uow=uow)
    if rows:
        uow.session.connection().execute(_WRITE, rows)
    _gather(told, preferences, uow=uow)


def preferences_of(who: set[UUID], *, uow: UnitOfWork) -> dict[UUID, Preference]:
    query = select(NotificationPreference).where(NotificationPreference.professional_id.in_(who))
    return {row.professional_id: preference_of(row) for row in uow.session.scalars(query)}


def _deliveries(
    told: Told, preference: Preference, now: datetime, domain: str
) -> list[dict[str, object]]:
    rows = []
    if told.kind == DIGEST_KIND:
        # It comes at the hour that was chosen for it, and holds nothing of its own to read.
        own = _row(told, ChannelName.EMAIL, DeliveryState.PENDING, told.since, domain=domain)
        rows.append(own)
    else:
        shown = preference.timing(told.kind, ChannelName.INAPP) is Timing.AT_ONCE
        # The row is the message: it can be read as soon as it is committed.
        state = DeliveryState.SENT if shown else DeliveryState.MUTED
        rows.append(_row(told, ChannelName.INAPP, state, told.since, domain=domain, sent_at=now))
        if preference.timing(told.kind, ChannelName.EMAIL) is Timing.AT_ONCE:
            due = wait_for_morning(told.kind, preference, now) or told.since
            rows.append(_row(told, ChannelName.EMAIL, DeliveryState.PENDING, due, domain=domain))
    return rows


def _by_sms(
    told: list[Told], preferences: dict[UUID, Preference], domain: str, *, uow: UnitOfWork
) -> list[dict[str, object]]:
    """For those who want it at once and proved a number: nobody, unless they chose it."""
    wanted = [
        (each, mine)
        for each in told
        if (mine := preferences.get(each.professional_id))
        and each.kind != DIGEST_KIND
        and mine.timing(each.kind, ChannelName.SMS) is Timing.AT_ONCE
    ]
    if not wanted:
        return []
    able = having_one({each.professional_id for each, _ in wanted}, uow=uow)
    rows = []
    for each, mine in wanted:
        if each.professional_id in able:
            due = wait_for_morning(each.kind, mine, uow.now()) or each.since
            rows.append(_row(each, ChannelName.SMS, DeliveryState.PENDING, due, domain=domain))
    return rows


def _row(
    told: Told,
    channel: ChannelName,
    state: DeliveryState,
    due: datetime,
    *,
    domain: str,
    sent_at: datetime | None = None,
) -> dict[str, object]:
    return {
        "id": uuid4(),
        "alert_id": told.alert_id,
        "professional_id": told.professional_id,
        "channel": channel.value,
        "state": state.value,
        "next_at": due,
        "due_at": due,
        "sent_at": sent_at,
        "message_id": f"<{uuid4()}@{domain}>",
    }


def wait_for_morning(kind: str, preference: Preference, now: datetime) -> datetime | None:
    """Until the end of the quiet hours that hold now; a legal alert waits for nothing."""
    known = CATALOGUE.get(kind)
    if preference.quiet_hours is None or (known and known.urgency is Urgency.LEGAL):
        return None
    return quiet_until(now, preference.quiet_hours, preference.place)


def _gather(told: list[Told], preferences: dict[UUID, Preference], *, uow: UnitOfWork) -> None:
    digests: Digests = {}
    items = []
    # In one order: two that plan the same digests do not wait for each other in a circle.
    for each in sorted(told, key=lambda one: (one.professional_id, one.alert_id)):
        preference = preferences.get(each.professional_id, DEFAULT)
        if each.kind == DIGEST_KIND:
            continue
        if preference.timing(each.kind, ChannelName.EMAIL) is Timing.IN_DIGEST:
            digest = _digest(each.professional_id, preference, digests, uow=uow)
            item = {"alert_id": each.alert_id, "professional_id": each.professional_id}
            items.append({**item, "digest_id": digest})
    if items:
        uow.session.connection().execute(_GATHER, items)


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
