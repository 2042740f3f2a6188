"""Alerts of the days on which something happens or must be done: an eviction, what a judgment
orders, an instalment. Planned, moved and cancelled by what the stream of dates says (dates.sql).

Whoever changes an act, a term or an instalment calls `follow` in the same transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.evictions.counting.calendar import Calendar
from services.evictions.law import ladder
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

# Of what a date can be, the alert that counts down to it. An instalment is paid every month: one
# reminder; what costs the home is said to the last day.
KINDS = {
    "eviction": "evictions.eviction_approaching",
    "term": "evictions.term_approaching",
    "instalment": "evictions.instalment_approaching",
}
DAYS_BEFORE = {"eviction": (14, 7, 3, 1, 0), "term": (14, 7, 3, 1, 0), "instalment": (3,)}


class Day(NamedTuple):
    """A day of the stream that is ahead, or today."""

    id: UUID
    about: str
    computes: str
    day: date


class ToldOfDay(NamedTuple):
    """The alerts of one object for one day: the highest of their versions, whether one is not
    cancelled, and whether one went out."""

    id: UUID
    about: str
    day: date
    version: int
    stands: bool
    went_out: bool


# The days of evictions that an act of the procedure gives, and of all that its judgments order.
_OF_PROCEDURE = text(
    """
    SELECT a.id FROM acts a WHERE a.procedure_id = :procedure AND a.kind = 'eviction'
    UNION ALL
    SELECT t.id FROM terms t JOIN acts a ON a.id = t.act_id WHERE a.procedure_id = :procedure
    UNION ALL
    SELECT i.id FROM instalments i JOIN terms t ON t.id = i.term_id JOIN acts a ON a.id = t.act_id
    WHERE a.procedure_id = :procedure
    """
)
_DAYS = text(
    """
    SELECT d.id, d.about, d.computes, d.day FROM eviction_dates(:case) d
    WHERE d.id = ANY(:ids) AND d.about = ANY(:about) AND d.to_come
    """
)
_TOLD = text(
    """
    SELECT a.object_id, a.kind, CAST(a.facts ->> 'due_on' AS date), max(a.object_version),
           bool_or(a.state <> 'cancelled'), bool_or(a.state IN ('sending', 'acknowledged'))
    FROM alerts a WHERE a.object_id = ANY(:ids) AND a.kind = ANY(:kinds)
    GROUP BY a.object_id, a.kind, 3
    """
)
# With the rungs of whoever did not acknowledge.
_CANCEL = text(
    """
    UPDATE alerts a SET state = 'cancelled'
    WHERE a.object_id = ANY(:ids) AND a.state IN ('planned', 'sending') AND (a.kind = ANY(:kinds)
      OR a.first_id IN (SELECT f.id FROM alerts f
                        WHERE f.object_id = ANY(:ids) AND f.kind = ANY(:kinds)))
    """
)


def follow_procedure(
    procedure: UUID, case_id: UUID, calendar: Calendar, *, uow: UnitOfWork
) -> None:
    """Bring the alerts of every day that the acts of a procedure give up to date."""
    ids = list(uow.session.scalars(_OF_PROCEDURE, {"procedure": procedure}))
    follow(ids, case_id, calendar, uow=uow)


def follow(ids: Sequence[UUID], case_id: UUID, calendar: Calendar, *, uow: UnitOfWork) -> None:
    """Bring the alerts of these acts, terms and instalments up to date with the stream.

    What is no longer ahead, or on another day, is called off; what came, or came back, is planned,
    and told at once if it is near. Nobody hears twice of one day that is only written down anew.
    """
    if not ids:
        return
    values: dict[str, Any] = {"ids": list(ids), "kinds": list(KINDS.values())}
    about = {kind: name for name, kind in KINDS.items()}
    rows = uow.session.execute(_TOLD, values)
    told = [ToldOfDay(row[0], about[row[1]], *row[2:]) for row in rows]
    asked = {"case": case_id, "ids": list(ids), "about": list(KINDS)}
    days = {row[0]: Day(*row) for row in uow.session.execute(_DAYS, asked)}
    gone = {each.id for each in told if each.stands and _day_of(each.id, days) != each.day}
    if gone:
        uow.session.execute(_CANCEL, values | {"ids": list(gone)})
    standing = {(each.id, each.day) for each in told if each.stands}
    new = [each for each in days.values() if (each.id, each.day) not in standing]
    alerts.plan(
        [alert for day in new for alert in _alerts(day, case_id, told, calendar, uow)], uow=uow
    )


def _day_of(key: UUID, days: dict[UUID, Day]) -> date | None:
    return days[key].day if key in days else None


def _alerts(
    day: Day, case_id: UUID, told: Iterable[ToldOfDay], calendar: Calendar, uow: UnitOfWork
) -> list[NewAlert]:
    """The rungs before a day; without those that were told of the same day already."""
    known = [each.version for each in told if each.id == day.id]
    heard = any(each.went_out and (each.about, each.day) == (day.about, day.day) for each in told)
    return [
        NewAlert(
            kind=KINDS[day.about],
            case_id=case_id,
            object_id=day.id,
            object_version=max(known, default=0) + 1,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts={"due_on": day.day.isoformat(), "what": day.computes, "days_left": days},
        )
        for days, due_at in _rungs(day, uow.now(), calendar).items()
        if due_at > uow.now() or not heard
    ]


def _rungs(day: Day, now: datetime, calendar: Calendar) -> dict[int, datetime]:
    return ladder.rungs_before(day.day, now, calendar, DAYS_BEFORE[day.about])
