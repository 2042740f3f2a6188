"""The courts of the justices of the peace, one a canton, and what a network corrected of them.

Legal source: Judicial Code, annex, art. 1 (the cantons and their territory).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned


class Court(Identified, Base):
    """A court as imported; no person ever writes here.

    `code` is what a procedure and a liaison name: readable, given once, never changed again.
    """

    __tablename__ = "courts"

    code: Mapped[str] = mapped_column(Text, unique=True, info=PLAIN)
    source_id: Mapped[str] = mapped_column(Text, unique=True, info=PLAIN)
    # By language, the number included: fr and nl always, de where there is one.
    names: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    seat: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    # Verbatim from the law: which streets, where a commune is split.
    territory: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    # Each with nis_code, fr, nl, postal_codes, split (over several cantons).
    communes: Mapped[list[Any]] = mapped_column(info=PLAIN)
    arrondissement: Mapped[str] = mapped_column(Text, info=PLAIN)
    region: Mapped[str] = mapped_column(Text, info=PLAIN)
    address: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    phone: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    email: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    valid_from: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    valid_until: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    source: Mapped[str] = mapped_column(Text, info=PLAIN)
    source_version: Mapped[str] = mapped_column(Text, info=PLAIN)


class CorrectionState(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class CourtCorrection(Identified, Versioned, Base):
    """What the network says instead, beside the import and never in it; the latest comes last."""

    __tablename__ = "court_corrections"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_by IS NOT NULL)", name="withdrawn_by"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_at"),
    )

    court_id: Mapped[UUID] = mapped_column(ForeignKey("courts.id"), index=True)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    # Only the fields it corrects, by their names in `Court`; `also_known_as` besides.
    changes: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    reason: Mapped[str] = mapped_column(Text, info=PLAIN)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    made_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    withdrawn_at: Mapped[datetime | None]

    def withdraw(self, by: UUID, at: datetime) -> None:
        if self.state != CorrectionState.ACTIVE:
            raise Conflict("court-correction-withdrawn")
        self.state = CorrectionState.WITHDRAWN
        self.withdrawn_by, self.withdrawn_at = by, at
