"""The endpoints of an organisation, their secrets, and what was sent to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from notifications.model import Leased
from services.shared.tables import PLAIN, Base, Identified, Versioned


class EndpointState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class DisabledWhy(StrEnum):
    """Who disabled it: its administrator, days without a success, or its answer (410 Gone)."""

    ADMINISTRATOR = "administrator"
    FAILING = "failing"
    GONE = "gone"


class WebhookEndpoint(Identified, Versioned, Base):
    """`kinds`: which alerts; none named, all of them. `failing_since`: the first failure after the
    last success. Until `rests_until` it is left alone, so that others have their turn.
    """

    __tablename__ = "webhook_endpoints"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    url: Mapped[str] = mapped_column(Text, info=PLAIN)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    disabled_why: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    failing_since: Mapped[datetime | None] = mapped_column(info=PLAIN)
    rests_until: Mapped[datetime | None] = mapped_column(info=PLAIN)

    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled')", name="state"),
        CheckConstraint("(state = 'disabled') = (disabled_why IS NOT NULL)", name="why"),
        CheckConstraint("disabled_why IN ('administrator', 'failing', 'gone')", name="reason"),
    )

    def switch(self, state: EndpointState) -> None:
        """Change it by its administrator. Switched on, it starts without a history of failures."""
        if state == self.state:
            return
        self.state = state
        self.disabled_why = None if state == EndpointState.ACTIVE else DisabledWhy.ADMINISTRATOR
        self.failing_since = self.rests_until = None


class WebhookSecret(Identified, Base):
    """Sealed (services/shared/vault). Without `valid_until`: the one in use. After a rotation
    the one before signs beside it until that instant.
    """

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        Index(
            "uq_webhook_secrets_current",
            "endpoint_id",
            unique=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index("ix_webhook_secrets_endpoint", "endpoint_id", "created_at"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=PLAIN)
    key_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)
    valid_until: Mapped[datetime | None] = mapped_column(info=PLAIN)


class WebhookDelivery(Leased, Base):
    """One alert to one endpoint; its id is the webhook-id and the id of the event, for ever.

    Without an alert: a test.
    """

    __tablename__ = "webhook_deliveries"

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    created_at: Mapped[datetime] = mapped_column(info=PLAIN)

    __table_args__ = (
        UniqueConstraint("endpoint_id", "alert_id", name="uq_webhook_deliveries_once"),
        CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
        Index(
            "ix_webhook_deliveries_open",
            "endpoint_id",
            "next_at",
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index("ix_webhook_deliveries_listed", "endpoint_id", "created_at", "id"),
    )
