"""Alerts: something a person must hear about by an instant. An alert exists iff its row does.

Rows are written in the transaction that makes the date true; who receives them is decided only
when they are sent (`notifications.recipients`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.events import Event
from services.shared.tables import PLAIN, Base
from services.shared.unit_of_work import LOOKS_EVERY, UnitOfWork


class AlertState(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    ACKNOWLEDGED = "acknowledged"
    CANCELLED = "cancelled"
    # As long as its case is closed; a reopening plans it again or cancels it.
    PAUSED = "paused"
    NO_RECIPIENT = "no_recipient"


class RecipientRole(StrEnum):
    """Resolved to persons at the moment of sending."""

    REFERENCE_WORKER = "reference_worker"
    SUBSTITUTE = "substitute"
    TEAM_LEAD = "team_lead"
    LIAISON = "liaison"
    COORDINATOR = "coordinator"
    # Members of the team who work at a public welfare centre and may read the procedure.
    WELFARE_CENTRE = "welfare_centre"
    PERSON = "person"


class WhoActs(StrEnum):
    """Who acts on a legal alert, in the words of whoever acknowledges it for somebody else."""

    SELF = "self"
    REFERENCE_WORKER = "reference_worker"
    SUBSTITUTE = "substitute"


class Alert(Base):
    __tablename__ = "alerts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    object_id: Mapped[UUID]
    object_version: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str] = mapped_column(Text, info=PLAIN)
    recipient_role: Mapped[str] = mapped_column(Text, info=PLAIN)
    recipient_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    # Dates and numbers for the message; never a name, an address or a text.
    facts: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN, server_default=AlertState.PLANNED)
    planned_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    # Who acts, as whoever acknowledged it for somebody else said (`WhoActs`).
    acting: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime | None]
    # A rung of the climb of another alert (planning/escalation.py); null: an alert of its own.
    first_id: Mapped[UUID | None] = mapped_column(ForeignKey("alerts.id"))
    # Of a rung: in which round of the climb; of any other alert: which round is on.
    round: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    told_at: Mapped[datetime | None]
    # When the next rung is due, if nobody acknowledges; null: it does not climb, or no further.
    climbs_at: Mapped[datetime | None]
    # By no channel could any of its persons be told.
    undelivered_at: Mapped[datetime | None]
    # How often working out its recipients failed, with what, and since when it is set aside for it.
    faults: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    last_error: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    set_aside_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint(
            "kind",
            "object_id",
            "object_version",
            "rung",
            "recipient_role",
            "recipient_id",
            name="uq_alerts_once",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(recipient_role = 'person') = (recipient_id IS NOT NULL)", name="person"),
        CheckConstraint("acting IN ('self', 'reference_worker', 'substitute')", name="acting"),
        # By age, of whatever state: what is forgotten after its period.
        Index("ix_alerts_age", "due_at"),
        Index("ix_alerts_due", "due_at", postgresql_where=text("state = 'planned'")),
        Index("ix_alerts_object", "object_id"),
        Index(
            "ix_alerts_invitations",
            "case_id",
            postgresql_where=text(
                "kind IN ('evictions.hearing_invited', 'evictions.hearing_called_off',"
                " 'evictions.hearing_left')"
            ),
        ),
        Index("ix_alerts_sent", "case_id", postgresql_where=text("state = 'sending'")),
        Index(
            "ix_alerts_climbing",
            "climbs_at",
            postgresql_where=text("climbs_at IS NOT NULL AND state IN ('planned', 'sending')"),
        ),
        Index(
            "uq_alerts_rung",
            "first_id",
            "round",
            "recipient_role",
            unique=True,
            postgresql_where=text("first_id IS NOT NULL"),
        ),
        Index(
            "ix_alerts_set_aside",
            "set_aside_at",
            postgresql_where=text("set_aside_at IS NOT NULL"),
        ),
        Index("ix_alerts_no_recipient", "due_at", postgresql_where=text("state = 'no_recipient'")),
        Index("ix_alerts_canary", "due_at", postgresql_where=text("kind = 'operations.canary'")),
    )


@dataclass(frozen=True, kw_only=True)
class NewAlert:
    """`due_at` is the instant it must go out; `rung` tells the alerts of one object apart."""

    kind: str
    object_id: UUID
    due_at: datetime
    recipient_role: RecipientRole
    case_id: UUID | None = None
    recipient_id: UUID | None = None
    object_version: int = 1
    rung: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


# Keys that rise with time: what is written together lies together in every index, among a million
# open alerts as among a thousand.
_PLAN = text(
    """
    INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role,
      recipient_id, due_at, facts, planned_at)
    SELECT uuidv7(), case_id, kind, object_id, object_version, rung, recipient_role,
      recipient_id, due_at, facts, :now
    FROM jsonb_to_recordset(CAST(:alerts AS jsonb)) AS v(case_id uuid, kind text, object_id uuid,
      object_version int, rung text, recipient_role text, recipient_id uuid, due_at timestamptz,
      facts jsonb)
    ON CONFLICT DO NOTHING
    """
)


def plan(alerts: list[NewAlert], *, uow: UnitOfWork) -> None:
    """Write the alerts of this transaction at once; the same alert twice is one row."""
    now = uow.now()
    if alerts:
        rows = json.dumps([vars(alert) for alert in alerts], default=str)
        uow.session.execute(_PLAN, {"alerts": rows, "now": now})
    if any(alert.due_at <= now + LOOKS_EVERY for alert in alerts):
        uow.wake()


def tell(
    event: Event,
    object_id: UUID,
    *to: RecipientRole | UUID,
    version: int = 1,
    facts: dict[str, Any] | None = None,
    uow: UnitOfWork,
) -> None:
    """Plan one alert about `event`, due now, for each role or person (by id) in `to`."""
    told = [
        NewAlert(
            kind=event.name,
            case_id=event.case_id,
            object_id=object_id,
            object_version=version,
            due_at=uow.now(),
            recipient_role=each if isinstance(each, RecipientRole) else RecipientRole.PERSON,
            recipient_id=None if isinstance(each, RecipientRole) else each,
            facts=facts or {},
        )
        for each in to
    ]
    plan(told, uow=uow)


def cancel(
    object_id: UUID,
    *,
    uow: UnitOfWork,
    kind: str | None = None,
    recipient_id: UUID | None = None,
) -> None:
    """Cancel what is still open about an object that moved, ended or became forbidden.

    All of it; or what is of one kind, or for one person.
    """
    of_them = [Alert.object_id == object_id]
    if kind is not None:
        of_them.append(Alert.kind == kind)
    if recipient_id is not None:
        of_them.append(Alert.recipient_id == recipient_id)
    _cancel(of_them, uow=uow)


def call_off(alert: NewAlert, *, uow: UnitOfWork) -> None:
    """Cancel `alert` even before its event is dispatched: insert and cancel in one step."""
    plan([alert], uow=uow)
    cancel(alert.object_id, kind=alert.kind, uow=uow)


def cancel_all(object_ids: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Cancel everything that is still open about several objects."""
    if object_ids:
        _cancel([Alert.object_id.in_(object_ids)], uow=uow)


def cancel_ahead(object_ids: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Cancel only what is not due yet, to plan it in other words; what went out is answered."""
    if object_ids:
        ahead = (Alert.state == AlertState.PLANNED, Alert.due_at > uow.now())
        _cancel([Alert.object_id.in_(object_ids), *ahead], uow=uow)


def _cancel(of_them: Sequence[ColumnElement[bool]], *, uow: UnitOfWork) -> None:
    uow.session.execute(
        update(Alert)
        .where(*of_them)
        .where(Alert.state.in_([AlertState.PLANNED, AlertState.SENDING]))
        .values(state=AlertState.CANCELLED)
    )
