"""What an administrator sees of the webhooks of their organisation: states, never a case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from notifications.webhooks.commands import own
from notifications.webhooks.model import WebhookDelivery, WebhookEndpoint
from services.network.policy import require_role
from services.shared.actor import Actor, RoleKind
from services.shared.unit_of_work import UnitOfWork


def webhooks(*, actor: Actor, uow: UnitOfWork) -> Sequence[WebhookEndpoint]:
    """Those of the actor's organisation, the oldest first."""
    require_role(actor, RoleKind.ADMINISTRATOR)
    mine = select(WebhookEndpoint).where(WebhookEndpoint.organisation_id == actor.organisation_id)
    return uow.session.scalars(mine.order_by(WebhookEndpoint.created_at, WebhookEndpoint.id)).all()


def deliveries(
    webhook_id: UUID,
    *,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Sequence[WebhookDelivery]:
    """The latest first; `state="failed"` are the dead letters."""
    endpoint = own(webhook_id, actor=actor, uow=uow)
    key = (WebhookDelivery.created_at, WebhookDelivery.id)
    found = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if state is not None:
        found = found.where(WebhookDelivery.state == state)
    if after is not None:
        found = found.where(tuple_(*key) < after)
    newest = (WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    return uow.session.scalars(found.order_by(*newest).limit(limit)).all()
