"""The defence bundle: what was ticked for it, what was frozen, and who took it out."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.evictions.dates.model import PROCEDURE
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified

_OF_THE_ROW = {"about": "household", "category": "of the row"}


class TickState(StrEnum):
    PRESENT = "present"
    NOT_APPLICABLE = "not_applicable"


class BundleTick(Identified, Base):
    """A tick says that a document is there for an item of the checklist, or that none is and why.

    `category_mask` is the procedure's and the document's: whoever lacks one of them sees no
    tick.
    """

    __tablename__ = "bundle_ticks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "number"],
            ["document_versions.document_id", "document_versions.number"],
            name="fk_bundle_ticks_version",
        ),
        CheckConstraint("state IN ('present', 'not_applicable')", name="state"),
        CheckConstraint(
            "(state = 'present') = (document_id IS NOT NULL)"
            " AND (document_id IS NULL) = (number IS NULL)"
            " AND (state = 'not_applicable') = (reason IS NOT NULL)",
            name="content",
        ),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        CheckConstraint("category_mask & 4 = 4", name="category_mask"),
        Index("ix_bundle_ticks_procedure", "procedure_id", "item"),
        Index(
            "uq_bundle_ticks_live",
            "procedure_id",
            "item",
            "document_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    item: Mapped[str] = mapped_column(Text, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    document_id: Mapped[UUID | None]
    number: Mapped[int | None] = mapped_column(Integer)
    category_mask: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    ticked_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    ticked_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    undone_at: Mapped[datetime | None]

    def undo(self, by: UUID, at: datetime) -> None:
        if self.undone_at is not None:
            raise Conflict("bundle-tick-undone")
        self.undone_by, self.undone_at = by, at


class DefenceBundle(Identified, Base):
    """One frozen PDF; nothing of it ever changes, a later freeze is another row.

    It has no number: a gap would tell that there is one that the reader may not see.
    `category_mask` is the union of what is in it; `sha256` that of the file in clear.
    """

    __tablename__ = "defence_bundles"
    __table_args__ = (
        CheckConstraint("category_mask & 4 = 4", name="category_mask"),
        CheckConstraint("language IN ('fr', 'nl')", name="language"),
        Index("ix_defence_bundles_procedure", "procedure_id", "frozen_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    category_mask: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(Text, info=PLAIN)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=PROCEDURE)
    size: Mapped[int] = mapped_column(Integer)
    # Random; says nothing about the case, the person or the file.
    stored_name: Mapped[str] = mapped_column(Text, unique=True, info=PLAIN)
    frozen_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    frozen_at: Mapped[datetime]


class BundlePiece(Base):
    """A numbered piece as it was at the freeze; `embedded`: its image is in the PDF itself.

    `sha256` is that of the file as it is served: what the court can check.
    """

    __tablename__ = "bundle_pieces"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "number"],
            ["document_versions.document_id", "document_versions.number"],
            name="fk_bundle_pieces_version",
        ),
    )

    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("defence_bundles.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    item: Mapped[str] = mapped_column(Text, info=PLAIN)
    document_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    category: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    original_name: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    media_type: Mapped[str] = mapped_column(Text, info=PLAIN)
    dated_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=_OF_THE_ROW)
    embedded: Mapped[bool] = mapped_column(Boolean)


class BundleDownload(Identified, Base):
    """Who took the file out of the house, and when."""

    __tablename__ = "bundle_downloads"
    __table_args__ = (Index("ix_bundle_downloads_bundle", "bundle_id", "downloaded_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("defence_bundles.id"))
    downloaded_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    downloaded_at: Mapped[datetime]
