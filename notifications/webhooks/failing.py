"""What an outcome means for the endpoint: it rests, and one that failed for days is disabled."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from notifications.model import DeliveryState
from notifications.webhooks.model import (
    DisabledWhy,
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
)
from services.network.model import Professional, ProfessionalRole
from services.shared import alerts
from services.shared.actor import RoleKind
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

DISABLE_AFTER = timedelta(days=3)
DISABLED_KIND = "webhooks.disabled"
# What became due for a disabled endpoint so long ago does not reach it any more.
WAITS = timedelta(days=7)
_NO_SYNC = {"synchronize_session": False}


def note_success(endpoint_id: UUID, *, uow: UnitOfWork) -> None:
    well = update(WebhookEndpoint).where(
        WebhookEndpoint.id == endpoint_id, WebhookEndpoint.failing_since.is_not(None)
    )
    well = well.values(failing_since=None, rests_until=None)
    uow.session.execute(well, execution_options=_NO_SYNC)


def note_failure(endpoint_id: UUID, rest: timedelta, *, gone: bool, uow: UnitOfWork) -> None:
    """After it, others come first. Whoever administers the organisation hears of the end."""
    now = uow.now()
    ill = (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .values(
            failing_since=func.coalesce(WebhookEndpoint.failing_since, now), rests_until=now + rest
        )
        .returning(WebhookEndpoint.failing_since)
    )
    since = uow.session.execute(ill, execution_options=_NO_SYNC).scalar_one()
    if gone or (since is not None and now - since >= DISABLE_AFTER):
        _disable(endpoint_id, DisabledWhy.GONE if gone else DisabledWhy.FAILING, uow=uow)


def forget_waiting(*, uow: UnitOfWork) -> int:
    """Drop what waits for a disabled endpoint: enabled again, it hears the last week."""
    disabled = select(WebhookEndpoint.id).where(WebhookEndpoint.state == EndpointState.DISABLED)
    late = (
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id.in_(disabled))
        .where(WebhookDelivery.state == DeliveryState.PENDING.value)
        .where(WebhookDelivery.next_at <= uow.now() - WAITS)
        .values(state=DeliveryState.CANCELLED.value, last_error="waited-too-long")
        .returning(WebhookDelivery.id)
    )
    return len(uow.session.execute(late, execution_options=_NO_SYNC).all())


def _disable(endpoint_id: UUID, why: DisabledWhy, *, uow: UnitOfWork) -> None:
    ended = (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.state == EndpointState.ACTIVE)
        .values(
            state=EndpointState.DISABLED.value,
            disabled_why=why.value,
            version=WebhookEndpoint.version + 1,
        )
        .returning(WebhookEndpoint.organisation_id, WebhookEndpoint.version)
    )
    found = uow.session.execute(ended, execution_options=_NO_SYNC).one_or_none()
    if found is not None:
        _tell(endpoint_id, found.organisation_id, found.version, uow=uow)


def _tell(endpoint_id: UUID, organisation_id: UUID, version: int, *, uow: UnitOfWork) -> None:
    """Each administrator of the organisation; where there is none, the coordinators."""
    administrators = uow.session.scalars(
        select(Professional.id)
        .join(ProfessionalRole, ProfessionalRole.professional_id == Professional.id)
        .where(Professional.organisation_id == organisation_id, Professional.active)
        .where(ProfessionalRole.role == RoleKind.ADMINISTRATOR.value)
    )
    told: list[tuple[RecipientRole, UUID | None]]
    told = [(RecipientRole.PERSON, key) for key in administrators]
    alerts.plan(
        [
            NewAlert(
                kind=DISABLED_KIND,
                object_id=endpoint_id,
                object_version=version,
                due_at=uow.now(),
                recipient_role=role,
                recipient_id=key,
            )
            for role, key in told or [(RecipientRole.COORDINATOR, None)]
        ],
        uow=uow,
    )
