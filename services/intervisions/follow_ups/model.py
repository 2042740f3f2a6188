"""Follow-ups, which a session leaves to do until they are done or dropped, and needs it found."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import ALL
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

# A follow-up carried over so often is flagged: somebody says what stands in the way (journey J6).
FLAGGED_AT = 3


class FollowUpState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Becomes(StrEnum):
    """`case`: it becomes a task that the case's reference worker writes. `network`: it stays with
    its owner.
    """

    NETWORK = "network"
    CASE = "case"


class FollowUp(Identified, Versioned, Base):
    """Something to do for one person; fewer people may read its words in `follow_up_words`."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="state"),
        CheckConstraint("becomes IN ('network', 'case')", name="becomes"),
        CheckConstraint("becomes = 'network' OR proposal_id IS NOT NULL", name="case"),
        CheckConstraint("proposal_id IS NULL OR table_id IS NOT NULL", name="at_table"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        Index("ix_follow_ups_series", "series_id", "state"),
        Index("ix_follow_ups_owner", "owner_id", postgresql_where=sql("state = 'open'")),
        Index("ix_follow_ups_proposal", "proposal_id"),
    )

    series_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_series.id"))
    # The session in which it was made.
    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey("session_tables.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    due_on: Mapped[date] = mapped_column(Date, info=PLAIN)
    snoozed_until: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN, server_default=FollowUpState.OPEN.value)
    becomes: Mapped[str] = mapped_column(Text, info=PLAIN)
    # The number of later agendas on which it stood.
    carried: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    closed_at: Mapped[datetime | None]

    def close(self, state: FollowUpState, at: datetime) -> None:
        self.require_open()
        self.state, self.closed_at, self.snoozed_until = state, at, None

    def snooze(self, until: date) -> None:
        self.require_open()
        self.snoozed_until = until

    def require_open(self) -> None:
        if self.state != FollowUpState.OPEN:
            raise Conflict("follow-up-closed")


class FollowUpWords(Base):
    """The words of a follow-up. Those from a table with a proposal are for the people who sat at
    it, the owner and the reference worker.
    """

    __tablename__ = "follow_up_words"

    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_ups.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text, info=personal(ALL))
    # The words with which it was done or dropped.
    outcome: Mapped[str | None] = mapped_column(Text, info=personal(ALL))


class FollowUpCarrying(Base):
    """A follow-up stood on the agenda of this session; one row, however often it is published."""

    __tablename__ = "follow_up_carryings"
    __table_args__ = (PrimaryKeyConstraint("follow_up_id", "session_id"),)

    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_ups.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))


class FollowUpSource(Base):
    """The task of a case that a follow-up became; sealed like `proposal_sources`."""

    __tablename__ = "follow_up_sources"

    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_ups.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), unique=True)
    # The day on which the task was done; the follow-up closes on a later one.
    done_on: Mapped[date | None] = mapped_column(Date, info=PLAIN)


class SessionNeed(Identified, Base):
    """A need that a session or one of its tables found; it belongs to no person and no case."""

    __tablename__ = "session_needs"
    __table_args__ = (
        UniqueConstraint("session_id", "table_id", "tag", postgresql_nulls_not_distinct=True),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("intervision_sessions.id"))
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey("session_tables.id"))
    tag: Mapped[str] = mapped_column(Text, info=PLAIN)
