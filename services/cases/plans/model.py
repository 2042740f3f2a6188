"""The shared plan: goals in the household's words, actions, and what the household says to them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.categories import Category
from services.shared.errors import Conflict
from services.shared.tables import PLAIN, Base, Identified, Versioned, personal

_OF_THE_ROW = {"about": "household", "category": "of the row"}


class PlanGoal(Identified, Versioned, Base):
    """What the household wants. `terms` rises with its words: what was signed is one number."""

    __tablename__ = "plan_goals"
    __table_args__ = (Index("ix_plan_goals_case", "case_id", "position"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    # Whose words they are; without one they are the household's.
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    # An adult of the household: no other adult is ever shown it, nor the actions under it.
    confidential_to: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    words: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    position: Mapped[int] = mapped_column(Integer)
    terms: Mapped[int] = mapped_column(Integer)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]

    def change(self, words: str, position: int, *, at: datetime) -> None:
        """Another place in the order leaves signatures as they are; other words do not."""
        if words != self.words:
            self.words = words
            self.terms += 1
        self.position = position
        self.changed_at = at


class ActionState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class PlanAction(Identified, Versioned, Base):
    """Who does what by when for a goal. Without an owner it is the household's own to do.

    `terms` rises with what was agreed (what, who, when, that it is dropped), not when it is done.
    """

    __tablename__ = "plan_actions"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'done', 'dropped')", name="state"),
        CheckConstraint("(state = 'dropped') = (drop_reason IS NOT NULL)", name="drop_reason"),
        CheckConstraint("(state = 'planned') = (closed_at IS NULL)", name="closed"),
        Index("ix_plan_actions_case", "case_id", "due_on"),
        Index("ix_plan_actions_goal", "goal_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("plan_goals.id"))
    what: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    due_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    state: Mapped[str] = mapped_column(Text, info=PLAIN)
    drop_reason: Mapped[str | None] = mapped_column(Text, info=_OF_THE_ROW)
    terms: Mapped[int] = mapped_column(Integer)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    def change(
        self, what: str, owner_id: UUID | None, due_on: date | None, *, at: datetime
    ) -> None:
        self._require_planned()
        if (what, owner_id, due_on) != (self.what, self.owner_id, self.due_on):
            self.what, self.owner_id, self.due_on = what, owner_id, due_on
            self.terms += 1
        self.changed_at = at

    def finish(self, at: datetime) -> None:
        self._close(ActionState.DONE, at)

    def drop(self, reason: str, at: datetime) -> None:
        self._close(ActionState.DROPPED, at)
        self.drop_reason = reason
        self.terms += 1

    def _close(self, state: ActionState, at: datetime) -> None:
        self._require_planned()
        self.state = state
        self.closed_at = at

    def _require_planned(self) -> None:
        if self.state != ActionState.PLANNED:
            raise Conflict("plan-action-already-closed")


class AnswerKind(StrEnum):
    COSIGNED = "cosigned"
    OBJECTED = "objected"
    # Said beside a goal, without a yes or a no.
    WORDS = "words"


class AnswerEvidence(StrEnum):
    ORAL = "oral"
    WRITTEN = "written"
    # Given by the member, signed in with a code of their own.
    PORTAL = "portal"


class PlanAnswer(Identified, Base):
    """What one adult of the household says to a goal or an action, for ever.

    It binds to `terms`, and keeps what stood there then: what was said, who does it and when.
    """

    __tablename__ = "plan_answers"
    __table_args__ = (
        CheckConstraint("(goal_id IS NULL) <> (action_id IS NULL)", name="one_subject"),
        CheckConstraint("kind IN ('cosigned', 'objected', 'words')", name="kind"),
        CheckConstraint("kind = 'cosigned' OR words IS NOT NULL", name="words"),
        CheckConstraint("kind <> 'words' OR goal_id IS NOT NULL", name="words_to_a_goal"),
        CheckConstraint("evidence IN ('oral', 'written', 'portal')", name="evidence"),
        CheckConstraint("evidence <> 'oral' OR witness IS NOT NULL", name="witness"),
        CheckConstraint("evidence <> 'written' OR document IS NOT NULL", name="document"),
        CheckConstraint("(evidence = 'portal') = (recorded_by IS NULL)", name="recorded_by"),
        Index("ix_plan_answers_case", "case_id", "answered_at"),
        Index("ix_plan_answers_goal", "goal_id"),
        Index("ix_plan_answers_action", "action_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    category: Mapped[int] = mapped_column(Integer)
    goal_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_goals.id"))
    action_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_actions.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str] = mapped_column(Text, info=PLAIN)
    words: Mapped[str | None] = mapped_column(Text, info=_OF_THE_ROW)
    terms: Mapped[int] = mapped_column(Integer)
    about: Mapped[str] = mapped_column(Text, info=_OF_THE_ROW)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    due_on: Mapped[date | None] = mapped_column(Date, info=_OF_THE_ROW)
    evidence: Mapped[str] = mapped_column(Text, info=PLAIN)
    witness: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    # Where the signed paper is.
    document: Mapped[str | None] = mapped_column(Text, info=personal(Category.IDENTITY))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("professionals.id"))
    answered_at: Mapped[datetime]
