"""Who sees a session, who leads it, and what may be done in which kind of it.

These rules are pure: they take facts and refuse with a reason. None of them opens a case, because
a session knows none (docs/decisions/0040).
"""

from dataclasses import dataclass

from services.intervisions.model import (
    IntervisionSeries,
    IntervisionSession,
    InvitationState,
    SeriesKind,
)
from services.shared.actor import Actor
from services.shared.errors import NotFound, Refused, RuleBroken

# A supervision keeps only who was there: no tables, no follow-ups, no needs.
WITH_CONTENT = (SeriesKind.INTERVISION, SeriesKind.CONCERTATION, SeriesKind.HOUSING_TABLE)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the actor is in one session. `invitation` is None if they never were invited."""

    session: IntervisionSession
    kind: SeriesKind
    facilitates: bool
    invitation: InvitationState | None

    @property
    def invited(self) -> bool:
        """Whether they have an invitation that was not withdrawn, whatever they answered."""
        return self.invitation not in (None, InvitationState.WITHDRAWN)

    @property
    def attends(self) -> bool:
        return self.facilitates or self.invited


def require_attending(part: Part) -> None:
    """A session does not exist for a person who is neither invited to it nor its facilitator."""
    if not part.attends:
        raise NotFound


def require_facilitator(part: Part) -> None:
    require_attending(part)
    if not part.facilitates:
        raise Refused("not-the-facilitator")


def require_invited(part: Part) -> None:
    """A facilitator without an invitation leads, but has no part in votes and tables."""
    require_attending(part)
    if not part.invited:
        raise Refused("not-invited-to-session")


def require_kind(part: Part, *kinds: SeriesKind) -> None:
    if part.kind not in kinds:
        raise RuleBroken("session-kind", kind=part.kind.value)


def require_open_to_all(part: Part) -> None:
    """Only a housing table may be joined without an invitation."""
    require_kind(part, SeriesKind.HOUSING_TABLE)


def require_series_facilitator(series: IntervisionSeries, actor: Actor) -> None:
    if actor.id not in (series.facilitator_id, series.co_facilitator_id):
        raise Refused("not-the-facilitator")


def require_owner_attends(attends: bool) -> None:
    """Nobody is given something to do in a session that they do not come to."""
    if not attends:
        raise RuleBroken("owner-not-attending")
