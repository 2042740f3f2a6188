"""Operations on the webhooks of one's own organisation (administrators)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page, Reply
from case_api.context import maillage
from case_api.webhooks.schemas import (
    ChangeWebhookIn,
    RegisterWebhookIn,
    WebhookDeliveriesArgs,
    WebhookDeliveryOut,
    WebhookOut,
    WebhookSecretOut,
)
from notifications.webhooks import commands, queries
from notifications.webhooks.commands import NewSecret, WebhookIn
from notifications.webhooks.model import EndpointState
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "webhooks",
    __name__,
    description="Alerts of my organisation's people, posted to its own system",
    url_prefix="/api/v1",
)
ONE = "/webhooks/<uuid:webhook_id>"


@api.query("/webhooks", gives=[WebhookOut], summary="Webhooks of my organisation (administrators)")
def list_webhooks(*, actor: Actor, uow: UnitOfWork) -> Any:
    return list(queries.webhooks(actor=actor, uow=uow))


@api.command(
    "POST",
    "/webhooks",
    takes=RegisterWebhookIn,
    gives=WebhookSecretOut,
    status=201,
    location="/webhooks/{webhook[id]}",
    step_up=True,
    keeps_answer=False,
    summary="Register an https address; its secret is shown once (administrators)",
    description="It is sent what one of the organisation's people is told: a CloudEvent with the"
    " kind, the code of the case, a link and a day, signed as Standard Webhooks says.",
)
def register_webhook(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    made = commands.register_webhook(
        _wanted(data),
        egress=maillage().settings.egress,
        keyring=maillage().keyring,
        actor=actor,
        uow=uow,
    )
    return _shown(made)


@api.query(ONE, gives=WebhookOut, summary="One of them")
def get_webhook(webhook_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.own(webhook_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    ONE,
    takes=ChangeWebhookIn,
    gives=WebhookOut,
    expects_version=True,
    step_up=True,
    summary="Change its address and kinds, disable it, or enable it again",
)
def change_webhook(
    data: Any, webhook_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    return commands.change_webhook(
        _wanted(data),
        webhook_id,
        EndpointState(data["state"]),
        version=version,
        egress=maillage().settings.egress,
        actor=actor,
        uow=uow,
    )


@api.command(
    "POST",
    f"{ONE}/secret",
    gives=WebhookSecretOut,
    status=201,
    step_up=True,
    keeps_answer=False,
    summary="A new secret, shown once; the one before signs beside it for a day",
)
def rotate_webhook_secret(webhook_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    made = commands.rotate_secret(webhook_id, keyring=maillage().keyring, actor=actor, uow=uow)
    return Reply(_shown(made))


@api.command(
    "POST",
    f"{ONE}/test",
    gives=WebhookDeliveryOut,
    status=201,
    summary="Send a test event; what became of it stands among the deliveries",
)
def try_webhook(webhook_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.try_webhook(webhook_id, actor=actor, uow=uow)


@api.query(
    f"{ONE}/deliveries",
    gives=WebhookDeliveryOut,
    args=WebhookDeliveriesArgs,
    paged=True,
    cursor=(datetime, UUID),
    summary="What was sent to it, the latest first; dead letters with state=failed",
)
def list_webhook_deliveries(args: Any, webhook_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.deliveries(
        webhook_id,
        state=args["state"],
        after=args["cursor"],
        limit=limit + 1,
        actor=actor,
        uow=uow,
    )
    return Page.cut(list(found), limit, lambda last: (last.created_at, last.id))


@api.command(
    "POST",
    f"{ONE}/deliveries/<uuid:webhook_delivery_id>/redelivery",
    gives=WebhookDeliveryOut,
    status=200,
    summary="Send one again from the start, under the same webhook-id",
)
def redeliver_webhook(
    webhook_id: UUID, webhook_delivery_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    return commands.redeliver(webhook_id, webhook_delivery_id, actor=actor, uow=uow)


def _wanted(data: Any) -> WebhookIn:
    return WebhookIn(url=data["url"], kinds=tuple(dict.fromkeys(data["kinds"])))


def _shown(made: NewSecret) -> dict[str, Any]:
    return {
        "webhook": made.endpoint,
        "secret": made.secret,
        "previous_until": made.previous_until,
    }
