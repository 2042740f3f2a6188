"""What is planned about a hearing: its ladder, who is invited, the alarm that nobody goes along.

Nothing is planned about a hearing that was: people who come late write it down all the same.
"""

from datetime import datetime

from services.evictions.counting.calendar import Calendar
from services.evictions.hearings import invitations, roster_alerts
from services.evictions.hearings.model import Hearing, HearingState
from services.evictions.law import ladder
from services.evictions.law.in_force import held_law
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

_TOLD = (RecipientRole.REFERENCE_WORKER, RecipientRole.LIAISON)


def is_ahead(hearing: Hearing, now: datetime) -> bool:
    """Whether it is set and has not begun."""
    return hearing.state == HearingState.SET and hearing.starts_at > now


def plan_alerts(hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Plan the ladder, the invitation of the reference worker and the alarm that nobody goes.

    Of a hearing that is near, people are told at once.
    """
    if not is_ahead(hearing, uow.now()):
        return
    calendar = held_law(uow=uow).calendar
    planned = [
        *_ladder(hearing, uow.now(), calendar),
        *invitations.invitations(hearing, uow=uow),
        *roster_alerts.alarm(hearing, uow.now(), calendar),
    ]
    alerts.plan(planned, uow=uow)


def _ladder(hearing: Hearing, now: datetime, calendar: Calendar) -> list[NewAlert]:
    return [
        NewAlert(
            kind=roster_alerts.APPROACHING,
            case_id=hearing.case_id,
            object_id=hearing.id,
            object_version=hearing.version,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=role,
            facts={"hearing_at": hearing.starts_at.isoformat(), "days_left": days},
        )
        for days, due_at in ladder.rungs(hearing.starts_at, now, calendar).items()
        for role in _TOLD
    ]
