"""What a person who attends a session sees of its ballot.

As long as votes come in they see the rules, the options, and whether they voted themselves, but
not how many did, and nothing of what was given.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from services.intervisions.ballots.model import Ballot, BallotElector, BallotPaper, BallotState
from services.intervisions.ballots.policy import Leading
from services.intervisions.ballots.votes import ballot_of, has_voted
from services.intervisions.queries import attended, part_of
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork

# The state between the last instant of voting and the count.
COUNTING = "counting"


@dataclass(frozen=True, kw_only=True)
class OptionView:
    """An option of a ballot. `priority` is the position of its priority public in the ballot's
    order. A withdrawn option shows its id and nothing else.
    """

    proposal_id: UUID
    pseudonym: str | None
    priority: int | None
    waiting_weeks: int
    withdrawn: bool


@dataclass(frozen=True, kw_only=True)
class BallotView:
    id: UUID
    session_id: UUID
    state: str
    points: int
    self_vote: bool
    priority_order: list[Any]
    places: int
    opens_at: datetime
    closes_at: datetime
    electors: int | None
    quorum: int | None
    seed_digest: str | None
    options: list[OptionView]
    elector: bool
    voted: bool
    void_code: str | None
    void_reason: str | None
    version: int


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What a ballot would freeze. Its `options` are in the order in which equal points would put
    them, apart from the draw.
    """

    options: list[OptionView]
    electors: int
    quorum: int


@dataclass(frozen=True, kw_only=True)
class ResultView:
    ballot_id: UUID
    session_id: UUID
    points: int
    places: int
    priority_order: list[Any]
    electors: int
    quorum: int
    turnout: int
    seed: str
    seed_digest: str
    papers_digest: str
    options: list[OptionView]
    lines: list[dict[str, Any]]
    ties: list[dict[str, Any]]
    lost_points: int
    papers: list[dict[str, int]]

    @property
    def has_quorum(self) -> bool:
        return self.turnout >= self.quorum


# Everybody knows a withdrawn proposal by its id alone.
_OPTIONS = text(
    """
    SELECT o.proposal_id, CASE WHEN s.proposal_id IS NOT NULL THEN p.pseudonym END AS pseudonym,
           o.priority, o.waiting_weeks,
           o.void OR b.state = 'open' AND s.proposal_id IS NULL AS withdrawn
    FROM ballot_options o
    JOIN ballots b ON b.id = o.ballot_id
    LEFT JOIN votable_proposals(:ballot) s ON s.proposal_id = o.proposal_id
    LEFT JOIN proposals p ON p.id = o.proposal_id
    WHERE o.ballot_id = :ballot
    ORDER BY o.position
    """
)
_WOULD_BE = text(
    """
    SELECT s.proposal_id, p.pseudonym, s.priority, s.waiting_weeks, false AS withdrawn
    FROM votable_proposals(:ballot) s LEFT JOIN proposals p ON p.id = s.proposal_id
    ORDER BY s.priority NULLS LAST, s.waiting_weeks DESC, s.proposal_id
    """
)
_WOULD_VOTE = text(
    """
    SELECT count(*), (SELECT s.quorum FROM intervision_sessions i
                      JOIN intervision_series s ON s.id = i.series_id WHERE i.id = :session)
    FROM session_invitations v JOIN professionals x ON x.id = v.professional_id AND x.active
    WHERE v.session_id = :session AND v.state NOT IN ('withdrawn', 'declined')
    """
)


def leading_of(ballot: Ballot, /, *, uow: UnitOfWork) -> Leading:
    """This ballot, and what the actor is in its session."""
    return Leading(ballot=ballot, part=part_of(ballot, uow=uow))


def ballot_of_session(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> BallotView:
    """The ballot of a session that counts; if all were voided, the last of them."""
    attended(session_id, uow=uow)
    found = select(Ballot).where(Ballot.session_id == session_id)
    order = (Ballot.state == BallotState.VOID.value, Ballot.opens_at.desc(), Ballot.id)
    ballot = uow.session.scalars(found.order_by(*order).limit(1)).first()
    if ballot is None:
        raise NotFound
    return view_of(ballot, actor=actor, uow=uow)


def view_of(ballot: Ballot, *, actor: Actor, uow: UnitOfWork) -> BallotView:
    options = _options(ballot, uow=uow)
    counting = ballot.state == BallotState.OPEN and uow.now() >= ballot.closes_at
    voted = has_voted(ballot.id, actor=actor, uow=uow)
    return BallotView(
        id=ballot.id,
        session_id=ballot.session_id,
        state=COUNTING if counting else ballot.state,
        points=ballot.points,
        self_vote=ballot.self_vote,
        priority_order=ballot.priority_order,
        places=ballot.places,
        opens_at=ballot.opens_at,
        closes_at=ballot.closes_at,
        electors=ballot.electors,
        quorum=ballot.quorum,
        seed_digest=ballot.seed_digest,
        options=options,
        elector=_is_elector(ballot.id, actor=actor, uow=uow),
        voted=voted,
        void_code=ballot.void_code,
        void_reason=ballot.void_reason,
        # Everything that can change for this reader raises the number; the votes of others do not.
        version=ballot.version + voted + counting + sum(each.withdrawn for each in options),
    )


def dry_run(ballot_id: UUID, *, uow: UnitOfWork) -> DryRun:
    """What a planned ballot would freeze if it opened now; NotFound once it has opened."""
    ballot = ballot_of(ballot_id, uow=uow)
    if ballot.state != BallotState.PLANNED:
        raise NotFound
    rows = uow.session.execute(_WOULD_BE, {"ballot": ballot.id}).mappings()
    electors, quorum = uow.session.execute(_WOULD_VOTE, {"session": ballot.session_id}).one()
    return DryRun(options=[OptionView(**row) for row in rows], electors=electors, quorum=quorum)


def result_of(ballot_id: UUID, *, uow: UnitOfWork) -> ResultView:
    """The result of a ballot; NotFound until its box was opened and counted."""
    ballot = ballot_of(ballot_id, uow=uow)
    if ballot.state != BallotState.CLOSED or ballot.result is None or ballot.seed is None:
        raise NotFound
    papers = select(BallotPaper.choices).where(BallotPaper.ballot_id == ballot.id)
    return ResultView(
        ballot_id=ballot.id,
        session_id=ballot.session_id,
        points=ballot.points,
        places=ballot.places,
        priority_order=ballot.priority_order,
        electors=ballot.electors or 0,
        quorum=ballot.quorum or 0,
        turnout=ballot.turnout or 0,
        seed=ballot.seed.hex(),
        seed_digest=ballot.seed_digest or "",
        papers_digest=ballot.papers_digest or "",
        options=_options(ballot, uow=uow),
        lines=ballot.result["lines"],
        ties=ballot.result["ties"],
        lost_points=ballot.result["lost_points"],
        papers=list(uow.session.scalars(papers.order_by(BallotPaper.id))),
    )


def _options(ballot: Ballot, *, uow: UnitOfWork) -> list[OptionView]:
    rows = uow.session.execute(_OPTIONS, {"ballot": ballot.id}).mappings()
    return [OptionView(**row) for row in rows]


def _is_elector(ballot_id: UUID, *, actor: Actor, uow: UnitOfWork) -> bool:
    found = select(BallotElector.ballot_id).where(
        BallotElector.ballot_id == ballot_id, BallotElector.professional_id == actor.id
    )
    return uow.session.scalar(found) is not None
