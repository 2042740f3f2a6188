"""Stage one: an alert that is due becomes one delivery per entitled person and channel."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import (
    ARRAY,
    Boolean,
    DateTime,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import aliased

from notifications import vocabulary as known
from notifications.backoff import delay
from notifications.catalogue import COUNTS_DOWN
from notifications.lease import FAULTS_ALLOWED
from notifications.planning import escalation, scheduling
from notifications.planning.scheduling import DueDelivery
from notifications.recipients import entitled
from notifications.runtime import AWAY, POISON, Runtime
from notifications.webhooks import expansion as webhooks
from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

# A case without a reference worker is asked again: the alert waits for the next holder.
HOLDER_RETRY = timedelta(seconds=30)
# So does the last rung of a climb: until then it counts as backlog, of which operators hear.
LAST_RUNG_WAITS = timedelta(days=7)
EXPAND_LIMIT = 500
_NO_SYNC = {"synchronize_session": False}
_log = structlog.get_logger()

# What follows is built once, as in notifications.delivery.letters.
_NOW = bindparam("now", type_=DateTime(timezone=True))
_LATER = aliased(Alert)
# In the words of the partial index: a plan made for any value could not use it.
_PLANNED = literal_column("'planned'", Text)
_OVERTAKEN = exists().where(
    _LATER.kind == Alert.kind,
    _LATER.object_id == Alert.object_id,
    _LATER.object_version == Alert.object_version,
    _LATER.recipient_role == Alert.recipient_role,
    _LATER.recipient_id.is_not_distinct_from(Alert.recipient_id),
    _LATER.state == _PLANNED,
    _LATER.due_at <= _NOW,
    _LATER.due_at > Alert.due_at,
    # One that could not be expanded speaks for nobody.
    _LATER.faults == 0,
)
_CLAIM = (
    select(Alert.id, and_(Alert.kind.in_(COUNTS_DOWN), _OVERTAKEN).label("overtaken"))
    .where(Alert.state == _PLANNED, Alert.due_at <= _NOW)
    .where(or_(Alert.next_at.is_(None), Alert.next_at <= _NOW))
    # Of a newer release: only that knows how urgent it is, and whether it climbs.
    .where(Alert.kind == any_(known.KNOWN))
    .order_by(Alert.due_at)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True, of=Alert)
)
_WHO = entitled([], datetime.fromtimestamp(0, UTC))
_SINCE = func.greatest(Alert.due_at, Alert.planned_at).label("since")
_TOLD = select(_WHO.c.alert_id, Alert.kind, _WHO.c.professional_id, _SINCE).join(
    Alert, Alert.id == _WHO.c.alert_id
)
# NULL for `told` and `climbs` leaves what stands.
_MOVE = text(
    """
    UPDATE alerts SET
      state = CASE WHEN v.reached THEN 'sending' WHEN v.overtaken THEN 'cancelled'
        WHEN v.awaits_holder THEN 'planned' ELSE 'no_recipient' END,
      next_at = CASE WHEN NOT v.reached AND v.awaits_holder THEN :again END,
      attempts = attempts + 1,
      set_aside_at = NULL,
      told_at = coalesce(v.told, told_at),
      climbs_at = coalesce(v.climbs, climbs_at)
    FROM (
      SELECT n.*, a.recipient_role = 'reference_worker'
        OR a.recipient_role = 'coordinator' AND a.due_at > :last_rung AND EXISTS (
          SELECT FROM alerts f WHERE f.id = a.first_id AND f.state IN ('planned', 'sending')
        ) AS awaits_holder
      FROM unnest(:taken, :reached, :overtaken, :told, :climbs)
        AS n (id, reached, overtaken, told, climbs)
      JOIN alerts a ON a.id = n.id
    ) v
    WHERE alerts.id = v.id
    RETURNING alerts.state
    """
).bindparams(
    bindparam("taken", type_=ARRAY(Uuid)),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("again", "last_rung")),
    *(bindparam(name, type_=ARRAY(Boolean)) for name in ("reached", "overtaken")),
    *(bindparam(name, type_=ARRAY(DateTime(timezone=True))) for name in ("told", "climbs")),
)


class Claimed(NamedTuple):
    """`is_overtaken`: a later alert of the same date is due too, and speaks for it."""

    id: UUID
    is_overtaken: bool


def expand_due(runtime: Runtime) -> int:
    """One batch of due alerts; how many were looked at.

    The statement is one for all of them: if it fails, each is looked at by itself.
    """
    try:
        with runtime.transaction("expand") as uow:
            moved = expand_batch(limit=EXPAND_LIMIT, domain=runtime.mail_domain, uow=uow)
    except AWAY:
        raise
    except POISON as fault:
        _log.error("alerts.expanded_singly", code=type(fault).__name__)
        return _expand_singly(runtime)
    for state, count in moved.items():
        _log.info("alerts.expanded", outcome=state, count=count)
    return moved.total()


def _expand_singly(runtime: Runtime) -> int:
    for taken in range(EXPAND_LIMIT):
        with runtime.transaction("expand-one") as uow:
            due = claim(limit=1, uow=uow)
            if not due:
                return taken
            # Whether the later one can speak for it is not known yet: rather twice than never.
            due = [each._replace(is_overtaken=False) for each in due]
            try:
                with uow.session.begin_nested():
                    expand(due, domain=runtime.mail_domain, uow=uow)
            except AWAY:
                raise
            except POISON as fault:
                _postpone(due[0].id, type(fault).__name__, uow=uow)
                _log.error("alert.postponed", alert_id=str(due[0].id), code=type(fault).__name__)
    return EXPAND_LIMIT


def expand_batch(*, limit: int, domain: str, uow: UnitOfWork) -> Counter[str]:
    """Expand up to `limit` due alerts, oldest first, and count the states they took.

    An alert that nobody may receive becomes `no_recipient` and stays visible; one for a reference
    worker stays `planned` and is asked again until the case has a holder. Expanding an alert a
    second time adds only persons who were not told yet. Of alerts that count down to the same date
    and are due together (the workers were away), the last speaks for all. What this
    release does not know waits for the one that wrote it.
    """
    return expand(claim(limit=limit, uow=uow), domain=domain, uow=uow)


def claim(*, limit: int, uow: UnitOfWork) -> list[Claimed]:
    """Due alerts, oldest first, locked until the transaction ends."""
    values = {"now": uow.now(), "at_most": limit, "known": known.KINDS}
    rows = uow.session.connection().execute(_CLAIM, values)
    return [Claimed(*row) for row in rows]


def expand(taken: Sequence[Claimed], *, domain: str, uow: UnitOfWork) -> Counter[str]:
    """All of them in a few statements: one alert that fails fails them all."""
    now = uow.now()
    if not taken:
        return Counter()
    due = [each.id for each in taken if not each.is_overtaken]
    connection = uow.session.connection()
    told = [DueDelivery(*row) for row in connection.execute(_TOLD, {"alerts": due, "now": now})]
    scheduling.write_all(told, domain=domain, uow=uow)
    webhooks.expand(due, uow=uow)
    reached = {each.alert_id for each in told}
    times = escalation.times_of(due, reached, uow=uow)
    unchanged = (None, None)
    values = {
        "again": now + HOLDER_RETRY,
        "last_rung": now - LAST_RUNG_WAITS,
        "taken": [each.id for each in taken],
        "reached": [each.id in reached for each in taken],
        "overtaken": [each.is_overtaken for each in taken],
        "told": [times.get(each.id, unchanged)[0] for each in taken],
        "climbs": [times.get(each.id, unchanged)[1] for each in taken],
    }
    return Counter(connection.execute(_MOVE, values).scalars())


def _postpone(alert_id: UUID, code: str, *, uow: UnitOfWork) -> None:
    """One more time its recipients could not be worked out."""
    faults = uow.session.scalars(select(Alert.faults).where(Alert.id == alert_id)).one() + 1
    aside = func.coalesce(Alert.set_aside_at, uow.now())
    values: dict[str, Any] = {"faults": faults, "last_error": code}
    values["next_at"] = uow.now() + delay(faults)
    values["set_aside_at"] = case((Alert.faults + 1 >= FAULTS_ALLOWED, aside))
    uow.session.execute(
        update(Alert).where(Alert.id == alert_id).values(values), execution_options=_NO_SYNC
    )
