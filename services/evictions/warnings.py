"""Alerts of the legal dates before which somebody must act: written, moved and cancelled with them.

Who changes a deadline calls `plan_anew` in the same transaction. Of a date that is over nobody is
told; of one that is near, at once.
"""

from datetime import date, datetime
from uuid import UUID

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
    uow: UnitOfWork,
) -> None:
    """After the row is flushed; `before` is what `told_before` was, None for a new row.

    An alert that went out for the same day stays as it is: nobody hears twice of one date.
    """
    after = told_before(row)
    if after == before:
        return
    if before is not None:
        alerts.cancel(row.id, uow=uow)
    if after is not None and after >= uow.today():
        named = {"case_id": row.case_id, "deadline_id": row.id}
        planned = approaching(after, uow.now(), calendar, version=row.version, **named)
        alerts.plan(planned, uow=uow)


def approaching(
    last: date,
    now: datetime,
    calendar: Calendar,
    *,
    case_id: UUID,
    deadline_id: UUID,
    version: int,
) -> list[NewAlert]:
    """The alerts of a date to act before; those that are due already are one, due now."""
    return [
        NewAlert(
            kind=APPROACHING,
            case_id=case_id,
            object_id=deadline_id,
            object_version=version,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts={"due_on": last.isoformat(), "days_left": days},
        )
        for days, due_at in ladder.rungs_before(last, now, calendar).items()
    ]
