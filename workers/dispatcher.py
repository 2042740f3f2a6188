"""Events from the outbox to their subscribers: each reacts once, whoever dies in between."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.dialects.postgresql import insert

from notifications.backoff import delay
from notifications.lease import FAULTS_ALLOWED
from notifications.runtime import POISON
from services.shared.events import REGISTRY
from services.shared.outbox import InboxEntry, OutboxEvent
from services.shared.unit_of_work import UnitOfWork
from workers.routing import ROUTES, Subscriber
from workers.runtime import Runtime

Routes = Mapping[str, tuple[Subscriber, ...]]
_log = structlog.get_logger()


def dispatch_next(runtime: Runtime, routes: Routes = ROUTES) -> bool:
    """Take the oldest waiting event through its subscribers; False if none waits.

    The event, the inbox rows and what the subscribers wrote commit together. A subscriber that
    fails is undone alone: the others keep their work, and the event comes back for it later.
    What a newer release wrote waits for that release, untouched.
    """
    with runtime.transaction("dispatch") as uow:
        waiting = _claim(routes, uow)
        if waiting is None:
            return False
        faults = [type(fault).__name__ for fault in _react(waiting, routes, uow)]
        if faults:
            waiting.attempts += 1
            waiting.next_at = uow.now() + delay(waiting.attempts)
            waiting.last_error = faults[0]
            if waiting.attempts >= FAULTS_ALLOWED and waiting.set_aside_at is None:
                waiting.set_aside_at = uow.now()
            _log.error("event.postponed", event_id=str(waiting.id), code=faults[0])
        else:
            waiting.dispatched_at = uow.now()
            waiting.last_error = waiting.set_aside_at = None
    return True


def _claim(routes: Routes, uow: UnitOfWork) -> OutboxEvent | None:
    known = REGISTRY.keys() & routes.keys()
    return uow.session.scalars(
        select(OutboxEvent)
        .where(OutboxEvent.dispatched_at.is_(None))
        .where(OutboxEvent.name == any_(literal(sorted(known), ARRAY(Text))))
        .where((OutboxEvent.next_at.is_(None)) | (OutboxEvent.next_at <= uow.now()))
        .order_by(OutboxEvent.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def _react(waiting: OutboxEvent, routes: Routes, uow: UnitOfWork) -> Iterable[Exception]:
    """Run each subscriber in its own savepoint and yield what those that failed raised."""
    try:
        event = REGISTRY[waiting.name].from_payload(waiting.payload)
    except POISON as fault:
        yield fault
        return
    for subscriber in routes[waiting.name]:
        try:
            with uow.session.begin_nested():
                if _first_time(subscriber.name, waiting.id, uow):
                    subscriber.react(event, uow=uow)
        except POISON as fault:
            yield fault


def _first_time(subscriber: str, event_id: UUID, uow: UnitOfWork) -> bool:
    row = {"subscriber": subscriber, "event_id": event_id, "handled_at": uow.now()}
    new = insert(InboxEntry).values(row).on_conflict_do_nothing().returning(InboxEntry.event_id)
    return uow.session.execute(new).first() is not None
