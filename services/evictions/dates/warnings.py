"""Alerts of the legal dates before which somebody must act: written, moved and cancelled with them.

Who changes a deadline calls `plan_anew` in the same transaction. Of a date that is over nobody is
told; of one that is near, at once.
"""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.evictions.dates.model import LegalDeadline
from services.evictions.law import ladder
from services.evictions.law.calendar import Calendar
from services.evictions.law.rulebook import Certainty
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

APPROACHING = "evictions.deadline_approaching"


class Told(NamedTuple):
    """The day that alerts count back from, and what they must say of it (`doubt_of`)."""

    last: date
    doubt: str | None


def doubt_of(certainty: str, overridden: date | None) -> str | None:
    """What is to be said next to a date: that its rule is disputed or unverified. A date of
    people's own does not rest on the rule; None for it, and for a rule that was found.
    """
    return None if overridden or certainty == Certainty.FOUND else certainty


def told_before(row: LegalDeadline) -> Told | None:
    """None for a date nobody has to act before."""
    if not row.protective:
        return None
    return Told(row.cautious_date, doubt_of(row.certainty, row.overridden_date))


def plan_anew(
    row: LegalDeadline,
    before: Told | None,
    calendar: Calendar,
    *,
    uow: UnitOfWork,
) -> None:
    """After the row is flushed; `before` is what `told_before` was, None for a new row.

    An alert that went out for the same day stays as it is: nobody hears twice of one date. What is
    still ahead says the certainty as it now is.
    """
    after = told_before(row)
    if after == before:
        return
    same_day = before is not None and after is not None and before.last == after.last
    if same_day:
        alerts.cancel_ahead([row.id], uow=uow)
    elif before is not None:
        alerts.cancel(row.id, uow=uow)
    if after is not None and after.last >= uow.today():
        named = {"case_id": row.case_id, "deadline_id": row.id}
        planned = approaching(after, uow.now(), calendar, version=row.version, **named)
        ahead = [each for each in planned if each.due_at > uow.now()]
        alerts.plan(ahead if same_day else planned, uow=uow)


def approaching(
    told: Told,
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
            facts=facts_of(told) | {"days_left": days},
        )
        for days, due_at in ladder.rungs_before(told.last, now, calendar).items()
    ]


def facts_of(told: Told) -> dict[str, Any]:
    """What a message says of a date; `certainty` only where there is a doubt to be said."""
    certainty = {"certainty": told.doubt} if told.doubt else {}
    return {"due_on": told.last.isoformat()} | certainty
