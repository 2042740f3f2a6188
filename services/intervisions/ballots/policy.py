"""Who plans a ballot, and who votes in it. Pure."""

from dataclasses import dataclass

from services.intervisions.ballots.model import Ballot, BallotState
from services.intervisions.model import SeriesKind
from services.intervisions.policy import Part, require_facilitator, require_kind
from services.shared.errors import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Leading:
    """A ballot, and what the actor is in its session."""

    ballot: Ballot
    part: Part


def require_ballot_leader(part: Part) -> None:
    """A facilitator plans, changes and voids the ballot of an intervision."""
    require_facilitator(part)
    require_kind(part, SeriesKind.INTERVISION)


def require_changer(leading: Leading) -> None:
    """Once a ballot is open everybody votes under the rules that they were shown."""
    require_ballot_leader(leading.part)
    if leading.ballot.state != BallotState.PLANNED:
        raise Conflict("ballot-frozen")


def require_elector(ballot: Ballot, *, may_vote: bool) -> None:
    """`may_vote` says whether the actor is an elector who still has a place in the session."""
    if ballot.state == BallotState.PLANNED:
        raise Conflict("ballot-not-open")
    if not may_vote:
        raise Refused("not-an-elector")
