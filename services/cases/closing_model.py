"""A proposal to close a case, the second look at it, and the reopening that may follow (F03)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

IDENTITY = personal(Category.IDENTITY)
# A proposal at which nobody looked within this time is over.
LOOK_WITHIN = timedelta(days=7)


class ClosingReason(StrEnum):
    SOLVED = "solved"
    MOVED = "moved"
    LOST_CONTACT = "lost_contact"
    HOUSEHOLD_WISH = "household_wish"
    OTHER = "other"


class ClosingState(StrEnum):
    """`confirmed` is the closing that keeps the case closed now; at most one stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REOPENED = "reopened"


class Closing(Identified, Versioned, Base):
    """The reference worker proposes, somebody else confirms; the database refuses one person."""

    __tablename__ = "closings"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('solved', 'moved', 'lost_contact', 'household_wish', 'other')",
            name="reason",
        ),
        CheckConstraint("reason <> 'other' OR words IS NOT NULL", name="words"),
        CheckConstraint(
            "state IN ('proposed', 'confirmed', 'refused', 'withdrawn', 'expired', 'reopened')",
            name="state",
        ),
        CheckConstraint("proposed_by <> reviewer_id", name="second_look"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("(state = 'reopened') = (reopened_at IS NOT NULL)", name="reopened"),
        Index("ix_closings_case", "case_id", "proposed_at"),
        Index("ix_closings_waiting", "proposed_at", postgresql_where=text("state = 'proposed'")),
        Index(
            "uq_closings_standing",
            "case_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'confirmed')"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    reason: Mapped[str] = mapped_column(Text, info=PLAIN)
    words: Mapped[str | None] = mapped_column(Text, info=IDENTITY)
    # Why it is closed although something is still ahead; null: nothing may be.
    despite: Mapped[str | None] = mapped_column(Text, info=IDENTITY)
    # How many of what was open when it was proposed: numbers by kind.
    open_items: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    proposed_at: Mapped[datetime]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(Text, info=IDENTITY)
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    reopening_reason: Mapped[str | None] = mapped_column(Text, info=IDENTITY)

    def require_answerable(self, at: datetime) -> None:
        """Conflict once answered or past its time, even before the sweep that writes it down."""
        if self.state != ClosingState.PROPOSED:
            raise Conflict("closing-already-answered")
        if at >= self.proposed_at + LOOK_WITHIN:
            raise Conflict("closing-expired")

    def confirm(self, at: datetime) -> None:
        """The case is closed by this very change (close_the_case in closings/functions.sql)."""
        self._decide(ClosingState.CONFIRMED, at)

    def refuse(self, refusal: str, at: datetime) -> None:
        self._decide(ClosingState.REFUSED, at)
        self.refusal = refusal

    def withdraw(self, at: datetime) -> None:
        self._decide(ClosingState.WITHDRAWN, at)

    def _decide(self, state: ClosingState, at: datetime) -> None:
        self.require_answerable(at)
        self.state = state
        self.decided_at = at

    def reopen(self, reason: str, *, by: UUID, at: datetime) -> None:
        if self.state != ClosingState.CONFIRMED:
            raise Conflict("case-not-closed")
        self.state = ClosingState.REOPENED
        self.reopened_by, self.reopened_at, self.reopening_reason = by, at, reason
