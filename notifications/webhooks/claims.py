"""Posts that are pending: claimed with what their event needs, and ended.

In a table of their own, so that no e-mail waits behind a webhook. One endpoint at a time: whoever
claims holds its row, and nobody else has one of it under a lease.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    String,
    Uuid,
    any_,
    bindparam,
    column,
    exists,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.orm import aliased

from notifications.backoff import delay
from notifications.lease import NOW, Claim, Done, Lease, Outcome
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


@dataclass(frozen=True, kw_only=True)
class Hook(Claim):
    """A claimed delivery with what its event needs."""

    endpoint_id: UUID
    alert_id: UUID | None
    kind: str
    created_at: datetime
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


def _due(of: Any) -> ColumnElement[bool]:
    due: ColumnElement[bool] = (of.state == DeliveryState.PENDING.value) & (of.next_at <= NOW)
    return due


def _nobody_is_at(endpoint: Any) -> ColumnElement[bool]:
    leased = aliased(WebhookDelivery)
    under_lease = leased.state == DeliveryState.SENDING.value
    return ~exists().where(leased.endpoint_id == endpoint, under_lease)


# Active, not resting, and nobody is at it.
_MAY_BE_CALLED = (
    WebhookEndpoint.state == EndpointState.ACTIVE,
    or_(WebhookEndpoint.rests_until.is_(None), WebhookEndpoint.rests_until <= NOW),
    _nobody_is_at(WebhookEndpoint.id),
)
_WAITING = aliased(WebhookDelivery)
_OLDEST = (
    select(func.min(_WAITING.next_at))
    .where(_WAITING.endpoint_id == WebhookEndpoint.id, _due(_WAITING))
    .scalar_subquery()
)
_NEXT_ENDPOINT = (
    select(WebhookEndpoint.id)
    .where(*_MAY_BE_CALLED, _OLDEST.is_not(None))
    .order_by(_OLDEST, WebhookEndpoint.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_ENDPOINT = bindparam("endpoint", type_=Uuid)
_DUE_AT_IT = (
    select(WebhookDelivery.id)
    # Asked again under the lock: whoever held it before has committed a lease since.
    .where(WebhookDelivery.endpoint_id == _ENDPOINT, _due(WebhookDelivery))
    .where(_nobody_is_at(_ENDPOINT))
    .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_WHO = entitled([], datetime.fromtimestamp(0, UTC))
# Somebody of the organisation must hear of the alert and may (notifications.recipients). The
# columns are named: a worker may read no others of a professional.
_SOMEBODY_MAY_KNOW = (
    select(Professional.id)
    .join(_WHO, _WHO.c.professional_id == Professional.id)
    .join(WebhookEndpoint, WebhookEndpoint.organisation_id == Professional.organisation_id)
    .where(WebhookEndpoint.id == WebhookDelivery.endpoint_id)
    .correlate(WebhookDelivery)
    .exists()
)
_ENABLED = exists().where(
    WebhookEndpoint.id == WebhookDelivery.endpoint_id,
    WebhookEndpoint.state == EndpointState.ACTIVE,
)
_LEASE = Lease(
    WebhookDelivery,
    due=_DUE_AT_IT,
    may_send=_ENABLED & or_(WebhookDelivery.alert_id.is_(None), _SOMEBODY_MAY_KNOW),
)
_HOOKS = (
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
    .where(WebhookDelivery.id == any_(bindparam("claimed", type_=ARRAY(Uuid))))
    .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
)


def claim(
    *, limit: int, lease: timedelta, held_by: int | None = None, uow: UnitOfWork
) -> list[Hook]:
    """Up to `limit` due deliveries of one endpoint: that whose oldest has waited longest."""
    connection = uow.session.connection()
    endpoint = connection.execute(_NEXT_ENDPOINT, {"now": uow.now()}).scalar_one_or_none()
    if endpoint is None:
        return []
    asked = {"endpoint": endpoint, "at_most": limit}
    taken = _LEASE.claim(lease=lease, held_by=held_by, uow=uow, **asked)
    rows = connection.execute(_HOOKS, {"claimed": [row.id for row in taken]}).mappings()
    return [Hook(**row) for row in rows]


def secrets_of(endpoint_id: UUID, *, uow: UnitOfWork) -> list[SealedSecret]:
    """Those that sign now, the newest first."""
    valid = select(WebhookSecret.id, WebhookSecret.sealed, WebhookSecret.key_id)
    valid = valid.where(WebhookSecret.endpoint_id == endpoint_id).where(
        or_(WebhookSecret.valid_until.is_(None), WebhookSecret.valid_until > uow.now())
    )
    rows = uow.session.execute(valid.order_by(WebhookSecret.created_at.desc()))
    return [SealedSecret(**row) for row in rows.mappings()]


def commit_to(hook: Hook, *, uow: UnitOfWork) -> bool:
    """False, and nothing done, also if the endpoint is disabled, or if nobody of its organisation
    may know any more.
    """
    return _step(None, hook, uow=uow).committed


def withdraw(hook: Hook, *, uow: UnitOfWork) -> bool:
    """Cancel what nobody of the organisation may know any more; False if somebody may."""
    if hook.alert_id is None:
        return False
    rights = {"alerts": [hook.alert_id], "now": uow.now()}
    return _LEASE.cancel(hook, unless=_SOMEBODY_MAY_KNOW, uow=uow, **rights)


def end(hook: Hook, answer: Answer, *, uow: UnitOfWork) -> str:
    """Write the outcome, and what it means for the endpoint; the state, or `fenced`."""
    locked = select(WebhookEndpoint.id).where(WebhookEndpoint.id == hook.endpoint_id)
    uow.session.execute(locked.with_for_update())
    outcome = _outcome(hook, answer)
    if not _step((hook, outcome), None, uow=uow).ended:
        return "fenced"
    if outcome.state is DeliveryState.SENT:
        failing.note_success(hook.endpoint_id, uow=uow)
    elif not answer.ours:
        rest = delay(hook.attempts)
        failing.note_failure(hook.endpoint_id, rest, gone=answer.gone, uow=uow)
    return outcome.state.value


def give_back(hooks: Sequence[Hook], *, uow: UnitOfWork) -> None:
    for hook in hooks:
        _LEASE.give_back(hook, uow=uow)


take_back = _LEASE.take_back


def _step(ended: tuple[Hook, Outcome] | None, committed: Hook | None, *, uow: UnitOfWork) -> Done:
    alerts = [committed.alert_id] if committed and committed.alert_id else []
    connection = uow.session.connection()
    return _LEASE.step(ended, committed, now=uow.now(), connection=connection, alerts=alerts)


def _outcome(hook: Hook, answer: Answer) -> Outcome:
    if answer.error is None:
        return Outcome(state=DeliveryState.SENT)
    if answer.gone or hook.attempts > len(SCHEDULE):
        return Outcome(state=DeliveryState.FAILED, error=answer.error)
    wait = SCHEDULE[hook.attempts - 1] * _spread.uniform(1.0, 1.2)
    return Outcome(state=DeliveryState.PENDING, error=answer.error, wait=wait)
