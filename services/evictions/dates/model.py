"""The eviction procedure, its dated acts, and the deadlines they set running."""

from datetime import date, datetime
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.evictions.counting.delivery import Delivery
from services.evictions.law.acts import WITH_AN_END, ActKind, Ground
from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

ACTS = ", ".join(repr(kind.value) for kind in ActKind)
IS_EXCEPTION = "(kind = 'moratorium_exception') = (ground IS NOT NULL)"
HAS_AN_END = (
    "(kind <> 'delay_granted' OR until_on IS NOT NULL) AND (until_on IS NULL OR kind IN"
    f" ({', '.join(repr(kind.value) for kind in WITH_AN_END)}))"
)
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
        CheckConstraint(HAS_AN_END, name="until_on"),
        CheckConstraint(
            "(struck_at IS NULL) = (struck_by IS NULL)"
            " AND (struck_at IS NULL) = (strike_reason IS NULL)",
            name="struck",
        ),
        Index("ix_acts_procedure", "procedure_id", "acted_on"),
        Index(
            "ix_acts_evictions",
            "case_id",
            "acted_on",
            postgresql_where=text("kind = 'eviction' AND replaced_by IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    acted_on: Mapped[date] = mapped_column(Date, info=PROCEDURE)
    received_on: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    delivery: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    ground: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    # The last day of the judge's own delay, of a stay or of a suspension.
    until_on: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("acts.id"))
    correction_reason: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    # Set for a hearing that was not held and an act that was struck: nothing runs from it.
    lapsed_at: Mapped[datetime | None]
    # The eviction was put off, by this act: nothing runs from it.
    called_off_by: Mapped[UUID | None] = mapped_column(ForeignKey("acts.id"))
    # Recorded by mistake; it can be taken back, and `own_dates` are people's dates until then.
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    strike_reason: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    own_dates: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), info=PROCEDURE)
    warnings: Mapped[list[Any]] = mapped_column(info=PROCEDURE)
    # How often the team was told at once that the act breaks what protects the household.
    alarms: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]
    # The liaison whose posting the team confirmed by it.
    posted_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))

    @property
    def is_in_force(self) -> bool:
        """Whether it was neither corrected nor struck, and took place."""
        return self.replaced_by is None and self.lapsed_at is None

    def strike(self, reason: str, by: UUID, at: datetime) -> None:
        """Let nothing run from an act that was recorded by mistake; it stays to be read."""
        if self.replaced_by is not None or self.lapsed_at is not None:
            raise Conflict("act-not-in-force")
        self.struck_at, self.struck_by, self.strike_reason = at, by, reason
        self.lapsed_at = at

    def take_back(self) -> None:
        """Let it count again, because it was no mistake."""
        if self.struck_at is None:
            raise Conflict("act-not-struck")
        self.struck_at = self.struck_by = self.strike_reason = None
        self.lapsed_at = self.own_dates = None


class LegalDeadline(Identified, Versioned, Base):
    """A date that follows from an act by a rule, with every step in words.

    It runs until an act ends it: `ended_as` says how, `ended_by` by which.
    `overridden_date` with its reason replaces the computed date and survives re-computation.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("act_id", "rule_id"),
        CheckConstraint(
            "(overridden_date IS NULL) = (override_reason IS NULL)", name="override_reason"
        ),
        CheckConstraint("ended_as IN ('kept', 'missed', 'moot')", name="ended_as"),
        CheckConstraint("(ended_as IS NULL) = (ended_by IS NULL)", name="ended_by"),
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
    ended_as: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    # An act; the opposition itself, where the tenant opposed that the welfare centre be told.
    ended_by: Mapped[UUID | None]
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

    def override(self, day: date, reason: str, by: UUID) -> None:
        self.overridden_date = day
        self.override_reason = reason
        self.overridden_by = by

    def lift(self, reason: str, by: UUID) -> None:
        """Let the computed date count again; Conflict if no person's date stands."""
        if self.overridden_date is None:
            raise Conflict("deadline-not-overridden")
        self.lifted_date, self.lift_reason, self.lifted_by = self.overridden_date, reason, by
        self.overridden_date = self.override_reason = self.overridden_by = None
