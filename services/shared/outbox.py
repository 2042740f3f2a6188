"""Events wait here, written in the commit that made them true; the dispatcher takes them on."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Identity, Index, Integer, PrimaryKeyConstraint, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, Base

# The events that somebody hears (workers/routing.py says who; a test compares). The others are
# kept as past facts that nobody waits for: no sweeper is woken for them.
HEARD = frozenset(
    {
        "audit.reading_unusual",
        "cases.alert_undelivered",
        "cases.closed",
        "cases.closing_expired",
        "cases.closing_proposed",
        "cases.closing_refused",
        "cases.departure_refused",
        "cases.handover_accepted",
        "cases.handover_declined",
        "cases.handover_expired",
        "cases.handover_proposed",
        "cases.participant_invited",
        "cases.participant_left",
        "cases.plan_objected",
        "cases.reopened",
        "cases.task_done",
        "cases.worker_requested",
        "consent.exclusion_lifted",
        "consent.exclusion_set",
        "consent.renewed",
        "consent.withdrawn",
        "evictions.hearing_posted",
        "evictions.term_missed",
        "evictions.welfare_centre_opposed",
        "evictions.welfare_opposition_withdrawn",
        "intervisions.agenda_changed",
        "intervisions.agenda_published",
        "intervisions.follow_up_carried",
        "intervisions.follow_up_closed",
        "intervisions.follow_up_planned",
        "intervisions.session_answered",
        "network.professional_left",
        "notifications.preferences_changed",
        "portal.choice_made",
        "portal.request_made",
        "retention.erasure_requested",
    }
)


class OutboxEvent(Base):
    __tablename__ = "outbox_events"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    name: Mapped[str] = mapped_column(Text, info=PLAIN)
    case_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    actor_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    # Since when it fails again and again; it is still tried, and a person was told.
    set_aside_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_outbox_events_waiting", "seq", postgresql_where=text("dispatched_at IS NULL")),
        Index(
            "ix_outbox_events_set_aside",
            "set_aside_at",
            postgresql_where=text("set_aside_at IS NOT NULL"),
        ),
    )


class InboxEntry(Base):
    """One row per subscriber and event, in the subscriber's own transaction: each acts once."""

    __tablename__ = "inbox_entries"
    __table_args__ = (PrimaryKeyConstraint("subscriber", "event_id"),)

    subscriber: Mapped[str] = mapped_column(Text, info=PLAIN)
    event_id: Mapped[UUID]
    handled_at: Mapped[datetime]
