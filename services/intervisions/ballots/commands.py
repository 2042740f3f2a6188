"""Commands by which a facilitator plans a ballot, changes it until it opens, and voids it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from services.intervisions.ballots import alerts as ballot_alerts
from services.intervisions.ballots.model import (
    Ballot,
    BallotBox,
    BallotState,
    BallotTerms,
    VoidCode,
)
from services.intervisions.ballots.policy import require_ballot_leader, require_changer
from services.intervisions.ballots.queries import leading_of, view_of
from services.intervisions.hold import hold
from services.intervisions.invitations import invited_people
from services.intervisions.model import IntervisionSeries, IntervisionSession
from services.intervisions.queries import part_of
from services.intervisions.tables.model import SessionTable
from services.shared.actor import Actor
from services.shared.errors import Conflict, RuleBroken, StaleVersion, Unreadable
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys


@dataclass(frozen=True, kw_only=True)
class AskedTerms:
    """The rules that a facilitator asks for. None means as the series says, or, for `places`, as
    many as tables are laid.
    """

    opens_at: datetime
    closes_at: datetime
    points: int | None
    self_vote: bool | None
    places: int | None
    priority_order: tuple[str, ...]


def plan_ballot(
    session_id: UUID, asked: AskedTerms, *, keys: CaseKeys | None, actor: Actor, uow: UnitOfWork
) -> Ballot:
    """Plan the ballot of a session, which has one at a time; it opens and closes by itself."""
    session, _ = hold(IntervisionSession, session_id, part_of, require_ballot_leader, uow=uow)
    session.require_planned()
    terms = _terms(asked, session, uow=uow)
    if keys is None:
        raise Unreadable("ballot-box-unreadable")
    if _current(session_id, uow=uow) is not None:
        raise Conflict("ballot-exists")
    ballot = Ballot(session_id=session_id, state=BallotState.PLANNED, planned_by=actor.id)
    ballot.set_rules(terms)
    uow.session.add(ballot)
    uow.record("plan_ballot", ballot, actor=actor, after=_rules(ballot))
    return ballot


def change_ballot(
    ballot_id: UUID, asked: AskedTerms, *, version: int, actor: Actor, uow: UnitOfWork
) -> Ballot:
    """Change the rules; Conflict once it is open, as everybody votes under the rules they saw."""
    ballot, leading = hold(Ballot, ballot_id, leading_of, require_changer, uow=uow)
    _require_shown(ballot, version, actor=actor, uow=uow)
    terms = _terms(asked, leading.part.session, uow=uow)
    before = _rules(ballot)
    ballot.set_rules(terms)
    uow.session.flush()
    after = _rules(ballot)
    uow.record("change_ballot", ballot, actor=actor, before=before, after=after)
    return ballot


def void_ballot(
    ballot_id: UUID, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> Ballot:
    """Void a ballot before it closes: its papers are destroyed unread, and there is no result."""
    ballot = load(Ballot, ballot_id, uow=uow)
    part = part_of(ballot, uow=uow)
    require_ballot_leader(part)
    _require_running(ballot, uow=uow)
    # The box is locked before the ballot, as voting and closing do: then nobody can do either.
    uow.session.execute(delete(BallotBox).where(BallotBox.ballot_id == ballot_id))
    lock(ballot, uow=uow)
    _require_running(ballot, uow=uow)
    _require_shown(ballot, version, actor=actor, uow=uow)
    before = {"state": ballot.state, "version": ballot.version}
    ballot.make_void(VoidCode.BY_FACILITATOR, reason)
    uow.session.flush()
    after = {"state": ballot.state, "void_code": ballot.void_code, "version": ballot.version}
    uow.record("void_ballot", ballot, actor=actor, before=before, after=after)
    if before["state"] == BallotState.OPEN:
        # They were asked to vote; nobody was told of a ballot that never opened.
        people = invited_people(part.session, uow=uow)
        ballot_alerts.tell_over(ballot, part.session, people, uow=uow)
    return ballot


def _require_running(ballot: Ballot, *, uow: UnitOfWork) -> None:
    """Refuse a ballot that is over, or past its last instant: its papers are to be counted."""
    ballot.require_running()
    if ballot.state == BallotState.OPEN and not ballot.is_open(uow.now()):
        raise Conflict("ballot-over")


def _require_shown(ballot: Ballot, version: int, *, actor: Actor, uow: UnitOfWork) -> None:
    if view_of(ballot, actor=actor, uow=uow).version != version:
        raise StaleVersion


def _current(session_id: UUID, *, uow: UnitOfWork) -> UUID | None:
    return uow.session.scalar(
        select(Ballot.id).where(
            Ballot.session_id == session_id, Ballot.state != BallotState.VOID.value
        )
    )


def _terms(asked: AskedTerms, session: IntervisionSession, *, uow: UnitOfWork) -> BallotTerms:
    """The full rules of a ballot, which ends before its session does, and in the future."""
    if asked.closes_at <= max(uow.now(), asked.opens_at) or asked.closes_at > session.ends_at:
        raise RuleBroken("ballot-times")
    series = load(IntervisionSeries, session.series_id, uow=uow)
    return BallotTerms(
        points=series.points if asked.points is None else asked.points,
        self_vote=series.self_vote if asked.self_vote is None else asked.self_vote,
        priority_order=asked.priority_order,
        places=asked.places or max(1, _tables(session, uow=uow)),
        opens_at=asked.opens_at,
        closes_at=asked.closes_at,
    )


def _tables(session: IntervisionSession, *, uow: UnitOfWork) -> int:
    """The number of tables that are laid already."""
    found = select(func.count(SessionTable.id)).where(SessionTable.session_id == session.id)
    return int(uow.session.scalar(found) or 0)


def _rules(ballot: Ballot) -> dict[str, object]:
    return {
        "points": ballot.points,
        "self_vote": ballot.self_vote,
        "priority_order": list(ballot.priority_order),
        "places": ballot.places,
        "opens_at": ballot.opens_at,
        "closes_at": ballot.closes_at,
        "version": ballot.version,
    }
