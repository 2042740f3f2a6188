"""The workers open ballots by the clock of the database, and remind those who have not voted.

Each call works on one ballot; a call that comes late does what was due.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text

from services.intervisions.ballots import alerts as ballot_alerts
from services.intervisions.ballots import ballot_box
from services.intervisions.ballots.meeting import Meeting, end_void, meeting_of
from services.intervisions.ballots.model import (
    Ballot,
    BallotBox,
    BallotElector,
    BallotOption,
    BallotState,
    VoidCode,
)
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys

_OPTIONS = text("SELECT proposal_id, priority, waiting_weeks FROM votable_proposals(:ballot)")
# When a ballot has its next turn. Announced once more a day before it closes (ballots/alerts).
NEXT_TURN = """
    SELECT min(v.at) FROM ballots b CROSS JOIN LATERAL (VALUES
      (CASE WHEN b.state = 'planned' THEN b.opens_at END),
      (CASE WHEN b.state = 'open' THEN b.closes_at END),
      (CASE WHEN b.state = 'open' AND NOT b.reminded THEN b.closes_at - interval '1 day' END),
      (CASE WHEN b.state IN ('closed', 'void') AND NOT b.key_destroyed THEN b.closes_at END)
    ) v (at)
"""
# Everybody invited who has not declined and has an account: who waits may yet get a place.
_ELECTORS = text(
    """
    SELECT v.professional_id FROM session_invitations v
    JOIN professionals x ON x.id = v.professional_id AND x.active
    WHERE v.session_id = :session AND v.state NOT IN ('withdrawn', 'declined')
    ORDER BY v.professional_id
    """
)


def open_ballots(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """Open one ballot that is due; the result is how many were opened or became void.

    From here on its rules, options, electors and seed are frozen.
    """
    ballot = _next(Ballot.opens_at <= uow.now(), BallotState.PLANNED, uow=uow)
    if ballot is None:
        return 0
    meeting = meeting_of(ballot, uow=uow)
    options = uow.session.execute(_OPTIONS, {"ballot": ballot.id}).all()
    electors = list(uow.session.scalars(_ELECTORS, {"session": ballot.session_id}))
    why = _cannot_open(ballot, meeting, bool(options), bool(electors), uow=uow)
    if why is not None:
        return end_void(ballot, why, meeting, meeting.leading, uow=uow)
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
    uow.record("open_ballot", ballot, actor=None, after=after)
    ballot_alerts.tell_open(ballot, meeting.session, electors, uow=uow)
    return 1


def remind_voters(*, uow: UnitOfWork) -> int:
    """Remind the electors of one ballot once, a day before it closes; the number of ballots.

    A ballot that is open for less than a day is not announced again.
    """
    due = (Ballot.closes_at - ballot_alerts.LAST_CALL <= uow.now(), Ballot.closes_at > uow.now())
    found = _waiting(BallotState.OPEN).where(*due, ~Ballot.reminded)
    ballot = uow.session.scalars(found).first()
    if ballot is None:
        return 0
    ballot.reminded = True
    if ballot.closes_at - ballot.opens_at > ballot_alerts.LAST_CALL:
        ballot_alerts.remind(ballot, meeting_of(ballot, uow=uow).session, uow=uow)
    uow.session.flush()
    return 1


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
    ballot: Ballot, meeting: Meeting, has_options: bool, has_electors: bool, *, uow: UnitOfWork
) -> VoidCode | None:
    if meeting.cancelled:
        return VoidCode.SESSION_CANCELLED
    if uow.now() >= ballot.closes_at:
        return VoidCode.NEVER_OPENED
    if not has_options:
        return VoidCode.NOTHING_TO_VOTE_ON
    return None if has_electors else VoidCode.NOBODY_TO_VOTE


def _next(due: ColumnElement[bool], state: BallotState, *, uow: UnitOfWork) -> Ballot | None:
    return uow.session.scalars(_waiting(state).where(due)).first()


def _waiting(state: BallotState) -> Select[Ballot]:
    """One ballot that no other worker has, at random: one that cannot go on holds up no other."""
    found = select(Ballot).where(Ballot.state == state.value).order_by(func.random())
    return found.limit(1).with_for_update(skip_locked=True)
