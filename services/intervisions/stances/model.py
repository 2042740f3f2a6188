"""What a case says of intervision: whether the household agrees to it, and that nobody knows how to
go on. And what is put beside a proposal."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import ALL, Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class Answer(StrEnum):
    AGREED = "agreed"
    REFUSED = "refused"


class IntervisionAgreement(Identified, Versioned, Base):
    """The household's yes or no to speaking of its situation, without its name, among peers.

    Without a yes that stands nothing is proposed; a no, and a yes taken back, end at once what was.
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
    # Where the signed paper is.
    document: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    def withdraw(self, at: datetime) -> None:
        if self.withdrawn_at is not None:
            raise Conflict("agreement-withdrawn")
        self.withdrawn_at = at


class Impasse(Identified, Versioned, Base):
    """Said of a case by its team: nobody knows how to go on (S013). Until it is lifted."""

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


class ProposalAttachment(Base):
    """The words of a text that somebody put beside a proposal: no file, no name, no instant."""

    __tablename__ = "proposal_attachments"
    __table_args__ = (PrimaryKeyConstraint("proposal_id", "number"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text, info=personal(ALL))
