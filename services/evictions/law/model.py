"""What a network changes in the law as data, its recomputations, and what each of them moves."""

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

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

_PROCEDURE = personal(Category.PROCEDURE)


class ChangeKind(StrEnum):
    VERSION = "version"
    RULE_DISABLED = "rule_disabled"
    RULE_ALTERED = "rule_altered"
    HOLIDAY_ADDED = "holiday_added"
    HOLIDAY_REMOVED = "holiday_removed"


class ChangeState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class RuleChange(Identified, Versioned, Base):
    """A loaded version of a rule set, a rule disabled or altered, a holiday added or removed.

    A draft changes nothing. It becomes active, and later retired, by applying a preview of it.
    """

    __tablename__ = "rule_changes"
    __table_args__ = (
        CheckConstraint(
            f"kind IN ({', '.join(repr(kind.value) for kind in ChangeKind)})", name="kind"
        ),
        CheckConstraint("state IN ('draft', 'active', 'retired')", name="state"),
        CheckConstraint("(kind = 'version') = (source IS NOT NULL)", name="source"),
        CheckConstraint("starts_with(kind, 'holiday_') = (day IS NOT NULL)", name="day"),
        Index(
            "uq_rule_changes_number",
            "rule_set",
            "number",
            unique=True,
            postgresql_where=text("kind = 'version' AND state <> 'retired'"),
        ),
        Index(
            "uq_rule_changes_rule",
            "rule_set",
            "rule_id",
            unique=True,
            postgresql_where=text("rule_id IS NOT NULL AND state = 'active'"),
        ),
        Index(
            "uq_rule_changes_day",
            "day",
            unique=True,
            postgresql_where=text("day IS NOT NULL AND state = 'active'"),
        ),
    )

    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    reason: Mapped[str] = mapped_column(Text, info=PLAIN)
    rule_set: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    number: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    source: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    rule_id: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    delay: Mapped[int | None] = mapped_column(Integer)
    valid_until: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    day: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    names: Mapped[dict[str, Any] | None] = mapped_column(info=PLAIN)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    made_at: Mapped[datetime]

    def require_step(self, *, retires: bool) -> None:
        """Conflict unless a draft is to be made, or what is active taken back.

        There is no other step.
        """
        if self.state != (ChangeState.ACTIVE if retires else ChangeState.DRAFT):
            raise Conflict("rule-change-has-no-such-step")

    def step(self, *, retires: bool) -> None:
        self.require_step(retires=retires)
        self.state = ChangeState.RETIRED if retires else ChangeState.ACTIVE


class RunState(StrEnum):
    PREVIEWING = "previewing"
    PREVIEWED = "previewed"
    APPLYING = "applying"
    APPLIED = "applied"


class Recomputation(Identified, Versioned, Base):
    """Every running deadline under a changed law: first compared, then, if wanted, written.

    `after` is the last procedure that is done; a run that was interrupted goes on from there.
    """

    __tablename__ = "recomputations"
    __table_args__ = (
        CheckConstraint(
            "state IN ('previewing', 'previewed', 'applying', 'applied')", name="state"
        ),
        Index(
            "uq_recomputations_applying",
            text("(state = 'applying')"),
            unique=True,
            postgresql_where=text("state = 'applying'"),
        ),
    )

    change_id: Mapped[UUID] = mapped_column(ForeignKey("rule_changes.id"))
    retires: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    after: Mapped[UUID | None]
    procedures_done: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    locked: Mapped[int] = mapped_column(Integer)
    new: Mapped[int] = mapped_column(Integer)
    gone: Mapped[int] = mapped_column(Integer)
    # Procedures left as they are, because a date would leave the calendar.
    skipped: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    asked_at: Mapped[datetime]
    applied_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    applied_at: Mapped[datetime | None]

    @property
    def percent_done(self) -> int:
        """How far the recomputation is, in percent.

        Procedures are taken in the order of their ids, which are random: where the last one
        stands between the first and the last possible id is the part that is done.
        """
        if self.state in (RunState.PREVIEWED, RunState.APPLIED):
            return 100
        return self.after.int * 100 >> 128 if self.after else 0

    def start_over(self) -> None:
        self.after, self.procedures_done = None, 0
        self.changed = self.locked = self.new = self.gone = self.skipped = 0

    def apply(self, by: UUID, at: datetime) -> None:
        if self.state != RunState.PREVIEWED:
            raise Conflict("recomputation-not-previewed")
        self.start_over()
        self.state, self.applied_by, self.applied_at = RunState.APPLYING, by, at


class RecomputedDeadline(Identified, Base):
    """One date that a recomputation would move or moved; `locked`: a person's own date stays."""

    __tablename__ = "recomputed_deadlines"
    __table_args__ = (
        CheckConstraint("kind IN ('changed', 'locked', 'new', 'gone')", name="kind"),
        UniqueConstraint("recomputation_id", "act_id", "rule_id"),
        Index("ix_recomputed_deadlines_case", "case_id"),
    )

    recomputation_id: Mapped[UUID] = mapped_column(ForeignKey("recomputations.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    act_id: Mapped[UUID] = mapped_column(ForeignKey("acts.id"))
    rule_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    computes: Mapped[str] = mapped_column(Text, info=PLAIN)
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    before: Mapped[date | None] = mapped_column(Date, info=_PROCEDURE)
    after: Mapped[date | None] = mapped_column(Date, info=_PROCEDURE)


class RuleSetConfirmation(Identified, Versioned, Base):
    """A lawyer of the network read a version of a rule set and confirms it.

    `law_text` is what shipped of it that day (`rulesets.fingerprint`). It lapses when the network
    changes a rule of the set, or a holiday.
    """

    __tablename__ = "rule_set_confirmations"
    __table_args__ = (
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_at"),
        Index("ix_rule_set_confirmations_rule_set", "rule_set", "number"),
    )

    rule_set: Mapped[str] = mapped_column(Text, info=PLAIN)
    number: Mapped[int] = mapped_column(Integer)
    law_text: Mapped[str] = mapped_column(Text, info=PLAIN)
    lawyer: Mapped[str] = mapped_column(Text, info=PLAIN)
    bar: Mapped[str] = mapped_column(Text, info=PLAIN)
    confirmed_on: Mapped[date] = mapped_column(Date, info=PLAIN)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]
    lapsed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    withdrawn_at: Mapped[datetime | None]

    def withdraw(self, by: UUID, at: datetime) -> None:
        if self.withdrawn_at is not None:
            raise Conflict("rule-set-confirmation-withdrawn")
        self.withdrawn_by, self.withdrawn_at = by, at
