"""One-time codes, the sessions they open, and what the household asks."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

IDENTITY = personal(Category.IDENTITY)


class PortalCode(Identified, Base):
    """Opens one session of one adult, once. The code itself is written nowhere."""

    __tablename__ = "portal_codes"
    __table_args__ = (
        CheckConstraint("expires_at > issued_at", name="period"),
        Index(
            "uq_portal_codes_open",
            "member_id",
            unique=True,
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PLAIN)
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PortalSession(Identified, Base):
    """A session, written by enter_portal() (functions.sql), which looks the code up."""

    __tablename__ = "portal_sessions"

    code_id: Mapped[UUID] = mapped_column(ForeignKey("portal_codes.id"), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PLAIN)
    csrf_token: Mapped[str] = mapped_column(Text, info=PLAIN)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RequestKind(StrEnum):
    CORRECTION = "correction"
    QUESTION = "question"


class RequestState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ANSWERED = "answered"


class HouseholdRequest(Identified, Versioned, Base):
    """A correction (GDPR art. 16) or a question, answered within a month (art. 12(3))."""

    __tablename__ = "household_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('correction', 'question')", name="kind"),
        CheckConstraint("state IN ('open', 'accepted', 'refused', 'answered')", name="state"),
        CheckConstraint(
            "state = 'open' OR (kind = 'question') = (state = 'answered')", name="outcome"
        ),
        CheckConstraint(
            "(state = 'open') = (answer IS NULL) AND (state = 'open') = (answered_at IS NULL)"
            " AND (state = 'open') = (answered_by IS NULL)",
            name="answer",
        ),
        Index("ix_household_requests_case", "case_id", "asked_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    # What the reference worker has to do about it, with its reminder.
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    about: Mapped[str] = mapped_column(Text, info=IDENTITY)
    words: Mapped[str] = mapped_column(Text, info=IDENTITY)
    asked_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date, info=PLAIN)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    answer: Mapped[str | None] = mapped_column(Text, info=IDENTITY)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))

    def close(self, outcome: RequestState, answer: str, *, by: UUID, at: datetime) -> None:
        if self.state != RequestState.OPEN:
            raise Conflict("request-already-answered")
        if (self.kind == RequestKind.QUESTION) != (outcome == RequestState.ANSWERED):
            raise RuleBroken("outcome-not-for-this-request")
        self.state, self.answer = outcome.value, answer
        self.answered_by, self.answered_at = by, at
