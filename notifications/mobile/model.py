"""A professional's own number, sealed (services/shared/vault), and the code that proves it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.tables import PLAIN, STAFF, Base, Identified
from services.shared.vault.sealing import SealedAt


class MobileNumber(Identified, Base):
    """One for a person. Another number is another row: what was proved of the one says nothing of
    the next. `code_due_at`: when the code is to be sent (again); null once it left.
    """

    __tablename__ = "mobile_numbers"
    __table_args__ = (
        CheckConstraint(
            "verified_at IS NULL OR code_sealed IS NULL AND code_due_at IS NULL", name="code"
        ),
        Index(
            "ix_mobile_numbers_code",
            "code_due_at",
            postgresql_where=text("code_due_at IS NOT NULL"),
        ),
    )

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=STAFF)
    key_id: Mapped[str] = mapped_column(Text, info=PLAIN)
    given_at: Mapped[datetime] = mapped_column(info=STAFF)
    verified_at: Mapped[datetime | None] = mapped_column(info=STAFF)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=PLAIN)
    code_valid_until: Mapped[datetime | None] = mapped_column(info=PLAIN)
    code_due_at: Mapped[datetime | None] = mapped_column(info=PLAIN)
    code_attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))


def place_of(number_id: UUID, column: str = "sealed") -> SealedAt:
    return SealedAt(table="mobile_numbers", row=number_id, column=column)
