"""Who sits at which table, who said that they cannot, and who promised to keep it to themselves."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from services.shared.errors import Conflict
from services.shared.tables import PLAIN, STAFF, Base, Versioned


class SeatPlanState(StrEnum):
    OPEN = "open"
    # Everybody was told where they sit: from now on people are only moved by hand.
    CLOSED = "closed"


class Placed(StrEnum):
    AUTOMATIC = "automatic"
    # By the facilitator's hand, with a note; a new allocation keeps it.
    MOVED = "moved"


class SeatPlan(Versioned, Base):
    """The seats of a session as one thing with one version."""

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
    """One a person and session. It counts only as long as it is possible (`seating.sql`)."""

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
    # Why the facilitator moved them; for the facilitators alone.
    note: Mapped[str | None] = mapped_column(Text, info=STAFF)


class DeclaredConflict(Base):
    """Somebody says of themselves that they cannot sit over a proposal. Nobody is told why: a
    family tie, the landlord's side, a neighbour."""

    __tablename__ = "declared_conflicts"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "professional_id"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"), index=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


class InvitedIn(Base):
    """Somebody of an organisation in the file, whom its reference worker wants at that table."""

    __tablename__ = "invited_in"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "professional_id"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


class Undertaking(Base):
    """Signed for one session: in which language, and which version (`undertaking.<number>`)."""

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
