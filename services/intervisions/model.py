"""Series of sessions, the sessions, and who is invited to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned


class SeriesKind(StrEnum):
    """What a series is for. Only an intervision works on cases. A supervision keeps who was there
    and nothing else. A housing table is open to every professional of the network.
    """

    INTERVISION = "intervision"
    SUPERVISION = "supervision"
    CONCERTATION = "concertation"
    HOUSING_TABLE = "housing_table"


class SessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class InvitationState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    # They said yes when the session, or their sector, was full. Of those who wait, the first takes
    # a place that becomes free.
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


class IntervisionSeries(Identified, Versioned, Base):
    __tablename__ = "intervision_series"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('intervision', 'supervision', 'concertation', 'housing_table')", name="kind"
        ),
        CheckConstraint(
            "capacity BETWEEN 2 AND 500 AND quorum BETWEEN 1 AND capacity"
            " AND max_per_sector BETWEEN 1 AND capacity AND points BETWEEN 1 AND 20",
            name="numbers",
        ),
        CheckConstraint("co_facilitator_id <> facilitator_id", name="facilitators"),
    )

    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    name: Mapped[str] = mapped_column(Text, info=PLAIN)
    facilitator_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    co_facilitator_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("professionals.id"), index=True
    )
    # The languages of its sessions: codes of ISO 639-1, the preferred one first.
    languages: Mapped[list[Any]] = mapped_column(info=PLAIN)
    capacity: Mapped[int] = mapped_column(Integer)
    quorum: Mapped[int] = mapped_column(Integer)
    # The most people of one sector in a session; null: no such bound.
    max_per_sector: Mapped[int | None] = mapped_column(Integer)
    # The rules of its sessions' ballots, unless a ballot says otherwise.
    points: Mapped[int] = mapped_column(Integer, server_default=sql("3"))
    self_vote: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def require_running(self) -> None:
        if self.ended_at is not None:
            raise RuleBroken("series-ended")

    def end(self, at: datetime) -> None:
        if self.ended_at is not None:
            raise Conflict("series-ended")
        self.ended_at = at


class SeriesHost(Base):
    """An organisation that hosts sessions in turn; after the last one the first hosts again."""

    __tablename__ = "series_hosts"
    __table_args__ = (PrimaryKeyConstraint("series_id", "position"),)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_series.id"))
    position: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))


class SeriesMember(Base):
    """A person who is invited to every session that is planned from now on."""

    __tablename__ = "series_members"
    __table_args__ = (PrimaryKeyConstraint("series_id", "professional_id"),)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_series.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    joined_at: Mapped[datetime]


class IntervisionSession(Identified, Versioned, Base):
    __tablename__ = "intervision_sessions"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_intervision_sessions_starts_at", "starts_at"),
    )

    series_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_series.id"))
    number: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    host_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    place: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    link: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN, server_default=SessionState.PLANNED.value)
    # The sequence number of its calendar entry (RFC 5546 §2.1.4): it rises with each move, and
    # with the cancellation.
    sequence: Mapped[int] = mapped_column(Integer, server_default=sql("0"))

    def require_planned(self) -> None:
        if self.state != SessionState.PLANNED:
            raise Conflict("session-not-planned", state=self.state)

    def require_not_cancelled(self) -> None:
        if self.state == SessionState.CANCELLED:
            raise Conflict("session-not-planned", state=self.state)

    def move(self, starts_at: datetime, ends_at: datetime) -> None:
        """Set another day or hour; the sequence rises so that calendars accept the change."""
        self.require_planned()
        if ends_at <= starts_at:
            raise RuleBroken("session-times")
        self.starts_at, self.ends_at = starts_at, ends_at
        self.sequence += 1

    def cancel(self) -> None:
        self.require_planned()
        self.state = SessionState.CANCELLED
        self.sequence += 1

    def mark_held(self, now: datetime) -> None:
        """Note once that the session took place, at its hour or later."""
        self.require_planned()
        if now < self.starts_at:
            raise RuleBroken("session-ahead")
        self.state = SessionState.HELD


class SessionInvitation(Identified, Versioned, Base):
    __tablename__ = "session_invitations"
    __table_args__ = (
        UniqueConstraint("session_id", "professional_id"),
        CheckConstraint(
            "state IN ('invited', 'accepted', 'declined', 'waiting', 'withdrawn')", name="state"
        ),
        Index("ix_session_invitations_professional", "professional_id"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    state: Mapped[str] = mapped_column(
        Text, info=PLAIN, server_default=InvitationState.INVITED.value
    )
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    # Null until the facilitator notes who was there.
    attended: Mapped[bool | None] = mapped_column(Boolean)

    @property
    def stands(self) -> bool:
        return self.state != InvitationState.WITHDRAWN

    def answer(self, state: InvitationState, at: datetime) -> None:
        if not self.stands:
            raise Conflict("invitation-withdrawn")
        self.state, self.answered_at = state, at

    def withdraw(self) -> None:
        if not self.stands:
            raise Conflict("invitation-withdrawn")
        self.state = InvitationState.WITHDRAWN
