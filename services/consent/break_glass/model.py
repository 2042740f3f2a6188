"""Break-glass: one hour of reading one case in an emergency, and what a reviewer made of it."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

OPEN_FOR = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(hours=72)
# Unreviewed so long, the right of whoever used it rests until the review.
SUSPENDED_AFTER = timedelta(days=7)
REASON_LENGTH = 20


class Danger(StrEnum):
    """Why nobody can wait for consent; what exactly happens stands in the reason."""

    DANGER_TO_LIFE = "danger_to_life"
    IMMINENT_EVICTION = "imminent_eviction"
    MINOR_AT_RISK = "minor_at_risk"
    VIOLENCE = "violence"
    OTHER_EMERGENCY = "other_emergency"


class Verdict(StrEnum):
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class BreakGlassOpening(Identified, Versioned, Base):
    """Written by the database's own function, which looks the code up; only its review is added.

    One that waits for its review keeps the same person from a second one on the same case.
    """

    __tablename__ = "break_glass_openings"
    __table_args__ = (
        CheckConstraint(
            "danger IN ('danger_to_life', 'imminent_eviction', 'minor_at_risk', 'violence',"
            " 'other_emergency')",
            name="danger",
        ),
        CheckConstraint(f"length(reason) >= {REASON_LENGTH}", name="reason"),
        CheckConstraint("closes_at = opened_at + interval '60 minutes'", name="hour"),
        CheckConstraint("verdict IN ('justified', 'unjustified')", name="verdict"),
        CheckConstraint(
            "(reviewed_at IS NULL) = (verdict IS NULL)"
            " AND (reviewed_at IS NULL) = (reviewed_by IS NULL)"
            " AND reviewed_by IS DISTINCT FROM professional_id",
            name="review",
        ),
        Index(
            "uq_break_glass_openings_unreviewed",
            "case_id",
            "professional_id",
            unique=True,
            postgresql_where=text("reviewed_at IS NULL"),
        ),
        Index("ix_break_glass_openings_person", "professional_id", "opened_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    # Repeated here: reviewers see the code and nothing else of the case.
    case_code: Mapped[str] = mapped_column(Text, info=PLAIN)
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    danger: Mapped[str] = mapped_column(Text, info=PLAIN)
    reason: Mapped[str] = mapped_column(Text, info=personal(Category.IDENTITY))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    verdict: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    comment: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    # An adult of the household whose alone this is in the household's own view (0016).
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))

    def review(self, verdict: Verdict, comment: str, *, by: UUID, at: datetime) -> None:
        if self.reviewed_at is not None:
            raise Conflict("break-glass-already-reviewed")
        self.verdict, self.comment = verdict.value, comment
        self.reviewed_by, self.reviewed_at = by, at
