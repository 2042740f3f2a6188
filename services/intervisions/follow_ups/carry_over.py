"""Open follow-ups are carried over to the next session: once for each session, and counted."""

from sqlalchemy import select, text

from services.intervisions.follow_ups.events import FollowUpCarried
from services.intervisions.follow_ups.model import FollowUp, FollowUpState
from services.intervisions.model import IntervisionSession
from services.shared.actor import Actor
from services.shared.clock import legal_day
from services.shared.unit_of_work import UnitOfWork

# A second carry-over to the same session, in another transaction too, carries nothing again.
_FRESH = {"populate_existing": True}
_CARRY = text(
    """
    INSERT INTO follow_up_carryings (follow_up_id, session_id)
    SELECT f.id, :session FROM follow_ups f
    WHERE f.id IN (SELECT agenda_follow_ups(:session)) AND f.state = 'open'
      AND (f.snoozed_until IS NULL OR f.snoozed_until <= :day)
    ON CONFLICT DO NOTHING RETURNING follow_up_id
    """
)


def carry_over(session: IntervisionSession, *, actor: Actor, uow: UnitOfWork) -> int:
    """Count, for each open follow-up of earlier sessions, that it stands on this agenda too.

    It is called when the agenda is published, and at the latest when the session took place. The
    result is the number of follow-ups that were carried over by this call.
    """
    day = legal_day(session.starts_at)
    keys = list(uow.session.scalars(_CARRY, {"session": session.id, "day": day}))
    found = select(FollowUp).where(FollowUp.id.in_(keys)).order_by(FollowUp.id)
    locked = uow.session.scalars(found.with_for_update(), execution_options=_FRESH).all()
    carried = [each for each in locked if each.state == FollowUpState.OPEN]
    for each in carried:
        each.carried += 1
    uow.session.flush()
    for each in carried:
        _record(each, session, actor=actor, uow=uow)
    return len(carried)


def _record(
    follow_up: FollowUp, session: IntervisionSession, *, actor: Actor, uow: UnitOfWork
) -> None:
    times = follow_up.carried
    uow.record(
        "carry_follow_up",
        follow_up,
        actor=actor,
        before={"carried": times - 1},
        after={"carried": times, "session": session.id},
        event=FollowUpCarried(follow_up_id=follow_up.id, session_id=session.id, times=times),
    )
