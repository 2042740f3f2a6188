"""A pending delivery is claimed, checked, marked, posted, and its outcome written.

As `notifications.delivery` for e-mails, in tables of its own: no e-mail waits behind a webhook.
One endpoint at a time: whoever claims holds its row, and nobody else has one of it under a lease.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, column, exists, func, or_, select, table, update
from sqlalchemy.orm import aliased

from notifications.backoff import delay
from notifications.delivery import MARGIN
from notifications.model import DeliveryState
from notifications.recipients import entitled
from notifications.webhooks import failing
from notifications.webhooks.model import (
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from services.network.model import Professional
from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

# Standard Webhooks, "Deliverability and reliability": ten attempts in three days.
SCHEDULE = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
_spread = random.SystemRandom()
_CASES = table("cases", column("id", Uuid), column("code", String))
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A claimed delivery with what its event needs."""

    delivery_id: UUID
    endpoint_id: UUID
    alert_id: UUID | None
    kind: str
    fence: int
    attempts: int
    created_at: datetime
    possible_duplicate: bool
    url: str
    facts: dict[str, Any]
    code: str | None


@dataclass(frozen=True, kw_only=True)
class SealedSecret:
    id: UUID
    sealed: bytes
    key_id: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How an attempt ended. `error` is one of our codes; `gone`: it asks for nothing more; `ours`:
    the fault is here, and no endpoint is disabled for it.
    """

    error: str | None = None
    gone: bool = False
    ours: bool = False


def claim(*, limit: int, lease: timedelta, uow: UnitOfWork) -> list[Hook]:
    """Up to `limit` due deliveries of one endpoint: that whose oldest has waited longest."""
    now = uow.now()
    endpoint = uow.session.execute(_next_endpoint(now)).scalar_one_or_none()
    if endpoint is None:
        return []
    due = (
        select(WebhookDelivery.id)
        # Asked again under the lock: whoever held it before has committed a lease since.
        .where(WebhookDelivery.endpoint_id == endpoint, _due(WebhookDelivery, now))
        .where(_nobody_is_at(endpoint))
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(due.scalar_subquery()))
        .values(
            state=DeliveryState.SENDING.value,
            lease_until=func.clock_timestamp() + lease,
            fence=WebhookDelivery.fence + 1,
            attempts=WebhookDelivery.attempts + 1,
            possible_duplicate=WebhookDelivery.data_at.is_not(None),
        )
        .returning(WebhookDelivery.id)
    )
    ids = list(uow.session.execute(taken, execution_options=_NO_SYNC).scalars())
    return _hooks(ids, uow=uow) if ids else []


def secrets_of(endpoint_id: UUID, *, uow: UnitOfWork) -> list[SealedSecret]:
    """Those that sign now, the newest first."""
    valid = select(WebhookSecret.id, WebhookSecret.sealed, WebhookSecret.key_id)
    valid = valid.where(WebhookSecret.endpoint_id == endpoint_id).where(
        or_(WebhookSecret.valid_until.is_(None), WebhookSecret.valid_until > uow.now())
    )
    rows = uow.session.execute(valid.order_by(WebhookSecret.created_at.desc()))
    return [SealedSecret(**row) for row in rows.mappings()]


def mark(hook: Hook, *, uow: UnitOfWork) -> bool:
    """The point of no return. False, and nothing done, if the claim is no longer ours, the lease
    nearly over, the endpoint disabled, or nobody of its organisation may know any more.
    """
    enabled = exists().where(
        WebhookEndpoint.id == hook.endpoint_id, WebhookEndpoint.state == EndpointState.ACTIVE
    )
    marked = (
        update(WebhookDelivery)
        .where(*_held(hook), enabled, *_rights(hook, uow.now()))
        .where(WebhookDelivery.lease_until > func.clock_timestamp() + MARGIN)
        .values(data_at=uow.now())
        .returning(WebhookDelivery.id)
    )
    return uow.session.execute(marked, execution_options=_NO_SYNC).first() is not None


def withdraw(hook: Hook, *, uow: UnitOfWork) -> bool:
    """Cancel what nobody of the organisation may know any more; False if somebody may."""
    if hook.alert_id is None:
        return False
    cancelled = (
        update(WebhookDelivery)
        .where(*_held(hook), *(~right for right in _rights(hook, uow.now())))
        .values(state=DeliveryState.CANCELLED.value, lease_until=None, last_error="may-not-know")
        .returning(WebhookDelivery.id)
    )
    return uow.session.execute(cancelled, execution_options=_NO_SYNC).first() is not None


def finish(hook: Hook, answer: Answer, *, uow: UnitOfWork) -> str:
    """Write the outcome, and what it means for the endpoint; the state, or `fenced`."""
    locked = select(WebhookEndpoint.id).where(WebhookEndpoint.id == hook.endpoint_id)
    uow.session.execute(locked.with_for_update())
    state, next_at = _outcome(hook, answer, uow.now())
    written = (
        update(WebhookDelivery)
        .where(*_held(hook))
        .values(
            state=state.value,
            lease_until=None,
            last_error=answer.error,
            next_at=next_at or WebhookDelivery.next_at,
            sent_at=uow.now() if state is DeliveryState.SENT else WebhookDelivery.sent_at,
        )
        .returning(WebhookDelivery.id)
    )
    if uow.session.execute(written, execution_options=_NO_SYNC).first() is None:
        return "fenced"
    if state is DeliveryState.SENT:
        failing.note_success(hook.endpoint_id, uow=uow)
    elif not answer.ours:
        rest = delay(hook.attempts)
        failing.note_failure(hook.endpoint_id, rest, gone=answer.gone, uow=uow)
    return state.value


def release(hooks: Sequence[Hook], *, uow: UnitOfWork) -> None:
    """Give back, untried, what was claimed."""
    untried = {"state": DeliveryState.PENDING.value, "lease_until": None}
    for hook in hooks:
        given = update(WebhookDelivery).where(*_held(hook))
        given = given.values(attempts=WebhookDelivery.attempts - 1, **untried)
        uow.session.execute(given, execution_options=_NO_SYNC)


def reap(*, uow: UnitOfWork) -> int:
    """Take back every expired lease: its holder is dead, frozen or cut off."""
    expired = (
        update(WebhookDelivery)
        .where(WebhookDelivery.state == DeliveryState.SENDING.value)
        .where(WebhookDelivery.lease_until < func.clock_timestamp())
        .values(state=DeliveryState.PENDING.value, lease_until=None, last_error="lease-expired")
        .returning(WebhookDelivery.id)
    )
    return len(uow.session.execute(expired, execution_options=_NO_SYNC).all())


def longest_wait(*, uow: UnitOfWork) -> timedelta | None:
    """How long the oldest that could be posted now has been waiting; None if there is none."""
    now = uow.now()
    since = uow.session.execute(
        select(func.min(func.greatest(WebhookDelivery.next_at, WebhookEndpoint.rests_until)))
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(_due(WebhookDelivery, now), *_may_be_called(now))
    ).scalar_one()
    return None if since is None else max(now - since, timedelta(0))


def _next_endpoint(now: datetime) -> Any:
    waiting = aliased(WebhookDelivery)
    oldest = (
        select(func.min(waiting.next_at))
        .where(waiting.endpoint_id == WebhookEndpoint.id, _due(waiting, now))
        .scalar_subquery()
    )
    return (
        select(WebhookEndpoint.id)
        .where(*_may_be_called(now), oldest.is_not(None))
        .order_by(oldest, WebhookEndpoint.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _due(of: Any, now: datetime) -> ColumnElement[bool]:
    due: ColumnElement[bool] = (of.state == DeliveryState.PENDING.value) & (of.next_at <= now)
    return due


def _may_be_called(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Active, not resting, and nobody is at it."""
    return (
        WebhookEndpoint.state == EndpointState.ACTIVE,
        or_(WebhookEndpoint.rests_until.is_(None), WebhookEndpoint.rests_until <= now),
        _nobody_is_at(WebhookEndpoint.id),
    )


def _nobody_is_at(endpoint: Any) -> ColumnElement[bool]:
    leased = aliased(WebhookDelivery)
    under_lease = leased.state == DeliveryState.SENDING.value
    return ~exists().where(leased.endpoint_id == endpoint, under_lease)


def _hooks(ids: list[UUID], *, uow: UnitOfWork) -> list[Hook]:
    found = (
        select(
            WebhookDelivery.id.label("delivery_id"),
            WebhookDelivery.endpoint_id,
            WebhookDelivery.alert_id,
            WebhookDelivery.kind,
            WebhookDelivery.fence,
            WebhookDelivery.attempts,
            WebhookDelivery.created_at,
            WebhookDelivery.possible_duplicate,
            WebhookEndpoint.url,
            func.coalesce(Alert.facts, func.jsonb_build_object()).label("facts"),
            _CASES.c.code,
        )
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .outerjoin(Alert, Alert.id == WebhookDelivery.alert_id)
        .outerjoin(_CASES, _CASES.c.id == Alert.case_id)
        .where(WebhookDelivery.id.in_(ids))
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
    )
    return [Hook(**row) for row in uow.session.execute(found).mappings()]


def _held(hook: Hook) -> tuple[ColumnElement[bool], ...]:
    return (
        WebhookDelivery.id == hook.delivery_id,
        WebhookDelivery.fence == hook.fence,
        WebhookDelivery.state == DeliveryState.SENDING.value,
    )


def _rights(hook: Hook, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Somebody of the organisation must hear of the alert and may (notifications.recipients)."""
    if hook.alert_id is None:
        return ()
    who = entitled([hook.alert_id], now)
    # The columns are named: a worker may read no others of a professional.
    somebody = (
        select(Professional.id)
        .join(who, who.c.professional_id == Professional.id)
        .join(WebhookEndpoint, WebhookEndpoint.organisation_id == Professional.organisation_id)
        .where(WebhookEndpoint.id == hook.endpoint_id)
    )
    return (somebody.exists(),)


def _outcome(hook: Hook, answer: Answer, now: datetime) -> tuple[DeliveryState, datetime | None]:
    if answer.error is None:
        return DeliveryState.SENT, None
    if answer.gone or hook.attempts > len(SCHEDULE):
        return DeliveryState.FAILED, None
    wait = SCHEDULE[hook.attempts - 1] * _spread.uniform(1.0, 1.2)
    return DeliveryState.PENDING, now + wait
