"""Alerts of the legal dates before which somebody must act: written, moved and cancelled with them.

Whoever changes a deadline calls `follow` in the same transaction. Nobody is told of a date that is
over; of one that is near, people are told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from services.evictions.counting.calendar import Calendar
from services.evictions.law import ladder
from services.evictions.law.norms import Certainty
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

APPROACHING = "evictions.deadline_approaching"


class Notice(NamedTuple):
    """The day that alerts count back from, and the doubt they must name (`doubt_of`)."""

    last: date
    doubt: str | None


class ADate(Protocol):
    """A deadline, loaded or as a row of its columns."""

    @property
    def falls_on(self) -> date: ...

    @property
    def earlier_reading(self) -> date | None: ...

    @property
    def overridden_date(self) -> date | None: ...

    @property
    def certainty(self) -> str: ...


def notice_of(row: ADate) -> Notice:
    """What alerts go by: a person's own date, else the earlier of two readings."""
    last = row.overridden_date or min(row.falls_on, row.earlier_reading or row.falls_on)
    return Notice(last, doubt_of(row.certainty, row.overridden_date))


def doubt_of(certainty: str, overridden: date | None) -> str | None:
    """The certainty to show beside a date: "disputed" or "unverified".

    None if the rule is established, or if a person's own date replaces the computed one.
    """
    return None if overridden or certainty == Certainty.FOUND else certainty


@dataclass(frozen=True)
class Redated:
    """A deadline whose alerts said `before` and are to say `now`; None where nobody is told."""

    id: UUID
    version: int
    case_id: UUID
    computes: str
    before: Notice | None
    now: Notice | None

    @property
    def moved(self) -> bool:
        """Whether people hear of another day, not only of another certainty."""
        before, now = self.before, self.now
        return before is None or now is None or before.last != now.last


def follow(
    dates: Sequence[Redated],
    calendar: Calendar,
    *,
    late: bool,
    also: Sequence[NewAlert] = (),
    uow: UnitOfWork,
) -> None:
    """Bring the alerts of these dates up to date, and plan `also` with them.

    An alert that went out for the same day stays as it is: nobody hears twice of one date. What is
    still ahead says the certainty as it now is. With `late`, a date that moved and is near already
    is told at once; without it, only what is still ahead is planned.
    """
    anew = [each for each in dates if each.now != each.before]
    moved = [each.id for each in anew if each.before is not None and each.moved]
    alerts.cancel_all(moved, uow=uow)
    alerts.cancel_ahead([each.id for each in anew if not each.moved], uow=uow)
    planned = [
        alert
        for each in anew
        if each.now is not None and each.now.last >= uow.today()
        for alert in _approaching(each, each.now, uow.now(), calendar)
        if alert.due_at > uow.now() or (late and each.moved)
    ]
    alerts.plan([*planned, *also], uow=uow)


def _approaching(
    date_: Redated, notice: Notice, now: datetime, calendar: Calendar
) -> list[NewAlert]:
    """The rungs before a date to act before; those that are past already are one, due now."""
    return [
        NewAlert(
            kind=APPROACHING,
            case_id=date_.case_id,
            object_id=date_.id,
            object_version=date_.version,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts=facts_of(notice) | {"days_left": days, "what": date_.computes},
        )
        for days, due_at in ladder.rungs_before(notice.last, now, calendar).items()
    ]


def facts_of(notice: Notice) -> dict[str, Any]:
    """What a message says of a date; `certainty` only where there is a doubt to name."""
    certainty = {"certainty": notice.doubt} if notice.doubt else {}
    return {"due_on": notice.last.isoformat()} | certainty
