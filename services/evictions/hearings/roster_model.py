"""Who goes along to a hearing (F40)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.evictions.dates.model import PROCEDURE
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned


class RosterRole(StrEnum):
    LAWYER = "lawyer"
    COMPANION = "companion"
    BACK_UP = "back_up"


class RosterState(StrEnum):
    """The course of an accompaniment.

    `moved`: the hearing has another date, for which they are asked anew. `ended`: they may no
    longer know of the hearing.
    """

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    MOVED = "moved"
    ENDED = "ended"


OPEN_STATES = (RosterState.ASKED, RosterState.CONFIRMED)


class Accompaniment(Identified, Versioned, Base):
    """One person who goes along to one hearing: of the team, or somebody outside by name alone."""

    __tablename__ = "accompaniments"
    __table_args__ = (
        CheckConstraint("role IN ('lawyer', 'companion', 'back_up')", name="role"),
        CheckConstraint(
            "state IN ('asked', 'confirmed', 'declined', 'moved', 'ended')", name="state"
        ),
        CheckConstraint("(professional_id IS NULL) <> (outside IS NULL)", name="one_person"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
        Index("ix_accompaniments_hearing", "hearing_id"),
        # Asked once; whoever declined or was replaced by a move may be asked again.
        Index(
            "uq_accompaniments_open",
            "hearing_id",
            "professional_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'confirmed')"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    hearing_id: Mapped[UUID] = mapped_column(ForeignKey("hearings.id"))
    role: Mapped[str] = mapped_column(Text, info=PLAIN)
    professional_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    # A neighbour, a volunteer, a lawyer without an account: often somebody near to the household.
    outside: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    asked_at: Mapped[datetime]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    answered_at: Mapped[datetime | None]

    def answer(self, *, comes: bool, by: UUID, at: datetime) -> None:
        """Take an answer: whoever confirmed may still decline.

        A no is final, but one may be asked again.
        """
        wanted = RosterState.CONFIRMED if comes else RosterState.DECLINED
        if self.state not in OPEN_STATES or self.state == wanted:
            raise Conflict("accompaniment-answered")
        self.state = wanted
        self.answered_by = by
        self.answered_at = at
