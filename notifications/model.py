"""What was sent to whom, and who is alive to send it."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, STAFF, Base, Identified, Versioned


class DeliveryState(StrEnum):
    """`pending -> sending -> sent | rejected | failed | cancelled`, or `muted` from the start.

    Every delivery has an end. `set_aside` is none: what fails for no outside reason waits there for
    a person or a new release.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    # In the application only: there for whoever follows its link, and in no list.
    MUTED = "muted"
    SET_ASIDE = "set_aside"


class ChannelName(StrEnum):
    EMAIL = "email"
    INAPP = "inapp"
    SMS = "sms"


class Leased(Identified):
    """What a row needs to be sent by one process at a time (notifications.lease).

    `lease_until` is an instant of the database's clock; `fence` rises with each claim and whoever
    holds an older one writes nothing. `data_at` is when its holder was committed to send it: before
    the content leaves, so a later attempt knows that the first may have arrived.
    """

    state: Mapped[str] = mapped_column(Text, info=PLAIN, server_default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime] = mapped_column(info=PLAIN)
    lease_until: Mapped[datetime | None] = mapped_column(info=PLAIN)
    # The process that claimed it (notifications.lease.HOLDERS); null: only its lease says so.
    held_by: Mapped[int | None] = mapped_column(Integer)
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    data_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    sent_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    # One of our codes, never a provider's sentence: those quote addresses.
    last_error: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    possible_duplicate: Mapped[bool] = mapped_column(server_default=text("false"))


class Delivery(Leased, Base):
    """One alert to one person by one channel: at most one row for ever."""

    __tablename__ = "deliveries"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    channel: Mapped[str] = mapped_column(Text, info=PLAIN)
    # When it may leave: after the quiet hours of its person. From then on it is late.
    due_at: Mapped[datetime] = mapped_column(info=PLAIN, server_default=text("now()"))
    claimed_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    read_at: Mapped[datetime | None] = mapped_column(info=STAFF)
    acknowledged_at: Mapped[datetime | None] = mapped_column(info=STAFF)
    # Random, the same at every attempt: a mailbox can recognise the second copy.
    message_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    # When it was seen to that a refused or failed one is made up for (delivery/next_channel.py).
    followed_up_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    # Attempts that failed here, not at the provider; since when it is set aside for them.
    faults: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    set_aside_at: Mapped[datetime | None] = mapped_column(info=PLAIN)

    __table_args__ = (
        UniqueConstraint("alert_id", "professional_id", "channel", name="uq_deliveries_once"),
        CheckConstraint("channel IN ('email', 'inapp', 'sms')", name="channel"),
        CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'rejected', 'failed', 'cancelled', 'muted',"
            " 'set_aside')",
            name="state",
        ),
        CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name="lease"),
        Index(
            "ix_deliveries_open",
            "next_at",
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        # The few that are being sent now, of which some may have lost their holder.
        Index("ix_deliveries_held", "lease_until", postgresql_where=text("state = 'sending'")),
        # The few that wait for the gateway are found behind any number of e-mails.
        Index(
            "ix_deliveries_sms",
            "next_at",
            postgresql_where=text("channel = 'sms' AND state IN ('pending', 'sending')"),
        ),
        Index("ix_deliveries_professional", "professional_id", "next_at"),
        Index(
            "ix_deliveries_undone",
            "next_at",
            postgresql_where=text("state IN ('rejected', 'failed') AND followed_up_at IS NULL"),
        ),
        # A bounce names the message it could not deliver.
        Index("ix_deliveries_message", "message_id"),
        Index(
            "ix_deliveries_set_aside",
            "set_aside_at",
            postgresql_where=text("set_aside_at IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_dead",
            "alert_id",
            postgresql_where=text("state IN ('rejected', 'failed')"),
        ),
    )


class DeliveryAttempt(Base):
    """An attempt that did not end with the provider's yes; the last is in the delivery's own row.

    Written by the statement that ends it: where all goes well, the ledger costs nothing.
    """

    __tablename__ = "delivery_attempts"
    __table_args__ = (PrimaryKeyConstraint("delivery_id", "fence"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"))
    fence: Mapped[int] = mapped_column(BigInteger)
    claimed_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    # The point of no return, if it was reached.
    marked_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    ended_at: Mapped[datetime] = mapped_column(info=PLAIN)
    # The state the delivery took, or `expired`: its holder was not heard of again.
    outcome: Mapped[str] = mapped_column(Text, info=PLAIN)
    code: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    # The provider said that it kept nothing.
    reached_nobody: Mapped[bool] = mapped_column()


class DigestItem(Base):
    """An alert that one person hears of in a digest; `digest_id` is the alert that is the digest.

    Which of its items a digest told are those it still has: what need not or may not be told any
    more leaves it at the moment of sending.
    """

    __tablename__ = "digest_items"
    __table_args__ = (
        PrimaryKeyConstraint("alert_id", "professional_id"),
        Index("ix_digest_items_digest", "digest_id"),
    )

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    digest_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))


class NotificationPreference(Versioned, Base):
    """What one professional chose; no row means the defaults of `notifications.preferences`."""

    __tablename__ = "notification_preferences"
    __table_args__ = (
        CheckConstraint("digest_rhythm IN ('daily', 'weekly')", name="rhythm"),
        CheckConstraint("digest_weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
    )

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), primary_key=True)
    # {"<urgency or kind>": {"<channel>": "<timing>"}}: only what differs from the defaults.
    choices: Mapped[dict[str, Any]] = mapped_column(info=STAFF)
    quiet_from: Mapped[time | None] = mapped_column(Time, info=STAFF)
    quiet_until: Mapped[time | None] = mapped_column(Time, info=STAFF)
    zone: Mapped[str] = mapped_column(Text, info=STAFF)
    digest_rhythm: Mapped[str] = mapped_column(Text, info=STAFF)
    digest_at: Mapped[time] = mapped_column(Time, info=STAFF)
    digest_weekday: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]


class Heartbeat(Base):
    """A part as one process: started, last at work at `at` (None: never yet), found dead by the
    next of its host. Whoever leaves as asked takes the row along.
    """

    __tablename__ = "heartbeats"
    __table_args__ = (PrimaryKeyConstraint("part", "instance"),)

    part: Mapped[str] = mapped_column(Text, info=PLAIN)
    instance: Mapped[str] = mapped_column(Text, info=PLAIN)
    at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    started_at: Mapped[datetime] = mapped_column(
        info=PLAIN, server_default=text("clock_timestamp()")
    )
    died_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
