"""What opening and closing a ballot share: its session as workers know it, and voiding a ballot."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from services.intervisions.ballots import alerts as ballot_alerts
from services.intervisions.ballots.model import Ballot, VoidCode
from services.intervisions.model import IntervisionSeries, IntervisionSession, SessionState
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """The session of a ballot, in the columns that a worker may read, and who facilitates it."""

    session: IntervisionSession
    leading: tuple[UUID, ...]
    quorum: int

    @property
    def cancelled(self) -> bool:
        return self.session.state == SessionState.CANCELLED


def meeting_of(ballot: Ballot, *, uow: UnitOfWork) -> Meeting:
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
    session = still_there(uow.session.scalars(found.options(known)))
    columns = (
        IntervisionSeries.quorum,
        IntervisionSeries.facilitator_id,
        IntervisionSeries.co_facilitator_id,
    )
    leaders = select(*columns).where(IntervisionSeries.id == session.series_id)
    quorum, *leading = still_there(uow.session.execute(leaders))
    present = tuple(each for each in leading if each is not None)
    return Meeting(session=session, leading=present, quorum=quorum)


def end_void(
    ballot: Ballot,
    why: VoidCode,
    meeting: Meeting,
    told: tuple[UUID, ...],
    *,
    uow: UnitOfWork,
) -> int:
    """End a ballot without a result and tell these people; the number of ballots, which is 1."""
    before = {"state": ballot.state}
    ballot.make_void(why)
    uow.session.flush()
    after = {"state": ballot.state, "void_code": ballot.void_code}
    uow.record("void_ballot", ballot, actor=None, before=before, after=after)
    ballot_alerts.tell_over(ballot, meeting.session, told, uow=uow)
    return 1
