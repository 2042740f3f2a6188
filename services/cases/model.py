"""The case file, who is responsible for it, who takes part, and what they write in it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict, Refused, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class CaseState(StrEnum):
    NEW = "new"
    OPEN = "open"
    WATCH = "watch"
    CLOSED = "closed"
    REOPENED = "reopened"


class Case(Identified, Versioned, Base):
    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'open', 'watch', 'closed', 'reopened')", name="state"),
        CheckConstraint("(state = 'watch') = (review_on IS NOT NULL)", name="review"),
        CheckConstraint("code ~ '^BX-[2-9A-HJ-NP-Z]{4}$'", name="code"),
    )

    code: Mapped[str] = mapped_column(Text, unique=True, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    # In the state watch: when the reference worker looks at it again.
    review_on: Mapped[date | None] = mapped_column(Date, info=PLAIN)

    def watch(self, review_on: date, today: date) -> None:
        """Nothing to do until that day; a later call moves the day."""
        if review_on <= today:
            raise RuleBroken("review-not-ahead")
        self.state, self.review_on = CaseState.WATCH, review_on

    def resume(self) -> None:
        if self.state != CaseState.WATCH:
            raise Conflict("case-not-watched")
        self.state, self.review_on = CaseState.OPEN, None


class ReferenceAssignment(Identified, Base):
    """A period in which one professional is the reference worker; the last one is open.

    The database refuses two at an instant (WITHOUT OVERLAPS) and a gap (constraint trigger).
    """

    __tablename__ = "reference_assignments"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    period: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class TeamRole(StrEnum):
    GENERALIST = "generalist"
    SPECIALIST = "specialist"
    LAWYER = "lawyer"
    CONNECTOR = "connector"
    COMPANION = "companion"


class ParticipationState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class Participation(Identified, Versioned, Base):
    """A professional's place in the team: role, reason, period; it counts once accepted."""

    __tablename__ = "participations"
    __table_args__ = (
        CheckConstraint(
            "role IN ('generalist', 'specialist', 'lawyer', 'connector', 'companion')", name="role"
        ),
        CheckConstraint("state IN ('invited', 'accepted', 'declined', 'ended')", name="state"),
        CheckConstraint("ends_at IS NULL OR ends_at > invited_at", name="period"),
        # Ended places too: a case's file shows who took part.
        Index("ix_participations_case", "case_id"),
        Index(
            "uq_participations_open",
            "case_id",
            "professional_id",
            unique=True,
            postgresql_where=text("state IN ('invited', 'accepted')"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    role: Mapped[str] = mapped_column(Text, info=PLAIN)
    # Not selected with the row, which says less: reason_to_join() gives it to whoever may read it.
    reason: Mapped[str] = mapped_column(
        Text, info=personal(Category.IDENTITY), deferred=True, deferred_raiseload=True
    )
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # An adult of the household whose alone this is in the household's own view (0016).
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))

    def answer(self, *, accept: bool, at: datetime) -> None:
        if self.state != ParticipationState.INVITED:
            raise Conflict("invitation-already-answered")
        if self.ends_at is not None and self.ends_at <= at:
            raise RuleBroken("invitation-expired")
        self.state = ParticipationState.ACCEPTED if accept else ParticipationState.DECLINED
        self.accepted_at = at if accept else None

    def end(self, at: datetime) -> None:
        if self.state not in (ParticipationState.INVITED, ParticipationState.ACCEPTED):
            raise Conflict("participation-already-ended")
        self.state = ParticipationState.ENDED
        self.ended_at = at


class Note(Identified, Base):
    """A note in its latest wording is the revision with the highest number; none is overwritten."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_case", "case_id", "written_at", "id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    written_at: Mapped[datetime]
    latest: Mapped[int] = mapped_column(Integer)
    # For the author alone: no handover, consent or list ever shows it to anybody else.
    personal: Mapped[bool] = mapped_column(server_default=text("false"))
    # When the household took back what had opened this category to the author; null: it stands.
    # Written by mark_withdrawn_notes() (notes/withdrawn.sql), never from here.
    withdrawn_at: Mapped[datetime | None]
    # An adult of the household whose alone this is in the household's own view (0016).
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))

    @property
    def version(self) -> int:
        return self.latest

    def require_author(self, actor_id: UUID) -> None:
        if self.author_id != actor_id:
            raise Refused("not-the-author")

    def move(self, category: Category) -> int:
        """Into another category, as the next revision; the category before."""
        before = self.category
        if before == category:
            raise RuleBroken("note-category-unchanged")
        self.category = int(category)
        self.latest += 1
        return before


class NoteRevision(Base):
    """One wording of a note. It repeats the note's `category` and `personal`, so that the same
    policies guard both."""

    __tablename__ = "note_revisions"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    body: Mapped[str] = mapped_column(Text, info={"about": "household", "category": "of the row"})
    reason: Mapped[str | None] = mapped_column(
        Text, info={"about": "household", "category": "of the row"}
    )
    written_at: Mapped[datetime]
    personal: Mapped[bool] = mapped_column(server_default=text("false"))
    # Repeats the note's, as `category` does.
    withdrawn_at: Mapped[datetime | None]


class TaskState(StrEnum):
    """`moot`: what it followed from fell away; it may come back."""

    OPEN = "open"
    DONE = "done"
    MOOT = "moot"


class Task(Identified, Versioned, Base):
    """Something to do by a day. Without an assignee it is the reference worker's, whoever it is."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'moot')", name="state"),
        CheckConstraint("(created_by IS NULL) <> (asked_by_member IS NULL)", name="one_made_it"),
        CheckConstraint("title IS NOT NULL OR template IS NOT NULL", name="called_something"),
        Index("ix_tasks_case", "case_id", "due_on"),
        CheckConstraint("planned_on IS NULL OR source_id IS NOT NULL", name="planned"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    # In a person's own words; without them the text `task.<template>`, said to each reader in
    # theirs, and what it names.
    title: Mapped[str | None] = mapped_column(
        Text, info={"about": "household", "category": "of the row"}
    )
    template: Mapped[str | None] = mapped_column(Text, info=PLAIN)
    title_values: Mapped[dict[str, str] | None] = mapped_column(
        JSONB, info={"about": "household", "category": "of the row"}
    )
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    due_on: Mapped[date | None] = mapped_column(Date, info=PLAIN)
    remind_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    # The household itself made it, by a request of its own (services.portal).
    asked_by_member: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    # An adult of the household whose alone this is in the household's own view (0016).
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    # The record that it follows from, and the day that it was given with it; people may have given
    # it another one.
    source_id: Mapped[UUID | None]
    planned_on: Mapped[date | None] = mapped_column(Date, info=PLAIN)

    def finish(self, at: datetime) -> None:
        if self.state != TaskState.OPEN:
            raise Conflict("task-already-done")
        self.state = TaskState.DONE
        self.done_at = at
