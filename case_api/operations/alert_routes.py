"""Operations for those who run Maillage: how the alerts do, and what to try again."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.context import maillage
from case_api.operations.alert_schemas import AlertStatusOut, AttemptOut, RetryIn, SetAsideOut
from notifications.operations import commands as operations
from notifications.operations.figures import PARTS
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "operator", __name__, description="How the alerts do", url_prefix="/api/v1/operations"
)


@api.query(
    "/alerts",
    gives=AlertStatusOut,
    summary="Backlog, dead letters, heartbeats, and what needs a person (administrators)",
    description="Counts, ages, ids and codes; nothing of any case.",
)
def get_alert_status(*, actor: Actor, uow: UnitOfWork) -> Any:
    figures, aside = operations.status(actor=actor, uow=uow)
    has_canary = bool(maillage().settings.canary_mailbox)
    parts = [
        {"part": part, "alive": figures.alive[part], "age_seconds": figures.heartbeats[part]}
        for part in PARTS
    ]
    concerns = figures.concerns(has_canary=has_canary)
    return {**vars(figures), "set_aside": aside, "parts": parts, "concerns": concerns}


@api.query(
    "/deliveries/<uuid:delivery_id>/attempts",
    gives=[AttemptOut],
    summary="How each attempt at a delivery went (administrators)",
    description="Instants and codes; nothing of any case, and no address.",
)
def list_delivery_attempts(delivery_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return operations.attempts_of(delivery_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/alerts/retries",
    takes=RetryIn,
    gives=[SetAsideOut],
    summary="Put back what was set aside; `dry_run` only says which (administrators)",
)
def retry_alerts(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return operations.retry(data["ids"], dry_run=data["dry_run"], actor=actor, uow=uow)
