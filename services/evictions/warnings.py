"""Alerts of the legal dates before which somebody must act: written, moved and cancelled with them.

Who changes a deadline calls `plan_anew` in the same transaction. Of a date that is over nobody is
told; of one that is near, at once.
"""

from datetime import date, datetime

from services.evictions import ladder
from services.evictions.calendar import Calendar
from services.evictions.model import LegalDeadline
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

APPROACHING = "evictions.deadline_approaching"


def told_before(row: LegalDeadline) -> date | None:
    """The day the alerts count back from; None for a date nobody has to act before."""
    return row.cautious_date if row.protective else None


def plan_anew(
    row: LegalDeadline,
    before: date | None,
    calendar: Calendar,
    *,
    at_once: bool = True,
    uow: UnitOfWork,
) -> None:
    """After the row is flushed; `before` is what `told_before` was, None for a new row.

    An alert that went out for the same day stays as it is: nobody hears twice of one date.
    Without `at_once` only what is still ahead is planned: the caller tells of the change itself.
    """
    after = told_before(row)
    if after == before:
        return
    if before is not None:
        alerts.cancel(row.id, uow=uow)
    if after is not None and after >= uow.today():
        planned = _alerts(row, after, uow.now(), calendar)
        alerts.plan([each for each in planned if at_once or each.due_at > uow.now()], uow=uow)


def _alerts(row: LegalDeadline, last: date, now: datetime, calendar: Calendar) -> list[NewAlert]:
    return [
        NewAlert(
            kind=APPROACHING,
            case_id=row.case_id,
            object_id=row.id,
            object_version=row.version,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts={"due_on": last.isoformat(), "days_left": days},
        )
        for days, due_at in ladder.rungs_before(last, now, calendar).items()
    ]
