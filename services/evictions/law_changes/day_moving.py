"""Alerts told on working days follow a holiday of the network.

They are the alarm that nobody goes along, and the rungs before a date that itself stays. They move
in the commit that ends the recomputation, as the workers. What is planned from the change on is
counted under the new calendar by itself.
"""

import json
from datetime import date, time, timedelta

from sqlalchemy import text

from services.evictions.counting.calendar import Calendar
from services.evictions.hearings.roster_alerts import UNACCOMPANIED, alarm_at
from services.shared import ladder
from services.shared.alerts import RecipientRole
from services.shared.clock import brussels, legal_day
from services.shared.unit_of_work import UnitOfWork

# More than the days before a hearing among which its working days are counted, with every holiday.
REACH = timedelta(days=30)
# The alarms of closed cases move too: a reopening tells of what is due by then.
_ALARMS = text(
    """
    SELECT a.id, a.recipient_role, h.starts_at FROM hearings h
    JOIN alerts a ON a.object_id = h.id AND a.kind = :kind
      AND a.state IN ('planned', 'paused') AND a.told_at IS NULL AND a.due_at > :now
    WHERE h.state = 'set' AND h.starts_at >= :since AND h.starts_at < :until
    """
)
# In place, for their keys are taken; what is called off or told meanwhile stays as it is.
_MOVE_ALARMS = text(
    """
    UPDATE alerts a SET due_at = v.due_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, due_at timestamptz)
    WHERE a.id = v.id AND a.state IN ('planned', 'paused') AND a.told_at IS NULL
    """
)
# Where the earlier day has a rung of the same date already, the nearest speaks for both.
_MOVE_RUNGS = text(
    """
    WITH moved AS (
      UPDATE alerts SET due_at = :earlier
      WHERE kind IN ('evictions.deadline_approaching', 'evictions.hearing_approaching')
        AND state IN ('planned', 'paused') AND told_at IS NULL AND due_at = :nine
      RETURNING id, kind, object_id, object_version, recipient_role, recipient_id
    )
    UPDATE alerts a SET state = 'cancelled' FROM moved m
    WHERE a.object_id = m.object_id AND a.id <> m.id AND a.kind = m.kind
      AND a.object_version = m.object_version AND a.recipient_role = m.recipient_role
      AND a.recipient_id IS NOT DISTINCT FROM m.recipient_id
      AND a.state IN ('planned', 'paused') AND a.told_at IS NULL AND a.due_at = :earlier
    """
)


def follow_day(day: date, calendar: Calendar, *, uow: UnitOfWork) -> None:
    """Move each alert that is still ahead to its hour under this calendar, or to now if past."""
    _move_alarms(day, calendar, uow=uow)
    if not calendar.is_working_day(day):
        _move_rungs(day, calendar, uow=uow)
    uow.wake()


def _move_alarms(day: date, calendar: Calendar, *, uow: UnitOfWork) -> None:
    now, since = uow.now(), brussels(day, time(0))
    values = {"kind": UNACCOMPANIED, "now": now, "since": since, "until": since + REACH}
    rows = [
        {
            "id": each.id,
            "due_at": alarm_at(
                legal_day(each.starts_at), RecipientRole(each.recipient_role), now, calendar
            ),
        }
        for each in uow.session.execute(_ALARMS, values)
    ]
    if rows:
        uow.session.execute(_MOVE_ALARMS, {"rows": json.dumps(rows, default=str)})


def _move_rungs(day: date, calendar: Calendar, *, uow: UnitOfWork) -> None:
    nine = ladder.morning(day)
    if nine > uow.now():
        earlier = ladder.morning(calendar.previous_working_day(day))
        values = {"nine": nine, "earlier": max(earlier, uow.now())}
        uow.session.execute(_MOVE_RUNGS, values)
