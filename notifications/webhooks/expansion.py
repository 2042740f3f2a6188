"""An alert that was expanded reaches the endpoints of those it was expanded to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, text

from notifications.catalogue import CANARY, DIGEST_KIND
from services.shared.unit_of_work import UnitOfWork

# What they would tell is told by itself: a digest's alerts have posts of their own, and a canary is
# about nothing.
_NEVER_POSTED = (CANARY, DIGEST_KIND)

# In the transaction that wrote the deliveries: an organisation is told exactly what one of its own
# people is told. One that is disabled too: it waits there until it is enabled again (`failing`).
_EXPAND = text(
    """
    INSERT INTO webhook_deliveries (id, endpoint_id, alert_id, kind, created_at, next_at)
    SELECT gen_random_uuid(), told.endpoint_id, told.alert_id, told.kind, :now, :now
    FROM (
        SELECT DISTINCT e.id AS endpoint_id, d.alert_id, a.kind
        FROM webhook_endpoints e
        JOIN professionals p ON p.organisation_id = e.organisation_id
        JOIN deliveries d ON d.professional_id = p.id
        JOIN alerts a ON a.id = d.alert_id
        WHERE d.alert_id = ANY(:alerts) AND d.state <> 'cancelled'
          AND (cardinality(e.kinds) = 0 OR a.kind = ANY(e.kinds)) AND a.kind <> ALL(:never)
    ) told
    ON CONFLICT ON CONSTRAINT uq_webhook_deliveries_once DO UPDATE
    SET state = 'pending', next_at = :now, last_error = NULL
    WHERE webhook_deliveries.state = 'cancelled'
    """
).bindparams(
    bindparam("alerts", type_=ARRAY(Uuid)), bindparam("now", type_=DateTime(timezone=True))
)


def expand(alerts: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """A second time adds only endpoints that were not told yet."""
    uow.session.connection().execute(
        _EXPAND, {"alerts": list(alerts), "now": uow.now(), "never": list(_NEVER_POSTED)}
    )
