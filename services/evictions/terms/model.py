"""What must be kept for the home to stay: terms of a judgment, agreed payment plans, instalments.

A payment plan before the judge and one agreed with the landlord are one thing (decision 0023).
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned

_OF_THE_ROW = {"about": "household", "category": "of the row"}


class TermKind(StrEnum):
    PAYMENT_PLAN = "payment_plan"
    LEAVE_BY = "leave_by"
    OTHER = "other"


class TermState(StrEnum):
    """The course of a term. `kept`: everything was in time. `done`: over, with something late."""

    RUNNING = "running"
    MISSED = "missed"
    RESUMED = "resumed"
    KEPT = "kept"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_STATES = (TermState.RUNNING, TermState.MISSED, TermState.RESUMED)


class InstalmentState(StrEnum):
    DUE = "due"
    PAID = "paid"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Term(Identified, Versioned, Base):
    """What a judgment orders, or what was agreed with the landlord.

    With an act it follows from a judgment and is about the procedure; without one it is about
    the tenancy.
    """

    __tablename__ = "terms"
    __table_args__ = (
        CheckConstraint("kind IN ('payment_plan', 'leave_by', 'other')", name="kind"),
        CheckConstraint(
            "state IN ('running', 'missed', 'resumed', 'kept', 'done', 'cancelled')", name="state"
        ),
        CheckConstraint("category = CASE WHEN act_id IS NULL THEN 2 ELSE 4 END", name="category"),
        CheckConstraint("act_id IS NOT NULL OR kind = 'payment_plan'", name="agreed"),
        CheckConstraint("(kind = 'payment_plan') = (due_on IS NULL)", name="due_on"),
        CheckConstraint("kind <> 'other' OR words IS NOT NULL", name="words"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled"),
        CheckConstraint("struck_from IS NULL OR state = 'cancelled'", name="struck_from"),
        Index("ix_terms_case", "case_id"),
        Index(
            "ix_terms_open",
            "due_on",
            postgresql_where=text("state IN ('running', 'missed', 'resumed')"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    act_id: Mapped[UUID | None] = mapped_column(ForeignKey("acts.id"))
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    due_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    words: Mapped[str | None] = mapped_column(Text, info=_OF_THE_ROW)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    was_missed: Mapped[bool] = mapped_column(Boolean)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text, info=_OF_THE_ROW)
    # The state to return to, if the judgment it follows from was struck and is taken back.
    struck_from: Mapped[str | None] = mapped_column(Text, info=PLAIN)

    def require_open(self) -> None:
        if self.state not in OPEN_STATES:
            raise Conflict("term-is-over")

    def miss(self) -> None:
        self.require_open()
        self.state = TermState.MISSED
        self.was_missed = True

    def resume(self, due_on: date | None) -> None:
        """Let a missed term run again; a date to leave needs another day."""
        if self.state != TermState.MISSED:
            raise Conflict("term-not-missed")
        if (self.kind == TermKind.PAYMENT_PLAN) != (due_on is None):
            raise RuleBroken("term-needs-its-day")
        self.due_on = due_on
        self.state = TermState.RESUMED

    def complete(self, at: datetime) -> None:
        self.require_open()
        self.state = TermState.DONE if self.was_missed else TermState.KEPT
        self.ended_at = at

    def cancel(self, reason: str, at: datetime) -> None:
        self.require_open()
        self.state = TermState.CANCELLED
        self.cancel_reason = reason
        self.ended_at = at

    def strike(self, reason: str, at: datetime) -> None:
        """Cancel it because its judgment was recorded by mistake, until that is taken back."""
        before = self.state
        self.cancel(reason, at)
        self.struck_from = before

    def stand_again(self) -> None:
        if self.struck_from is None:
            raise Conflict("term-is-over")
        self.state, self.struck_from = self.struck_from, None
        self.cancel_reason = self.ended_at = None


class Instalment(Identified, Base):
    """One amount by one day, in exact euros. It changes under the version of its term."""

    __tablename__ = "instalments"
    __table_args__ = (
        CheckConstraint("state IN ('due', 'paid', 'missed', 'cancelled')", name="state"),
        CheckConstraint("amount_eur > 0", name="amount"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        Index("ix_instalments_term", "term_id", "due_on"),
        Index("ix_instalments_due", "due_on", postgresql_where=text("state = 'due'")),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"))
    category: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date, info=_OF_THE_ROW)
    amount_eur: Mapped[Decimal] = mapped_column(Numeric(10, 2), info=_OF_THE_ROW)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    paid_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    missed_at: Mapped[datetime | None]

    def pay(self, day: date, today: date) -> None:
        """Note the payment; a late one counts too, and the term remembers that it was missed."""
        if self.state not in (InstalmentState.DUE, InstalmentState.MISSED):
            raise Conflict("instalment-not-due")
        if day > today:
            raise RuleBroken("paid-in-the-future")
        self.state = InstalmentState.PAID
        self.paid_on = day

    def miss(self, today: date, at: datetime) -> None:
        if self.state != InstalmentState.DUE:
            raise Conflict("instalment-not-due")
        if self.due_on > today:
            raise RuleBroken("instalment-still-ahead")
        self.state = InstalmentState.MISSED
        self.missed_at = at


def category_of(act_id: UUID | None) -> Category:
    return Category.TENANCY if act_id is None else Category.PROCEDURE


def require_content(kind: TermKind, due_on: date | None, words: str | None, parts: int) -> None:
    """RuleBroken unless a plan has instalments, all else a day, and what is neither has words."""
    if (kind is TermKind.PAYMENT_PLAN) != (parts > 0):
        raise RuleBroken("term-needs-its-instalments")
    if (kind is TermKind.PAYMENT_PLAN) != (due_on is None):
        raise RuleBroken("term-needs-its-day")
    if kind is TermKind.OTHER and not words:
        raise RuleBroken("term-needs-words")
