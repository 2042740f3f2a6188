"""An alert that was expanded reaches the endpoints of those it was expanded to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from notifications.catalogue import CANARY, DIGEST_KIND
from notifications.model import Delivery, DeliveryState
from notifications.webhooks.model import EndpointState, WebhookDelivery, WebhookEndpoint
from services.network.model import Professional
from services.shared.alerts import Alert
from services.shared.unit_of_work import UnitOfWork

# What they would tell is told by itself: a digest's alerts have posts of their own, and a canary is
# about nothing.
_NEVER_POSTED = (CANARY, DIGEST_KIND)
_COLUMNS = ("id", "endpoint_id", "alert_id", "kind", "created_at", "next_at")


def expand(alerts: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """In the transaction that wrote the deliveries: an organisation is told exactly what one of
    its own people is told. A second time adds only endpoints that were not told yet.
    """
    told = (
        select(WebhookEndpoint.id, Delivery.alert_id, Alert.kind)
        .select_from(WebhookEndpoint)
        .join(Professional, Professional.organisation_id == WebhookEndpoint.organisation_id)
        .join(Delivery, Delivery.professional_id == Professional.id)
        .join(Alert, Alert.id == Delivery.alert_id)
        .where(Delivery.alert_id.in_(alerts), Delivery.state != DeliveryState.CANCELLED)
        .where(WebhookEndpoint.state == EndpointState.ACTIVE)
        .where(Alert.kind.not_in(_NEVER_POSTED))
        .where(
            or_(
                func.cardinality(WebhookEndpoint.kinds) == 0,
                Alert.kind == any_(WebhookEndpoint.kinds),
            )
        )
        .distinct()
        .subquery("told")
    )
    now = literal(uow.now())
    rows = select(
        func.gen_random_uuid(), told.c.id, told.c.alert_id, told.c.kind.cast(Text), now, now
    )
    fresh = insert(WebhookDelivery).from_select(list(_COLUMNS), rows)
    uow.session.execute(
        fresh.on_conflict_do_update(
            constraint="uq_webhook_deliveries_once",
            set_={"state": DeliveryState.PENDING, "next_at": uow.now(), "last_error": None},
            where=WebhookDelivery.state == DeliveryState.CANCELLED,
        )
    )
