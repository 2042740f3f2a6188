"""A ballot's course, as the workers: opened and closed by the clock of the database, counted, and
its key destroyed. One ballot a turn; a turn that comes late does what was due.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, text
from sqlalchemy.orm import load_only

from services.intervisions import ballot_alerts, ballot_box
from services.intervisions.ballot_count import Paper, count, papers_digest
from services.intervisions.ballot_model import (
    Ballot,
    BallotBox,
    BallotElector,
    BallotOption,
    BallotPaper,
    BallotState,
    BallotVoter,
    VoidCode,
)
from services.intervisions.ballot_results import as_json, choices_of, option_of
from services.intervisions.ballot_votes import open_box, options_of, votable
from services.intervisions.model import IntervisionSeries, IntervisionSession, SessionState
from services.shared.case_keys import CaseKeys
from services.shared.unit_of_work import UnitOfWork

# Of two papers each voter knows the other's, and of one everybody does: such a box is not opened.
FEWEST_PAPERS = 3
_OPTIONS = text("SELECT proposal_id, priority, waiting_weeks FROM votable_proposals(:ballot)")
# Whoever is invited and has not declined, with an account: who waits for a place may yet get one.
_ELECTORS = text(
    """
    SELECT v.professional_id FROM session_invitations v
    JOIN professionals x ON x.id = v.professional_id AND x.active
    WHERE v.session_id = :session AND v.state NOT IN ('withdrawn', 'declined')
    ORDER BY v.professional_id
    """
)


@dataclass(frozen=True, kw_only=True)
class _Meeting:
    """The session of a ballot, in the columns that a worker may read."""

    session: IntervisionSession
    leading: tuple[UUID, ...]
    quorum: int

    @property
    def cancelled(self) -> bool:
        return self.session.state == SessionState.CANCELLED


def open_ballots(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """What is frozen from here on: rules, options, electors, seed."""
    ballot = _next(Ballot.opens_at <= uow.now(), BallotState.PLANNED, uow=uow)
    if ballot is None:
        return 0
    meeting = _meeting(ballot, uow=uow)
    options = uow.session.execute(_OPTIONS, {"ballot": ballot.id}).all()
    electors = list(uow.session.scalars(_ELECTORS, {"session": ballot.session_id}))
    why = _cannot_open(ballot, meeting, bool(options), bool(electors), uow=uow)
    if why is not None:
        return _void(ballot, why, meeting, meeting.leading, uow=uow)
    for position, (proposal_id, priority, weeks) in enumerate(options):
        uow.session.add(
            BallotOption(
                ballot_id=ballot.id,
                proposal_id=proposal_id,
                position=position,
                priority=priority,
                waiting_weeks=weeks,
            )
        )
    for person in electors:
        uow.session.add(BallotElector(ballot_id=ballot.id, professional_id=person))
    _put_box(ballot, [row.proposal_id for row in options], len(electors), keys, uow=uow)
    ballot.state, ballot.quorum = BallotState.OPEN, meeting.quorum
    uow.session.flush()
    after = {"state": ballot.state, "electors": ballot.electors, "seed_digest": ballot.seed_digest}
    uow.audit("open_ballot", ballot, actor=None, case_id=None, after=after)
    ballot_alerts.tell_open(ballot, meeting.session, electors, uow=uow)
    return 1


def remind_voters(*, uow: UnitOfWork) -> int:
    """A day before the closing, once; a ballot that is open for less is not announced again."""
    due = (Ballot.closes_at - ballot_alerts.LAST_CALL <= uow.now(), Ballot.closes_at > uow.now())
    found = _waiting(BallotState.OPEN).where(*due, ~Ballot.reminded)
    ballot = uow.session.scalars(found).first()
    if ballot is None:
        return 0
    ballot.reminded = True
    if ballot.closes_at - ballot.opens_at > ballot_alerts.LAST_CALL:
        ballot_alerts.remind(ballot, _meeting(ballot, uow=uow).session, uow=uow)
    uow.session.flush()
    return 1


def close_ballots(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """Papers out of the box, counted, explained, and written without their voters: all at once."""
    due = select(Ballot.id).where(
        Ballot.state == BallotState.OPEN.value, Ballot.closes_at <= uow.now()
    )
    # The box first, as who votes holds it: a vote that was let in before is in it.
    box = uow.session.scalars(
        select(BallotBox)
        .where(BallotBox.ballot_id.in_(due))
        .order_by(BallotBox.ballot_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if box is None:
        return 0
    ballot = uow.session.scalars(
        select(Ballot).where(Ballot.id == box.ballot_id).with_for_update()
    ).one()
    sealed = box.sealed
    uow.session.execute(delete(BallotBox).where(BallotBox.ballot_id == ballot.id))
    _close(ballot, sealed, keys, uow=uow)
    return 1


def destroy_ballot_keys(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """After the closing is committed, so that no failure loses papers; again after a failure."""
    if keys is None:
        return 0
    over = Ballot.state.in_([BallotState.CLOSED.value, BallotState.VOID.value])
    found = select(Ballot).where(over, ~Ballot.key_destroyed).order_by(Ballot.id).limit(1)
    ballot = uow.session.scalars(found.with_for_update(skip_locked=True)).first()
    if ballot is None:
        return 0
    keys.destroy(ballot.id)
    ballot.key_destroyed = True
    uow.session.flush()
    return 1


def _close(ballot: Ballot, sealed: str, keys: CaseKeys | None, *, uow: UnitOfWork) -> None:
    meeting = _meeting(ballot, uow=uow)
    electors = list(
        uow.session.scalars(
            select(BallotElector.professional_id).where(BallotElector.ballot_id == ballot.id)
        )
    )
    told = (*electors, *meeting.leading)
    voters = int(
        uow.session.scalar(
            select(func.count()).select_from(BallotVoter).where(BallotVoter.ballot_id == ballot.id)
        )
        or 0
    )
    if meeting.cancelled or voters < FEWEST_PAPERS:
        why = VoidCode.SESSION_CANCELLED if meeting.cancelled else VoidCode.TOO_FEW_PAPERS
        _void(ballot, why, meeting, told, uow=uow)
        return
    options = options_of(ballot.id, uow=uow)
    box = open_box(sealed, ballot, options, keys)
    if len(box.papers) != voters:
        _void(ballot, VoidCode.BOX_ALTERED, meeting, told, uow=uow)
        return
    _count(ballot, box.read(), box.seed, options, uow=uow)
    ballot_alerts.tell_over(ballot, meeting.session, told, uow=uow)


def _count(
    ballot: Ballot,
    papers: list[Paper],
    seed: bytes,
    options: list[BallotOption],
    *,
    uow: UnitOfWork,
) -> None:
    standing = votable(ballot.id, uow=uow)
    for option in options:
        option.void = option.proposal_id not in standing
    rows = [
        {"id": uuid4(), "ballot_id": ballot.id, "choices": choices_of(paper)} for paper in papers
    ]
    uow.session.execute(insert(BallotPaper), rows)
    counted = count([option_of(each) for each in options], papers, ballot.rules, seed)
    ballot.state, ballot.seed, ballot.turnout = BallotState.CLOSED, seed, len(papers)
    ballot.result, ballot.papers_digest = as_json(counted), papers_digest(papers)
    uow.session.flush()
    after = {"state": ballot.state, "turnout": ballot.turnout, "papers": ballot.papers_digest}
    before = {"state": BallotState.OPEN.value}
    uow.audit("close_ballot", ballot, actor=None, case_id=None, before=before, after=after)


def _put_box(
    ballot: Ballot,
    options: list[UUID],
    electors: int,
    keys: CaseKeys | None,
    *,
    uow: UnitOfWork,
) -> None:
    box = ballot_box.new_box(options, electors)
    ballot.electors, ballot.seed_digest = electors, ballot_box.digest_of(box.seed)
    uow.session.add(BallotBox(ballot_id=ballot.id, sealed=box.seal(ballot.id, keys)))


def _cannot_open(
    ballot: Ballot, meeting: _Meeting, has_options: bool, has_electors: bool, *, uow: UnitOfWork
) -> VoidCode | None:
    if meeting.cancelled:
        return VoidCode.SESSION_CANCELLED
    if uow.now() >= ballot.closes_at:
        return VoidCode.NEVER_OPENED
    if not has_options:
        return VoidCode.NOTHING_TO_VOTE_ON
    return None if has_electors else VoidCode.NOBODY_TO_VOTE


def _void(
    ballot: Ballot,
    why: VoidCode,
    meeting: _Meeting,
    told: tuple[UUID, ...],
    *,
    uow: UnitOfWork,
) -> int:
    before = {"state": ballot.state}
    ballot.make_void(why)
    uow.session.flush()
    after = {"state": ballot.state, "void_code": ballot.void_code}
    uow.audit("void_ballot", ballot, actor=None, case_id=None, before=before, after=after)
    ballot_alerts.tell_over(ballot, meeting.session, told, uow=uow)
    return 1


def _next(due: ColumnElement[bool], state: BallotState, *, uow: UnitOfWork) -> Ballot | None:
    return uow.session.scalars(_waiting(state).where(due)).first()


def _waiting(state: BallotState) -> Select[Ballot]:
    """One that nobody else works on."""
    found = select(Ballot).where(Ballot.state == state.value).order_by(Ballot.opens_at, Ballot.id)
    return found.limit(1).with_for_update(skip_locked=True)


def _meeting(ballot: Ballot, *, uow: UnitOfWork) -> _Meeting:
    known = load_only(
        IntervisionSession.series_id,
        IntervisionSession.number,
        IntervisionSession.starts_at,
        IntervisionSession.ends_at,
        IntervisionSession.state,
        IntervisionSession.sequence,
        raiseload=True,
    )
    found = select(IntervisionSession).where(IntervisionSession.id == ballot.session_id)
    session = uow.session.scalars(found.options(known)).one()
    columns = (
        IntervisionSeries.quorum,
        IntervisionSeries.facilitator_id,
        IntervisionSeries.co_facilitator_id,
    )
    quorum, *leading = uow.session.execute(
        select(*columns).where(IntervisionSeries.id == session.series_id)
    ).one()
    present = tuple(each for each in leading if each is not None)
    return _Meeting(session=session, leading=present, quorum=quorum)
