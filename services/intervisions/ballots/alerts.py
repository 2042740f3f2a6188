"""What a ballot makes people hear: that it is open, that it closes tomorrow, that it is over."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.intervisions import reminders
from services.intervisions.ballots.model import Ballot, BallotElector, BallotState, BallotVoter
from services.intervisions.model import IntervisionSession
from services.shared import alerts
from services.shared.unit_of_work import UnitOfWork

OPEN = "intervisions.ballot_open"
CLOSING = "intervisions.ballot_closing"
CLOSED = "intervisions.ballot_closed"
# Before the closing: when whoever has not voted hears of it once more.
LAST_CALL = timedelta(days=1)


def tell_open(
    ballot: Ballot, session: IntervisionSession, people: Iterable[UUID], *, uow: UnitOfWork
) -> None:
    _tell(OPEN, ballot, session, people, uow=uow)


def remind(ballot: Ballot, session: IntervisionSession, *, uow: UnitOfWork) -> None:
    """Who has not voted; nobody else learns who that is."""
    voted = select(BallotVoter.professional_id).where(BallotVoter.ballot_id == ballot.id)
    missing = select(BallotElector.professional_id).where(
        BallotElector.ballot_id == ballot.id, BallotElector.professional_id.not_in(voted)
    )
    _tell(CLOSING, ballot, session, uow.session.scalars(missing), uow=uow)


def tell_over(
    ballot: Ballot, session: IntervisionSession, people: Iterable[UUID], *, uow: UnitOfWork
) -> None:
    """With a result or without one; the result itself is in no message."""
    counted = int(ballot.state == BallotState.CLOSED)
    _tell(CLOSED, ballot, session, people, uow=uow, counted=counted)


def _tell(
    kind: str,
    ballot: Ballot,
    session: IntervisionSession,
    people: Iterable[UUID],
    *,
    uow: UnitOfWork,
    **facts: Any,
) -> None:
    """A second ballot of a session, after one that was called off, is told for itself."""
    said = {"closes_at": ballot.closes_at.isoformat()} | facts
    told = [
        reminders.new_alert(
            kind, session, person, due_at=uow.now(), rung=str(ballot.id), facts=said
        )
        for person in sorted(set(people))
    ]
    alerts.plan(told, uow=uow)
