"""The workers close a ballot: papers leave the box, are counted, and are written without voters.

All of it happens in one transaction.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, insert, select

from services.intervisions.ballots import alerts as ballot_alerts
from services.intervisions.ballots import ballot_box
from services.intervisions.ballots.ballot_box import Box
from services.intervisions.ballots.count import Paper, count, papers_digest
from services.intervisions.ballots.meeting import end_void, meeting_of
from services.intervisions.ballots.model import (
    Ballot,
    BallotBox,
    BallotElector,
    BallotOption,
    BallotPaper,
    BallotState,
    BallotVoter,
    VoidCode,
)
from services.intervisions.ballots.stored_count import as_json, choices_of, option_of
from services.intervisions.ballots.votes import open_box, options_of, votable
from services.shared.errors import Unreadable
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys

# With two papers each voter knows the other's, and with one everybody does: the box stays shut.
FEWEST_PAPERS = 3
# How long after its closing a ballot waits for the key of its box.
PATIENCE = timedelta(days=7)


def close_ballots(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """Close one ballot that is due; the result is how many were closed or became void."""
    due = select(Ballot.id).where(
        Ballot.state == BallotState.OPEN.value, Ballot.closes_at <= uow.now()
    )
    # The box first, as who votes holds it: a vote that was let in before is in it.
    box = uow.session.scalars(
        select(BallotBox)
        .where(BallotBox.ballot_id.in_(due))
        # Not always the same first: one whose key is away holds up none of the others.
        .order_by(func.random())
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if box is None:
        return _end_boxless(due, uow=uow)
    ballot = uow.session.scalars(
        select(Ballot).where(Ballot.id == box.ballot_id).with_for_update()
    ).one()
    sealed = box.sealed
    uow.session.execute(delete(BallotBox).where(BallotBox.ballot_id == ballot.id))
    _close(ballot, sealed, keys, uow=uow)
    return 1


def _end_boxless(due: Select[UUID], *, uow: UnitOfWork) -> int:
    """Void one due ballot whose box somebody removed, as there is nothing to count."""
    boxless = Ballot.id.in_(due) & Ballot.id.not_in(select(BallotBox.ballot_id))
    found = select(Ballot).where(boxless).limit(1).with_for_update(skip_locked=True)
    ballot = uow.session.scalars(found).first()
    if ballot is None:
        return 0
    meeting = meeting_of(ballot, uow=uow)
    return end_void(ballot, VoidCode.BOX_ALTERED, meeting, meeting.leading, uow=uow)


def _close(ballot: Ballot, sealed: str, keys: CaseKeys | None, *, uow: UnitOfWork) -> None:
    meeting = meeting_of(ballot, uow=uow)
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
        end_void(ballot, why, meeting, told, uow=uow)
        return
    options = options_of(ballot.id, uow=uow)
    box = _opened(sealed, ballot, options, keys, uow=uow)
    if isinstance(box, Box) and len(box.papers) != voters:
        box = VoidCode.BOX_ALTERED
    if isinstance(box, VoidCode):
        end_void(ballot, box, meeting, told, uow=uow)
        return
    _count(ballot, box.read(), box.seed, options, uow=uow)
    ballot_alerts.tell_over(ballot, meeting.session, told, uow=uow)


def _opened(
    sealed: str,
    ballot: Ballot,
    options: list[BallotOption],
    keys: CaseKeys | None,
    *,
    uow: UnitOfWork,
) -> Box | VoidCode:
    """The opened box, or why it never will open. Unreadable while its key is away: a later call
    tries again.
    """
    try:
        return open_box(sealed, ballot, options, keys)
    except Unreadable:
        if keys is not None and ballot_box.key_is_at_hand(ballot.id, keys):
            return VoidCode.BOX_ALTERED
        gone = keys is not None and keys.is_destroyed(ballot.id)
        if gone or uow.now() - ballot.closes_at > PATIENCE:
            return VoidCode.BOX_UNREADABLE
        raise


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
    uow.record("close_ballot", ballot, actor=None, before=before, after=after)
