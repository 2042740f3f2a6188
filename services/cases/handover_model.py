"""Handovers of a case, what their receivers ticked, and the wish that may lead to one."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal


class HandoverState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ChecklistItem(StrEnum):
    """What the receiver of a handover ticks off before saying yes."""

    DEADLINES = "deadlines"
    TASKS = "tasks"
    HEARINGS = "hearings"
    CONSENTS = "consents"
    LAST_CONTACT = "last_contact"


# A proposal that nobody answered within this time is over.
ANSWER_WITHIN = timedelta(days=5)


class Handover(Identified, Versioned, Base):
    """The reference worker asks a colleague to take over; responsible until the yes."""

    __tablename__ = "handovers"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'expired', 'withdrawn')", name="state"
        ),
        CheckConstraint("from_id <> to_id", name="parties"),
        Index(
            "ix_handovers_waiting",
            "proposed_at",
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "uq_handovers_open",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, info=personal(Category.IDENTITY))
    # What the former reference worker does afterwards: stays in the team or leaves it.
    former_stays: Mapped[bool]
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        return self.state == HandoverState.PROPOSED

    def require_answerable(self, at: datetime) -> None:
        """Conflict once answered or past its time, even before the sweep that writes it down."""
        if not self.is_open:
            raise Conflict("handover-already-answered")
        if at >= self.proposed_at + ANSWER_WITHIN:
            raise Conflict("handover-expired")

    def answer(self, *, accept: bool, at: datetime) -> None:
        self.require_answerable(at)
        self.state = HandoverState.ACCEPTED if accept else HandoverState.DECLINED
        self.answered_at = at

    def refuse(self, at: datetime) -> None:
        """The household's no. It counts at any time while the proposal stands."""
        if not self.is_open:
            raise Conflict("handover-already-answered")
        self.state = HandoverState.DECLINED
        self.answered_at = at

    def withdraw(self, at: datetime) -> None:
        self.require_answerable(at)
        self.state = HandoverState.WITHDRAWN
        self.answered_at = at


class HandoverTick(Base):
    """The receiver looked at this part of the package."""

    __tablename__ = "handover_ticks"
    __table_args__ = (
        PrimaryKeyConstraint("handover_id", "item"),
        CheckConstraint(
            "item IN ('deadlines', 'tasks', 'hearings', 'consents', 'last_contact')", name="item"
        ),
    )

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handovers.id"))
    item: Mapped[str] = mapped_column(Text, info=PLAIN)
    ticked_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    ticked_at: Mapped[datetime]


class WorkerRequestState(StrEnum):
    OPEN = "open"
    MET = "met"
    ANSWERED = "answered"


class WorkerRequest(Identified, Versioned, Base):
    """The household asks for another reference worker: open until a handover, or an answer."""

    __tablename__ = "worker_requests"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'met', 'answered')", name="state"),
        CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answer"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(recorded_by IS NULL) <> (asked_by_member IS NULL)", name="one_asked"),
        Index("ix_worker_requests_case", "case_id", "recorded_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    wanted_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    reason: Mapped[str] = mapped_column(Text, info=personal(Category.IDENTITY))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    # Asked by the person themselves, in the household's own view.
    asked_by_member: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    answer: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    closed_at: Mapped[datetime | None]

    def meet(self, at: datetime) -> None:
        """A handover took place."""
        self._close(WorkerRequestState.MET, at)

    def refuse(self, answer: str, at: datetime) -> None:
        self._close(WorkerRequestState.ANSWERED, at)
        self.answer = answer

    def _close(self, state: WorkerRequestState, at: datetime) -> None:
        if self.state != WorkerRequestState.OPEN:
            raise Conflict("worker-request-already-closed")
        self.state = state
        self.closed_at = at
