"""Minutes of a table: a draft gets further revisions, a final text stands, addenda stand apart."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, PrimaryKeyConstraint, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import ALL
from services.shared.errors import Conflict, Refused
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class MinutesState(StrEnum):
    DRAFT = "draft"
    FINAL = "final"


class Minutes(Identified, Versioned, Base):
    """The minutes of one table. They hold no instant, so that a peer who met the case elsewhere has
    nothing to compare with.
    """

    __tablename__ = "minutes"
    __table_args__ = (CheckConstraint("state IN ('draft', 'final')", name="state"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"), index=True)
    table_id: Mapped[UUID] = mapped_column(ForeignKey("session_tables.id"), unique=True)
    # Repeats the table's: the reference worker of the case reads minutes, and no table.
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"), index=True)
    note_taker_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    state: Mapped[str] = mapped_column(
        Text, info=PLAIN, server_default=sql(f"'{MinutesState.DRAFT.value}'")
    )
    latest: Mapped[int] = mapped_column(Integer)

    def require_draft(self) -> None:
        if self.state != MinutesState.DRAFT:
            raise Conflict("minutes-final")

    def require_final(self) -> None:
        if self.state != MinutesState.FINAL:
            raise Conflict("minutes-not-final")

    def revise(self) -> int:
        self.require_draft()
        self.latest += 1
        return self.latest

    def finalise(self, by: UUID) -> None:
        """Make the text final for good; only the note taker may."""
        self.require_draft()
        if by != self.note_taker_id:
            raise Refused("not-the-note-taker")
        self.state = MinutesState.FINAL


class MinutesRevision(Base):
    """One wording of the minutes; none is overwritten."""

    __tablename__ = "minutes_revisions"
    __table_args__ = (PrimaryKeyConstraint("minutes_id", "number"),)

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    body: Mapped[str] = mapped_column(Text, info=personal(ALL))


class MinutesAddendum(Base):
    """An addition after the text became final; the text itself stays as it was."""

    __tablename__ = "minutes_addenda"
    __table_args__ = (PrimaryKeyConstraint("minutes_id", "number"),)

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    body: Mapped[str] = mapped_column(Text, info=personal(ALL))
