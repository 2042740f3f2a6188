"""Register, change, rotate, try and redeliver: by an administrator, for their own organisation."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from notifications.catalogue import CATALOGUE
from notifications.channels.egress import Egress, EgressRefused
from notifications.model import DeliveryState
from notifications.webhooks.message import SECRET_BYTES, TEST_KIND, new_secret
from notifications.webhooks.model import (
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from services.network.policy import require_role
from services.shared.actor import Actor, RoleKind
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, lock, one_at_a_time, require_version
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.sealing import Keyring, SealedAt

AT_MOST = 5
# As long as a receiver needs to learn the new secret: both sign.
OVERLAP = timedelta(hours=24)
ENDED = (DeliveryState.SENT, DeliveryState.FAILED)


@dataclass(frozen=True, kw_only=True)
class WebhookIn:
    url: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewSecret:
    """`secret` is shown here once, and kept sealed. The one before signs until that instant."""

    endpoint: WebhookEndpoint
    secret: str
    previous_until: datetime | None


def register_webhook(
    cmd: WebhookIn, *, egress: Egress, keyring: Keyring, actor: Actor, uow: UnitOfWork
) -> NewSecret:
    """Nothing is sent to it before something is due, or before it is tried."""
    require_role(actor, RoleKind.ADMINISTRATOR)
    _check(cmd, egress)
    one_at_a_time(f"{actor.organisation_id} webhooks", uow=uow)
    if (uow.session.scalar(select(func.count()).select_from(WebhookEndpoint)) or 0) >= AT_MOST:
        raise Conflict("too-many-webhooks")
    endpoint = WebhookEndpoint(
        id=uuid4(),
        organisation_id=actor.organisation_id,
        url=cmd.url,
        kinds=list(cmd.kinds),
        state=EndpointState.ACTIVE,
        created_at=uow.now(),
    )
    uow.session.add(endpoint)
    uow.session.flush()
    secret = _keep_secret(endpoint, keyring, uow=uow)
    after = {"state": endpoint.state, "kinds": len(cmd.kinds)}
    uow.record("register_webhook", endpoint, actor=actor, case_id=None, after=after)
    return NewSecret(endpoint=endpoint, secret=secret, previous_until=None)


def change_webhook(
    cmd: WebhookIn,
    webhook_id: UUID,
    state: EndpointState,
    *,
    version: int,
    egress: Egress,
    actor: Actor,
    uow: UnitOfWork,
) -> WebhookEndpoint:
    """What waits for a disabled one, or becomes due meanwhile, goes out once it is active again,
    the oldest first; of what is older than `failing.WAITS`, nothing.
    """
    endpoint = own(webhook_id, actor=actor, uow=uow)
    lock(endpoint, uow=uow)
    require_version(endpoint, version)
    _check(cmd, egress)
    before = {"state": endpoint.state, "kinds": len(endpoint.kinds)}
    moved = endpoint.url != cmd.url
    endpoint.url, endpoint.kinds = cmd.url, list(cmd.kinds)
    endpoint.switch(state)
    uow.session.flush()
    after = {"state": endpoint.state, "kinds": len(cmd.kinds), "moved": moved}
    uow.record("change_webhook", endpoint, actor=actor, case_id=None, before=before, after=after)
    uow.wake()
    return endpoint


def rotate_secret(
    webhook_id: UUID, *, keyring: Keyring, actor: Actor, uow: UnitOfWork
) -> NewSecret:
    """Two sign for a day, never three: a second rotation ends the oldest at once."""
    endpoint = own(webhook_id, actor=actor, uow=uow)
    lock(endpoint, uow=uow)
    until = uow.now() + OVERLAP
    for each in _valid(endpoint, uow=uow):
        each.valid_until = uow.now() if each.valid_until else until
    uow.session.flush()
    secret = _keep_secret(endpoint, keyring, uow=uow)
    after = {"previous_until": until}
    uow.record("rotate_webhook_secret", endpoint, actor=actor, case_id=None, after=after)
    return NewSecret(endpoint=endpoint, secret=secret, previous_until=until)


def try_webhook(webhook_id: UUID, *, actor: Actor, uow: UnitOfWork) -> WebhookDelivery:
    """A test event, by the same road as every other."""
    endpoint = own(webhook_id, actor=actor, uow=uow)
    if endpoint.state != EndpointState.ACTIVE:
        raise Conflict("webhook-disabled")
    now = uow.now()
    trial = WebhookDelivery(
        id=uuid4(),
        endpoint_id=endpoint.id,
        kind=TEST_KIND,
        state=DeliveryState.PENDING,
        created_at=now,
        next_at=now,
    )
    uow.session.add(trial)
    uow.session.flush()
    after = {"delivery": trial.id}
    uow.record("try_webhook", endpoint, actor=actor, case_id=None, after=after)
    uow.wake()
    return trial


def redeliver(
    webhook_id: UUID, delivery_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> WebhookDelivery:
    """A dead letter, or what the receiver lost: again from the start, under the same webhook-id.

    Whether the organisation may still know is asked when it leaves.
    """
    endpoint = own(webhook_id, actor=actor, uow=uow)
    delivery = load(WebhookDelivery, delivery_id, uow=uow)
    if delivery.endpoint_id != endpoint.id:
        raise NotFound
    lock(delivery, uow=uow)
    if delivery.state not in ENDED:
        raise Conflict("webhook-delivery-open")
    before = {"state": delivery.state, "attempts": delivery.attempts}
    delivery.state, delivery.attempts = DeliveryState.PENDING, 0
    delivery.next_at, delivery.last_error = uow.now(), None
    uow.session.flush()
    after = {"state": delivery.state}
    uow.record("redeliver_webhook", delivery, actor=actor, case_id=None, before=before, after=after)
    uow.wake()
    return delivery


def own(webhook_id: UUID, *, actor: Actor, uow: UnitOfWork) -> WebhookEndpoint:
    """That of another organisation does not exist."""
    require_role(actor, RoleKind.ADMINISTRATOR)
    endpoint = load(WebhookEndpoint, webhook_id, uow=uow)
    if endpoint.organisation_id != actor.organisation_id:
        raise NotFound
    return endpoint


def _check(cmd: WebhookIn, egress: Egress) -> None:
    try:
        egress.target(cmd.url)
    except EgressRefused as refusal:
        raise RuleBroken("webhook-url-refused", rule=refusal.code) from None
    if unknown := set(cmd.kinds) - set(CATALOGUE):
        raise RuleBroken("webhook-kind-unknown", kind=min(unknown))


def _valid(endpoint: WebhookEndpoint, *, uow: UnitOfWork) -> Sequence[WebhookSecret]:
    kept = select(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint.id)
    kept = kept.where(WebhookSecret.valid_until.is_(None) | (WebhookSecret.valid_until > uow.now()))
    return uow.session.scalars(kept).all()


def _keep_secret(endpoint: WebhookEndpoint, keyring: Keyring, *, uow: UnitOfWork) -> str:
    secret = new_secret(secrets.token_bytes(SECRET_BYTES))
    row_id, key_id = uuid4(), keyring.newest()
    sealed = keyring.seal(secret, place_of(row_id), key_id)
    row = WebhookSecret(
        id=row_id,
        endpoint_id=endpoint.id,
        sealed=sealed,
        key_id=key_id,
        created_at=uow.now(),
    )
    uow.session.add(row)
    uow.session.flush()
    return secret


def place_of(secret_id: UUID) -> SealedAt:
    return SealedAt(table="webhook_secrets", row=secret_id, column="sealed")
