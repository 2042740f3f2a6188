"""Stage one: an alert that is due becomes one delivery per entitled person and channel."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from notifications import escalation, scheduling
from notifications.catalogue import COUNTS_DOWN
from notifications.recipients import entitled
from notifications.scheduling import Told
from notifications.webhooks import expansion as webhooks
from services.shared.alerts import Alert, AlertState, RecipientRole
from services.shared.unit_of_work import UnitOfWork

# A case without a reference worker is asked again: the alert waits for the next holder.
HOLDER_RETRY = timedelta(seconds=30)
# So does the last rung of a climb: until then it counts as backlog, of which operators hear.
LAST_RUNG_WAITS = timedelta(days=7)
_NO_SYNC = {"synchronize_session": False}


class Claimed(NamedTuple):
    """`is_overtaken`: a later alert of the same date is due too, and speaks for it."""

    id: UUID
    is_overtaken: bool


def expand_due(*, limit: int, domain: str, uow: UnitOfWork) -> Counter[str]:
    """Expand up to `limit` due alerts, oldest first, and count the states they took.

    An alert that nobody may receive becomes `no_recipient` and stays visible; one for a reference
    worker stays `planned` and is asked again until the case has a holder. Expanding an alert a
    second time adds only persons who were not told yet. Of alerts that count down to the same date
    and are due together (the workers were away), the last speaks for all.
    """
    return expand(claim(limit=limit, uow=uow), domain=domain, uow=uow)


def claim(*, limit: int, uow: UnitOfWork) -> list[Claimed]:
    """Due alerts, oldest first, locked until the transaction ends."""
    return [Claimed(*row) for row in uow.session.execute(_claim(uow.now(), limit))]


def expand(taken: Sequence[Claimed], *, domain: str, uow: UnitOfWork) -> Counter[str]:
    """All of them in a few statements: one alert that fails fails them all."""
    now = uow.now()
    if not taken:
        return Counter()
    due = [each.id for each in taken if not each.is_overtaken]
    told = _told(due, now, uow=uow)
    scheduling.write_all(told, domain=domain, uow=uow)
    webhooks.expand(due, uow=uow)
    reached = {each.alert_id for each in told}
    moved = uow.session.execute(
        _move_alerts([each.id for each in taken], due, reached, now), execution_options=_NO_SYNC
    )
    states = Counter(row.state for row in moved)
    escalation.begin(due, uow=uow)
    return states


def _claim(now: datetime, limit: int) -> Select[UUID, bool]:
    later = aliased(Alert)
    overtaken = exists().where(
        later.kind == Alert.kind,
        later.object_id == Alert.object_id,
        later.object_version == Alert.object_version,
        later.recipient_role == Alert.recipient_role,
        later.recipient_id.is_not_distinct_from(Alert.recipient_id),
        later.state == AlertState.PLANNED.value,
        later.due_at <= now,
        later.due_at > Alert.due_at,
        # One that could not be expanded speaks for nobody.
        later.faults == 0,
    )
    return (
        select(Alert.id, and_(Alert.kind.in_(COUNTS_DOWN), overtaken).label("overtaken"))
        .where(Alert.state == "planned", Alert.due_at <= now)
        .where((Alert.next_at.is_(None)) | (Alert.next_at <= now))
        .order_by(Alert.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Alert)
    )


def _told(due: list[UUID], now: datetime, *, uow: UnitOfWork) -> list[Told]:
    """Who must hear of each, and may, at this instant."""
    who = entitled(due, now)
    since = func.greatest(Alert.due_at, Alert.planned_at).label("since")
    query = select(who.c.alert_id, Alert.kind, who.c.professional_id, since)
    rows = uow.session.execute(query.join(Alert, Alert.id == who.c.alert_id))
    return [Told(**row) for row in rows.mappings()]


def _move_alerts(
    taken: list[UUID], due: list[UUID], reached: set[UUID], now: datetime
) -> ReturningUpdate[str]:
    is_reached = Alert.id.in_(reached)
    first = aliased(Alert)
    awaits_holder = or_(
        Alert.recipient_role == RecipientRole.REFERENCE_WORKER.value,
        and_(
            Alert.recipient_role == RecipientRole.COORDINATOR.value,
            Alert.due_at > now - LAST_RUNG_WAITS,
            exists().where(
                first.id == Alert.first_id,
                first.state.in_([AlertState.PLANNED.value, AlertState.SENDING.value]),
            ),
        ),
    )
    return (
        update(Alert)
        .where(Alert.id.in_(taken))
        .values(
            state=case(
                (is_reached, AlertState.SENDING.value),
                (Alert.id.not_in(due), AlertState.CANCELLED.value),
                (awaits_holder, AlertState.PLANNED.value),
                else_=AlertState.NO_RECIPIENT.value,
            ),
            attempts=Alert.attempts + 1,
            next_at=case((and_(~is_reached, awaits_holder), now + HOLDER_RETRY)),
            set_aside_at=None,
        )
        .returning(Alert.state)
    )
