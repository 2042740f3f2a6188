"""Events of sessions, which name no case, and of cases, which name no session."""

from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class SessionAnswered(Event):
    """Somebody says that they come or not, or an invitation is withdrawn: places may be free."""

    name = "intervisions.session_answered"
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class IntervisionAnswered(Event):
    """The household said yes or no to being spoken of; it names the case and no session."""

    name = "intervisions.household_answered"
    agreement_id: UUID


@dataclass(frozen=True, kw_only=True)
class IntervisionAnswerWithdrawn(Event):
    name = "intervisions.household_answer_withdrawn"
    agreement_id: UUID


@dataclass(frozen=True, kw_only=True)
class ImpasseFlagged(Event):
    name = "intervisions.impasse_flagged"
    impasse_id: UUID


@dataclass(frozen=True, kw_only=True)
class ImpasseLifted(Event):
    name = "intervisions.impasse_lifted"
    impasse_id: UUID
