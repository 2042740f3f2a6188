"""Hearings before the justice of the peace, and dates that the liaison posts for confirmation."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.evictions.dates.model import PROCEDURE
from services.evictions.hearings.endings import CALL_OFF_REASONS, CallOffReason
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned


class HearingState(StrEnum):
    SET = "set"
    ADJOURNED = "adjourned"
    HELD = "held"
    CANCELLED = "cancelled"


class HearingKind(StrEnum):
    INTRODUCTORY = "introductory"
    PLEADING = "pleading"
    CONCILIATION = "conciliation"
    OTHER = "other"


class HearingResult(StrEnum):
    """What came out of a hearing; `reserved`: the judge decides later (en délibéré)."""

    ADJOURNED = "adjourned"
    RESERVED = "reserved"
    JUDGED = "judged"
    SETTLED = "settled"
    STRUCK_OUT = "struck_out"


class Hearing(Identified, Versioned, Base):
    """A hearing before the justice of the peace; a move keeps the old row and points back to it."""

    __tablename__ = "hearings"
    __table_args__ = (
        CheckConstraint("state IN ('set', 'adjourned', 'held', 'cancelled')", name="state"),
        CheckConstraint(
            "kind IN ('introductory', 'pleading', 'conciliation', 'other')", name="kind"
        ),
        CheckConstraint(
            "result IN ('adjourned', 'reserved', 'judged', 'settled', 'struck_out')", name="result"
        ),
        CheckConstraint("(result IS NULL) = (result_at IS NULL)", name="result_at"),
        CheckConstraint(f"called_off_because IN ({CALL_OFF_REASONS})", name="called_off_because"),
        CheckConstraint(
            "(state = 'cancelled') = (called_off_because IS NOT NULL)"
            " AND (state = 'cancelled') = (called_off_at IS NOT NULL)",
            name="called_off",
        ),
        CheckConstraint("struck_from IS NULL OR state = 'cancelled'", name="struck_from"),
        Index(
            "uq_hearings_set",
            "procedure_id",
            unique=True,
            postgresql_where=text("state = 'set'"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    act_id: Mapped[UUID] = mapped_column(ForeignKey("acts.id"))
    starts_at: Mapped[datetime] = mapped_column(info=PROCEDURE)
    room: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("hearings.id"))
    kind: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    # The number of this hearing, where the court gave it one of its own.
    roll_number: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    result: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    result_at: Mapped[datetime | None]
    called_off_because: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    called_off_at: Mapped[datetime | None]
    # The state to return to, if it was struck with its act and is taken back.
    struck_from: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    # The liaison who posted what it says, where the team confirmed that.
    posted_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))

    def record_result(self, result: HearingResult, at: datetime) -> None:
        """Note the result once the hearing began; RuleBroken before.

        One adjourned without a new date stays so, and a new hearing can be set.
        """
        if self.state != HearingState.SET:
            raise Conflict("hearing-not-set")
        if at < self.starts_at:
            raise RuleBroken("hearing-still-ahead")
        adjourned = result is HearingResult.ADJOURNED
        self.state = HearingState.ADJOURNED if adjourned else HearingState.HELD
        self.result = result
        self.result_at = at

    def call_off(self, because: CallOffReason, at: datetime) -> None:
        """Cancel a hearing that is ahead; one that began has a result instead."""
        if self.state != HearingState.SET:
            raise Conflict("hearing-not-set")
        if self.starts_at <= at:
            raise RuleBroken("hearing-already-began")
        self.state = HearingState.CANCELLED
        self.called_off_because, self.called_off_at = because, at

    def adjourn(self) -> None:
        if self.state != HearingState.SET:
            raise Conflict("hearing-not-set")
        self.state = HearingState.ADJOURNED

    def strike(self, at: datetime) -> None:
        """Cancel a hearing that was recorded by mistake, whatever became of it."""
        self.struck_from, self.state = self.state, HearingState.CANCELLED
        self.called_off_because, self.called_off_at = CallOffReason.RECORDED_BY_MISTAKE, at

    def take_back(self) -> None:
        """Let a hearing that was struck be again what it was."""
        if self.struck_from is None:
            raise Conflict("act-not-struck")
        self.state, self.struck_from = self.struck_from, None
        self.called_off_because = self.called_off_at = None

    def stand_again(self) -> None:
        """Let a hearing be set again, because its move to another date was a mistake."""
        self.state = HearingState.SET


class PostingKind(StrEnum):
    HEARING_MOVED = "hearing_moved"
    HEARING_CANCELLED = "hearing_cancelled"
    JUDGMENT_SET = "judgment_set"


class PostingState(StrEnum):
    POSTED = "posted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Posting(Identified, Versioned, Base):
    """A date the liaison heard at the court; it changes nothing until confirmed.

    `because` says why a hearing is called off; `starts_at` then says which one was meant.
    """

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('hearing_moved', 'hearing_cancelled', 'judgment_set')", name="kind"
        ),
        CheckConstraint(
            f"(kind = 'hearing_cancelled') = (because IS NOT NULL)"
            f" AND because IN ({CALL_OFF_REASONS})",
            name="because",
        ),
        CheckConstraint("state IN ('posted', 'confirmed', 'rejected')", name="state"),
        Index("ix_postings_procedure", "procedure_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    starts_at: Mapped[datetime | None] = mapped_column(info=PROCEDURE)
    day: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    room: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    because: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    posted_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    posted_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    answered_at: Mapped[datetime | None]

    def answer(self, *, confirm: bool, by: UUID, at: datetime) -> None:
        if self.state != PostingState.POSTED:
            raise Conflict("posting-already-answered")
        self.state = PostingState.CONFIRMED if confirm else PostingState.REJECTED
        self.answered_by = by
        self.answered_at = at


def require_future(starts_at: datetime, now: datetime) -> None:
    """RuleBroken unless the hearing is still to come: nobody goes along to another."""
    if starts_at <= now:
        raise RuleBroken("hearing-in-the-past")
