"""The ladder: a legal alert that nobody acknowledges climbs, role by role, until somebody does who
may read what it is about. Whoever may not says who acts: they are asked, and a new round begins.

Each rung is an alert of its own, of the same object and linked to the first: what cancels the
alerts of an object ends the climb with them. Who holds the role is decided when it is told, as for
every alert; a role that nobody holds is passed over at once, and its rung says so.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    DateTime,
    Row,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from notifications.catalogue import CLIMBING
from notifications.recipients import entitled
from notifications.vocabulary import KINDS
from services.network.escalation_rules import Rung, rules
from services.shared.alerts import Alert, AlertState, RecipientRole
from services.shared.clock import brussels, legal_day
from services.shared.unit_of_work import UnitOfWork

UNACKNOWLEDGED = "evictions.unacknowledged"
# Left to whoever is told last; less only if less than twice that is left when the climb begins.
RESERVE = timedelta(hours=4)
# A day ends, for what has to be done on it, when offices close.
CLOSING = time(17, 0)
BATCH = 200
_NO_SYNC = {"synchronize_session": False}


def last_moment(facts: Mapping[str, Any], now: datetime) -> datetime | None:
    """Until when somebody can still act; None if the alert names no date, or one that is over.

    Nor if its date cannot be read: it climbs by the ordinary waits, and stops nobody else's.
    """
    try:
        if facts.get("hearing_at"):
            moment = datetime.fromisoformat(facts["hearing_at"])
            return moment if moment > now else None
        if facts.get("due_on"):
            day = date.fromisoformat(facts["due_on"])
            return max(brussels(day, CLOSING), now) if day >= legal_day(now) else None
    except (TypeError, ValueError):
        return None
    return None


def next_wait(waits: Sequence[timedelta], now: datetime, last: datetime | None) -> timedelta:
    """How long the next rung waits, when `waits` are those of it and of all that follow.

    They shrink together so that the last rung is told RESERVE before the date; and where less than
    twice that is left, in half of what is left.
    """
    total = sum(waits, timedelta(0))
    if last is None or not total:
        return waits[0]
    left = max(last - now, timedelta(0))
    return waits[0] * min(1.0, max(left - RESERVE, left / 2) / total)


_RUNG = aliased(Alert)
_CLIMBING = (
    select(
        Alert.id,
        Alert.facts,
        Alert.first_id,
        Alert.recipient_role,
        exists(_RUNG.id).where(_RUNG.first_id == Alert.id).label("climbed"),
    )
    .where(Alert.id == any_(bindparam("expanded", type_=ARRAY(Uuid))))
    .where(Alert.kind.in_(CLIMBING), Alert.told_at.is_(None), Alert.case_id.is_not(None))
)
# When an alert was told, and when it climbs.
Times = tuple[datetime | None, datetime | None]


def times_of(
    expanded: Sequence[UUID], reached: Container[UUID], *, uow: UnitOfWork
) -> dict[UUID, Times]:
    """Write for each alert when it was told and when it climbs; None leaves what is stored.

    One that found nobody (the case has no reference worker) climbs at once.
    """
    found = uow.session.connection().execute(_CLIMBING, {"expanded": list(expanded)}).all()
    if not found:
        return {}
    waits = [step.wait for step in rules(uow=uow).steps]
    return {alert.id: _times(alert, alert.id in reached, waits, uow.now()) for alert in found}


def _times(alert: Row[Any], reached: bool, waits: Sequence[timedelta], now: datetime) -> Times:
    told = now if reached else None
    if alert.climbed or alert.first_id or alert.recipient_role != RecipientRole.REFERENCE_WORKER:
        return told, None
    if told is None:
        return None, now
    return told, now + next_wait(waits, now, last_moment(alert.facts, now))


_NEXT_TIMES = text(
    """
    UPDATE alerts SET climbs_at = v.climbs FROM unnest(:ids, :climbs) AS v (id, climbs)
    WHERE alerts.id = v.id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)), bindparam("climbs", type_=ARRAY(DateTime(timezone=True)))
)
_DUE = text(
    """
    SELECT f.id, f.case_id, f.kind, f.object_id, f.object_version, f.facts, f.told_at, c.code,
      f.round,
      ARRAY(SELECT r.recipient_role FROM alerts r
        WHERE r.first_id = f.id AND r.round = f.round) AS passed
    FROM alerts f JOIN cases c ON c.id = f.case_id
    WHERE f.climbs_at IS NOT NULL AND f.state IN ('planned', 'sending') AND f.climbs_at <= :now
      AND f.kind = ANY(:known)
    ORDER BY f.climbs_at LIMIT :at_most
    FOR UPDATE OF f SKIP LOCKED
    """
)


def climb(*, uow: UnitOfWork) -> int:
    """Write the next rung of every alert whose time is over; how many alerts climbed.

    Whoever acknowledges waits for this transaction and ends what it wrote; two sweepers take
    different alerts, and no rung can be written twice.
    """
    values = {"now": uow.now(), "at_most": BATCH, "known": KINDS}
    firsts = uow.session.execute(_DUE, values).all()
    if not firsts:
        return 0
    steps = rules(uow=uow).steps
    ways = {first.id: [s for s in steps if s.role.value not in first.passed] for first in firsts}
    climbing = list(firsts)
    while climbing:
        climbing = _climb_once([first for first in climbing if ways[first.id]], ways, uow=uow)
    climbs = [_next_time(first, ways[first.id], uow.now()) for first in firsts]
    uow.session.execute(_NEXT_TIMES, {"ids": [first.id for first in firsts], "climbs": climbs})
    uow.wake()
    return len(firsts)


def climbs_again(facts: Mapping[str, Any], *, uow: UnitOfWork) -> datetime:
    """When a new round climbs, if whoever is said to act does not answer."""
    waits = [step.wait for step in rules(uow=uow).steps]
    return uow.now() + next_wait(waits, uow.now(), last_moment(facts, uow.now()))


def _next_time(first: Row[Any], left: Sequence[Rung], now: datetime) -> datetime | None:
    if not left:
        return None
    return now + next_wait([step.wait for step in left], now, last_moment(first.facts, now))


def _climb_once(
    firsts: Sequence[Row[Any]], ways: dict[UUID, list[Rung]], *, uow: UnitOfWork
) -> list[Row[Any]]:
    """One rung each; those whose rung nobody holds, to be climbed again."""
    if not firsts:
        return []
    rungs = {first.id: _rung(first, ways[first.id].pop(0), uow.now()) for first in firsts}
    uow.session.execute(insert(Alert).on_conflict_do_nothing(), list(rungs.values()))
    who = entitled([rung["id"] for rung in rungs.values()], uow.now())
    held = set(uow.session.scalars(select(who.c.alert_id)))
    passed = [first for first in firsts if rungs[first.id]["id"] not in held]
    # The coordinators' is the last: it stays planned until there is one (expansion.py).
    empty = update(Alert).where(Alert.id.in_([rungs[first.id]["id"] for first in passed]))
    empty = empty.where(Alert.recipient_role != RecipientRole.COORDINATOR.value)
    uow.session.execute(
        empty.values(state=AlertState.NO_RECIPIENT.value), execution_options=_NO_SYNC
    )
    return passed


def _rung(first: Row[Any], step: Rung, now: datetime) -> dict[str, Any]:
    """Code, kind and date: what those who may not read the case are told of it."""
    said = ("hearing_at", "due_on", "certainty")
    facts = {name: first.facts[name] for name in said if first.facts.get(name)}
    return {
        "id": uuid4(),
        "case_id": first.case_id,
        "kind": UNACKNOWLEDGED,
        "object_id": first.object_id,
        "object_version": first.object_version,
        "rung": str(first.id) if first.round == 1 else f"{first.id} {first.round}",
        "round": first.round,
        "recipient_role": step.role.value,
        "due_at": now,
        "planned_at": now,
        "first_id": first.id,
        "facts": facts
        | {
            "code": first.code,
            "about": first.kind,
            "told_as": step.role.value,
            "since": first.told_at.isoformat() if first.told_at else None,
        },
    }


def climb_at_once(firsts: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Nobody could be told: no use in waiting."""
    soon = (
        update(Alert)
        .where(Alert.id.in_(firsts), Alert.climbs_at > uow.now())
        .where(Alert.state.in_([AlertState.PLANNED.value, AlertState.SENDING.value]))
        .values(climbs_at=func.least(Alert.climbs_at, uow.now()))
    )
    uow.session.execute(soon, execution_options=_NO_SYNC)
