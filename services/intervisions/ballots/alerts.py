"""What people are told of a ballot: that it is open, that it closes tomorrow, that it is over."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intervisions.alerts import tell
from services.intervisions.ballots.model import Ballot, BallotElector, BallotState, BallotVoter
from services.intervisions.model import IntervisionSession
from services.shared.unit_of_work import UnitOfWork

OPEN = "intervisions.ballot_open"
CLOSING = "intervisions.ballot_closing"
CLOSED = "intervisions.ballot_closed"
# The time before the closing at which electors who have not voted are reminded.
LAST_CALL = timedelta(days=1)


def tell_open(
    ballot: Ballot, session: IntervisionSession, people: Iterable[UUID], *, uow: UnitOfWork
) -> None:
    _tell_of(OPEN, ballot, session, people, uow=uow)


def remind(ballot: Ballot, session: IntervisionSession, *, uow: UnitOfWork) -> None:
    """Remind the electors who have not voted; nobody else learns who they are."""
    voted = select(BallotVoter.professional_id).where(BallotVoter.ballot_id == ballot.id)
    missing = select(BallotElector.professional_id).where(
        BallotElector.ballot_id == ballot.id, BallotElector.professional_id.not_in(voted)
    )
    _tell_of(CLOSING, ballot, session, uow.session.scalars(missing), uow=uow)


def tell_over(
    ballot: Ballot, session: IntervisionSession, people: Iterable[UUID], *, uow: UnitOfWork
) -> None:
    """Tell these people that a ballot is over; no message holds its result."""
    counted = int(ballot.state == BallotState.CLOSED)
    _tell_of(CLOSED, ballot, session, people, uow=uow, counted=counted)


def _tell_of(
    kind: str,
    ballot: Ballot,
    session: IntervisionSession,
    people: Iterable[UUID],
    *,
    uow: UnitOfWork,
    **facts: Any,
) -> None:
    """Tell of this ballot; a second one in a session, after one that was voided, is told anew."""
    said = {"closes_at": ballot.closes_at.isoformat()} | facts
    tell(kind, session, people, rung=str(ballot.id), facts=said, uow=uow)
