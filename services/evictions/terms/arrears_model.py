"""The ledger of a tenancy: what fell due, what was paid, what it costs (F06). It only grows."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import RuleBroken
from services.shared.tables import PLAIN, Base, Identified, personal

TENANCY = personal(Category.TENANCY)


class EntryKind(StrEnum):
    RENT_DUE = "rent_due"
    PAYMENT = "payment"
    COST = "cost"
    # Corrects the balance, up or down: the one amount that may be negative.
    CORRECTION = "correction"


class ArrearsEntry(Identified, Base):
    """One line of the ledger. A wrong one is put right by a correction, never rewritten."""

    __tablename__ = "arrears_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('rent_due', 'payment', 'cost', 'correction')", name="kind"),
        CheckConstraint(
            "CASE WHEN kind = 'correction' THEN amount_eur <> 0 ELSE amount_eur > 0 END",
            name="amount",
        ),
        Index("ix_arrears_entries_case", "case_id", "day"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    day: Mapped[date] = mapped_column(Date, info=TENANCY)
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    amount_eur: Mapped[Decimal] = mapped_column(Numeric(10, 2), info=TENANCY)
    words: Mapped[str | None] = mapped_column(Text, info=TENANCY)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    recorded_at: Mapped[datetime]


def require_amount(kind: EntryKind, amount: Decimal) -> None:
    if amount == 0 or (amount < 0 and kind is not EntryKind.CORRECTION):
        raise RuleBroken("arrears-amount")
