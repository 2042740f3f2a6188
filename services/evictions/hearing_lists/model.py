"""A list of hearings that a liaison uploaded. Its rows are about strangers, nearly all of them:
canton, roll number, date and room are kept, for two days; nothing else of the file ever is.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, personal

PROCEDURE = personal(Category.PROCEDURE)
# J5: so long the rows that are nobody's here stay to be looked at.
UNMATCHED_KEPT = timedelta(hours=48)


class RowState(StrEnum):
    """What became of a row; it is `waiting` until the workers have looked at it."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    KNOWN = "known"
    DOUBTFUL = "doubtful"
    UNMATCHED = "unmatched"
    BROKEN = "broken"


class HearingList(Identified, Base):
    __tablename__ = "hearing_lists"

    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    uploaded_at: Mapped[datetime]
    # How many there were: all that is left of the rows that went.
    rows: Mapped[int] = mapped_column(Integer)


class HearingListRow(Identified, Base):
    """A row of a list; `problem` says what makes it broken or doubtful."""

    __tablename__ = "hearing_list_rows"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'proposed', 'known', 'doubtful', 'unmatched', 'broken')",
            name="state",
        ),
        CheckConstraint(
            "state NOT IN ('waiting', 'unmatched') OR procedure_id IS NULL", name="unmatched"
        ),
        Index(
            "ix_hearing_list_rows_waiting",
            "uploaded_at",
            "list_id",
            "line",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_hearing_list_rows_list", "list_id", "line"),
        Index("ix_hearing_list_rows_uploaded_at", "uploaded_at"),
        Index("ix_hearing_list_rows_procedure_id", "procedure_id"),
    )

    list_id: Mapped[UUID] = mapped_column(ForeignKey("hearing_lists.id", ondelete="CASCADE"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    uploaded_at: Mapped[datetime]
    line: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    problem: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    kind: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    canton: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    roll_number: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    day: Mapped[date | None] = mapped_column(Date, info=PROCEDURE)
    starts_at: Mapped[datetime | None] = mapped_column(info=PROCEDURE)
    room: Mapped[str | None] = mapped_column(Text, info=PROCEDURE)
    because: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    # Goes with the case: an erasure deletes what hangs on its procedures.
    procedure_id: Mapped[UUID | None] = mapped_column(ForeignKey("procedures.id"))

    def accept(self) -> None:
        self._require_doubtful()
        self.state, self.problem = RowState.PROPOSED, None

    def reject(self) -> None:
        self._require_doubtful()
        self.state, self.problem, self.procedure_id = RowState.UNMATCHED, None, None

    def _require_doubtful(self) -> None:
        if self.state != RowState.DOUBTFUL:
            raise Conflict("row-already-decided")
