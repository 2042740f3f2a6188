"""The plan as one adult of the household is shown it: goals, and the steps under them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class PlanStepView:
    """`who` is none for what the household does itself; `agreement`: what oneself said to it, and
    `said` in which words, oldest first."""

    id: UUID
    what: str
    who: str | None
    organisation: str | None
    due_on: date | None
    state: str
    state_in_words: str
    drop_reason: str | None
    version: int
    agreement: str
    agreement_in_words: str
    said: list[str]


@dataclass(frozen=True)
class PlanGoalView:
    """`mine`: one's own words. `said`: what oneself added or objected, oldest first."""

    id: UUID
    words: str
    mine: bool
    version: int
    agreement: str
    agreement_in_words: str
    said: list[str]
    steps: list[PlanStepView]
