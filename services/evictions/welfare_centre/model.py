"""Telling the public welfare centre (CPAS/OCMW) of a procedure, and the tenant's opposition to it.

Sources: C. jud. art. 1344ter §§2–4; for Brussels the ordinance of 22 June 2023, whose delays and
whose right to object were not found (docs/decisions/0028).
"""

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
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.actor import Actor, HouseholdMember
from services.shared.categories import Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

PROCEDURE = personal(Category.PROCEDURE)


class StepState(StrEnum):
    DUE = "due"
    OPPOSED = "opposed"
    DONE = "done"


class Teller(StrEnum):
    """Who told the centre: the court's clerk, the bailiff, or the team itself."""

    CLERK = "clerk"
    BAILIFF = "bailiff"
    TEAM = "team"


class Manner(StrEnum):
    """How the tenant opposed; in the minutes means of a voluntary appearance (art. 1344ter §4).

    `own_view`: by themselves, in the household's own view; nobody else records it so.
    """

    IN_WRITING = "in_writing"
    IN_THE_MINUTES = "in_the_minutes"
    ORALLY = "orally"
    OWN_VIEW = "own_view"


class WelfareStep(Identified, Versioned, Base):
    """A step of telling the centre, which the law asks for after this act.

    `due_from` is the first day; None where no delay was found.
    """

    __tablename__ = "welfare_steps"
    __table_args__ = (
        UniqueConstraint("act_id", "rule_id"),
        CheckConstraint("state IN ('due', 'opposed', 'done')", name="state"),
        CheckConstraint("done_by IN ('clerk', 'bailiff', 'team')", name="done_by"),
        CheckConstraint(
            "(state = 'done') = (done_on IS NOT NULL) AND (state = 'done') = (done_by IS NOT NULL)"
            " AND (state = 'done') = (recorded_by IS NOT NULL)"
            " AND (state = 'done') = (recorded_at IS NOT NULL)",
            name="done",
        ),
        Index("ix_welfare_steps_procedure", "procedure_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    act_id: Mapped[UUID] = mapped_column(ForeignKey("acts.id"))
    rule_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    article: Mapped[str] = mapped_column(Text, info=PLAIN)
    certainty: Mapped[str] = mapped_column(Text, info=PLAIN)
    due_from: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    done_on: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    done_by: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    despite_opposition: Mapped[bool] = mapped_column(Boolean)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime | None]

    def complete(self, day: date, by: Teller, recorder: UUID, at: datetime, today: date) -> None:
        """Note that the centre was told; Conflict if the team did so while the tenant opposed it.

        What a clerk or a bailiff did is a fact whatever the tenant said.
        """
        if self.state == StepState.DONE:
            raise Conflict("welfare-step-done")
        if day > today:
            raise RuleBroken("told-in-the-future")
        opposed = self.state == StepState.OPPOSED
        if opposed and by is Teller.TEAM:
            raise Conflict("welfare-centre-opposed")
        self.state, self.despite_opposition = StepState.DONE, opposed
        self.done_on, self.done_by = day, by
        self.recorded_by, self.recorded_at = recorder, at


class WelfareOpposition(Identified, Versioned, Base):
    """The tenant does not want the centre told. It stands until it is withdrawn."""

    __tablename__ = "welfare_oppositions"
    __table_args__ = (
        CheckConstraint(
            "how IN ('in_writing', 'in_the_minutes', 'orally', 'own_view')", name="how"
        ),
        CheckConstraint("(how = 'own_view') = (recorded_by_member IS NOT NULL)", name="own_view"),
        CheckConstraint("(recorded_by IS NULL) <> (recorded_by_member IS NULL)", name="recorded"),
        CheckConstraint(
            "num_nonnulls(withdrawn_by, withdrawn_by_member)"
            " = CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END",
            name="withdrawn",
        ),
        Index("ix_welfare_oppositions_case", "case_id"),
        Index(
            "uq_welfare_oppositions_standing",
            "procedure_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    opposed_on: Mapped[date] = mapped_column(Date, info=PROCEDURE)
    how: Mapped[str] = mapped_column(Text, info=PLAIN)
    warnings: Mapped[list[Any]] = mapped_column(info=PROCEDURE)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    recorded_by_member: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    withdrawn_by_member: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    withdrawn_at: Mapped[datetime | None]

    def withdraw(self, by: Actor | HouseholdMember, at: datetime) -> None:
        if self.withdrawn_at is not None:
            raise Conflict("welfare-opposition-withdrawn")
        if isinstance(by, HouseholdMember):
            self.withdrawn_by_member = by.id
        else:
            self.withdrawn_by = by.id
        self.withdrawn_at = at
