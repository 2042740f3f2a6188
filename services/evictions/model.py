"""The eviction procedure: dated acts, the deadlines they set running, hearings and postings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.evictions.delivery import Delivery
from services.evictions.endings import CALL_OFF_REASONS, CallOffReason
from services.evictions.rulebook import ActKind, DatedAct, Ground
from services.shared.categories import Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

ACTS = ", ".join(repr(kind.value) for kind in ActKind)
IS_EXCEPTION = "(kind = 'moratorium_exception') = (ground IS NOT NULL)"
GROUNDS = ", ".join(repr(ground.value) for ground in Ground)
PROCEDURE = personal(Category.PROCEDURE)


class Procedure(Identified, Versioned, Base):
    __tablename__ = "procedures"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    canton: Mapped[str] = mapped_column(Text, info=PROCEDURE)
    # The regime that was chosen (rules/regimes.toml); assumed while the dwelling is not known.
    regime: Mapped[str] = mapped_column(Text, info=PLAIN)
    regime_assumed: Mapped[bool] = mapped_column(Boolean)
    rule_set: Mapped[str] = mapped_column(Text, info=PLAIN)
    roll_number: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


class Act(Identified, Base):
    """A dated act. Warnings name what makes its date doubtful; they never block.

    `acted_on` is the date on the document. A correction is a new row; the old one points to it.
    """

    __tablename__ = "acts"
    __table_args__ = (
        CheckConstraint(f"kind IN ({ACTS})", name="kind"),
        CheckConstraint(
            f"delivery IN ({', '.join(repr(mode.value) for mode in Delivery)})", name="delivery"
        ),
        CheckConstraint(f"{IS_EXCEPTION} AND ground IN ({GROUNDS})", name="ground"),
        Index("ix_acts_procedure", "procedure_id", "acted_on"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    acted_on: Mapped[date] = mapped_column(Date, info=PROCEDURE)
    received_on: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    delivery: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    ground: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("acts.id"))
    correction_reason: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    # Of a hearing that was not held, an exception taken back: it sets nothing running.
    lapsed_at: Mapped[datetime | None]
    warnings: Mapped[list[Any]] = mapped_column(info=PROCEDURE)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]

    def dated(self) -> DatedAct:
        """What the rules need to know of it."""
        return DatedAct(
            kind=ActKind(self.kind),
            acted_on=self.acted_on,
            received_on=self.received_on,
            delivery=Delivery(self.delivery) if self.delivery else None,
            ground=Ground(self.ground) if self.ground else None,
        )


class LegalDeadline(Identified, Versioned, Base):
    """A date that follows from an act by a rule, with every step in words.

    `overridden_date` with its reason replaces the computed date and survives re-computation.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("act_id", "rule_id"),
        CheckConstraint(
            "(overridden_date IS NULL) = (override_reason IS NULL)", name="override_reason"
        ),
        CheckConstraint("(lifted_date IS NULL) = (lift_reason IS NULL)", name="lift_reason"),
        Index("ix_deadlines_case", "case_id", "falls_on"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    act_id: Mapped[UUID] = mapped_column(ForeignKey("acts.id"))
    rule_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    rule_set: Mapped[str] = mapped_column(Text, info=PLAIN)
    rule_version: Mapped[int] = mapped_column(Integer)
    computes: Mapped[str] = mapped_column(Text, info=PLAIN)
    protective: Mapped[bool] = mapped_column(Boolean)
    falls_on: Mapped[date] = mapped_column(Date, info=PROCEDURE)
    earlier_reading: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    steps: Mapped[list[Any]] = mapped_column(info=PROCEDURE)
    article: Mapped[str] = mapped_column(Text, info=PLAIN)
    source: Mapped[str] = mapped_column(Text, info=PLAIN)
    certainty: Mapped[str] = mapped_column(Text, info=PLAIN)
    overridden_date: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    override_reason: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    overridden_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    # The last date of people's own that was taken back, and why.
    lifted_date: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    lift_reason: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))

    @property
    def effective_date(self) -> date:
        """What people go by: the overriding date where there is one."""
        return self.overridden_date or self.falls_on

    @property
    def cautious_date(self) -> date:
        """What alerts go by: a person's own date, else the earlier of two readings."""
        return self.overridden_date or min(self.falls_on, self.earlier_reading or self.falls_on)

    def override(self, day: date, reason: str, by: UUID) -> None:
        self.overridden_date = day
        self.override_reason = reason
        self.overridden_by = by

    def lift(self, reason: str, by: UUID) -> None:
        """Back to what the rule computes."""
        if self.overridden_date is None:
            raise Conflict("deadline-not-overridden")
        self.lifted_date, self.lift_reason, self.lifted_by = self.overridden_date, reason, by
        self.overridden_date = self.override_reason = self.overridden_by = None


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
    """Reserved: the judge decides later (en délibéré)."""

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
    # Of this hearing, where the court gave it one of its own.
    roll_number: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    result: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    result_at: Mapped[datetime | None]
    called_off_because: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    called_off_at: Mapped[datetime | None]

    def record_result(self, result: HearingResult, at: datetime) -> None:
        """Once it began; without a new date it stays adjourned, and a new hearing can be set."""
        if self.state != HearingState.SET:
            raise Conflict("hearing-not-set")
        if at < self.starts_at:
            raise RuleBroken("hearing-still-ahead")
        adjourned = result is HearingResult.ADJOURNED
        self.state = HearingState.ADJOURNED if adjourned else HearingState.HELD
        self.result = result
        self.result_at = at

    def call_off(self, because: CallOffReason, at: datetime) -> None:
        """While it is ahead; of one that began there is a result."""
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

    Of a hearing that is called off: `because`, and `starts_at` says which one was meant.
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
    """Alerts can only be planned for a hearing that is still to come."""
    if starts_at <= now:
        raise RuleBroken("hearing-in-the-past")
