"""Tables of a session, seats, declared conflicts of interest, and the promise of secrecy."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
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
from sqlalchemy.orm.attributes import flag_modified

from services.shared.errors import Conflict
from services.shared.tables import PLAIN, STAFF, Base, Identified, Versioned


class SessionTable(Identified, Versioned, Base):
    """A table at which people sit over a proposal or a topic, in parallel with the others."""

    __tablename__ = "session_tables"
    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        UniqueConstraint("proposal_id"),
        CheckConstraint("(proposal_id IS NULL) <> (topic IS NULL)", name="about"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    number: Mapped[int] = mapped_column(Integer)
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))
    topic: Mapped[str | None] = mapped_column(Text, info=PLAIN)


class SeatPlanState(StrEnum):
    OPEN = "open"
    # Everybody was told where they sit: from now on people are only moved by hand.
    CLOSED = "closed"


class Placement(StrEnum):
    """How somebody came to a seat."""

    AUTOMATIC = "automatic"
    # A facilitator moved them, with a note; a new allocation keeps such a seat.
    MOVED = "moved"


class SeatPlan(Versioned, Base):
    """The plan of all seats of a session, which share this row's version."""

    __tablename__ = "seat_plans"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state"),)

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("intervision_sessions.id"), primary_key=True
    )
    state: Mapped[str] = mapped_column(
        Text, info=PLAIN, server_default=sql(f"'{SeatPlanState.OPEN.value}'")
    )

    @property
    def id(self) -> UUID:
        return self.session_id

    def require_open(self) -> None:
        if self.state != SeatPlanState.OPEN:
            raise Conflict("seating-closed")

    def close(self) -> None:
        self.require_open()
        self.state = SeatPlanState.CLOSED

    def touch(self) -> None:
        """Seats changed: the version rises with the next flush."""
        flag_modified(self, "state")


class Seat(Base):
    """The seat of one person in one session. It counts only as long as it is possible
    (tables/functions.sql).
    """

    __tablename__ = "seats"
    __table_args__ = (
        PrimaryKeyConstraint("session_id", "professional_id"),
        CheckConstraint("placed IN ('automatic', 'moved')", name="placed"),
        CheckConstraint("(placed = 'moved') = (note IS NOT NULL)", name="note"),
        Index("ix_seats_table", "table_id"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    table_id: Mapped[UUID] = mapped_column(ForeignKey("session_tables.id"))
    placed: Mapped[str] = mapped_column(Text, info=PLAIN)
    # Why a facilitator moved them; only facilitators read it.
    note: Mapped[str | None] = mapped_column(Text, info=STAFF)


class DeclaredConflict(Base):
    """Somebody says that they cannot sit over a proposal. Nobody is told why: a family tie, the
    landlord's side, a neighbour.
    """

    __tablename__ = "declared_conflicts"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "professional_id"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"), index=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


class InvitedIn(Base):
    """A person of an organisation in the file whom its reference worker wants at that table."""

    __tablename__ = "invited_in"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "professional_id"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


class Undertaking(Base):
    """The promise that a person signed for one session: the version and language of its text
    (`undertaking.<number>` in the catalogues).
    """

    __tablename__ = "undertakings"
    __table_args__ = (
        PrimaryKeyConstraint("session_id", "professional_id"),
        CheckConstraint("language IN ('fr', 'nl', 'en')", name="language"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    text_version: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(Text, info=PLAIN)
    signed_at: Mapped[datetime]
