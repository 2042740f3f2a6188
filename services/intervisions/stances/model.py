"""The stance of a case on intervision: the household's answer, and the impasse of its team."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class Answer(StrEnum):
    AGREED = "agreed"
    REFUSED = "refused"


class IntervisionAgreement(Identified, Versioned, Base):
    """The household's yes or no to peers speaking of its situation without its name.

    Without a yes that stands nothing is proposed; a no or a withdrawn yes ends at once what was.
    """

    __tablename__ = "intervision_agreements"
    __table_args__ = (
        CheckConstraint("answer IN ('agreed', 'refused')", name="answer"),
        CheckConstraint("evidence IN ('oral', 'written')", name="evidence"),
        CheckConstraint("evidence <> 'oral' OR witness IS NOT NULL", name="witness"),
        CheckConstraint("evidence <> 'written' OR document IS NOT NULL", name="document"),
        Index(
            "uq_intervision_agreements_open",
            "case_id",
            unique=True,
            postgresql_where=sql("withdrawn_at IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, info=PLAIN)
    evidence: Mapped[str] = mapped_column(Text, info=PLAIN)
    witness: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    # The place where the signed paper is kept.
    document: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    def withdraw(self, at: datetime) -> None:
        if self.withdrawn_at is not None:
            raise Conflict("agreement-withdrawn")
        self.withdrawn_at = at


class Impasse(Identified, Versioned, Base):
    """The team of a case says that nobody knows how to go on (S013), until somebody lifts it."""

    __tablename__ = "impasses"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
        Index(
            "uq_impasses_open",
            "case_id",
            unique=True,
            postgresql_where=sql("lifted_at IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    flagged_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    flagged_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    lifted_at: Mapped[datetime | None]

    def lift(self, *, by: UUID, at: datetime) -> None:
        if self.lifted_at is not None:
            raise Conflict("impasse-lifted")
        self.lifted_by, self.lifted_at = by, at
