"""A document, its versions, and how much a person uploaded today."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.errors import TooMuch
from services.shared.tables import PLAIN, Base, Identified

_OF_THE_ROW = {"about": "household", "category": "of the row"}
# Per person and day in the court's calendar (security.md §5.5).
DAILY_BYTES = 1_000_000_000


class DocumentKind(StrEnum):
    COURT_LETTER = "court_letter"
    LEASE = "lease"
    PAYMENT_PROOF = "payment_proof"
    MEDICAL = "medical"
    IDENTITY = "identity"
    OTHER = "other"


class ScanState(StrEnum):
    QUARANTINED = "quarantined"
    CLEAN = "clean"
    INFECTED = "infected"


class Document(Identified, Base):
    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('court_letter', 'lease', 'payment_proof', 'medical', 'identity', 'other')",
            name="kind",
        ),
        Index("ix_documents_case", "case_id", "uploaded_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    title: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    uploaded_at: Mapped[datetime]
    latest: Mapped[int] = mapped_column(Integer)
    # An adult of the household whose alone this is in the household's own view (0016).
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))


class DocumentVersion(Base):
    """One file. `category` repeats the document's, so that one policy guards both.

    `sha256` is that of what was sent, before an image was written anew.
    """

    __tablename__ = "document_versions"
    __table_args__ = (
        CheckConstraint("scan_state IN ('quarantined', 'clean', 'infected')", name="scan_state"),
        Index("ix_document_versions_same", "case_id", "uploaded_by", "sha256"),
        Index(
            "ix_document_versions_waiting",
            "scan_next_at",
            postgresql_where=text("scan_state = 'quarantined'"),
        ),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    uploaded_at: Mapped[datetime]
    original_name: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    media_type: Mapped[str] = mapped_column(Text, info=PLAIN)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=_OF_THE_ROW)
    dated_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    expires_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    # Random; says nothing about the case, the person or the file.
    stored_name: Mapped[str] = mapped_column(Text, unique=True, info=PLAIN)
    scan_state: Mapped[str] = mapped_column(Text, info=PLAIN)
    scan_attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    scan_next_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]


class UploadAllowance(Base):
    """What one person sent on `day`. Holding the row makes their uploads one after the other."""

    __tablename__ = "upload_allowances"

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, info=PLAIN)
    bytes: Mapped[int] = mapped_column(BigInteger)

    def charge(self, size: int, *, today: date) -> None:
        used = self.bytes if self.day == today else 0
        if used + size > DAILY_BYTES:
            raise TooMuch("upload-allowance-used")
        self.day, self.bytes = today, used + size
