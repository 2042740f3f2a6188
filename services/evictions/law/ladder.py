"""When people are told of a date ahead: 14, 7, 3 and 1 days before, at 09:00 in Brussels. Pure."""

from datetime import date, datetime, time, timedelta

from services.evictions.law.calendar import Calendar
from services.shared.clock import brussels, legal_day

DAYS_BEFORE = (14, 7, 3, 1)
AT = time(9, 0)


def rungs(starts_at: datetime, now: datetime, calendar: Calendar) -> dict[int, datetime]:
    """Days before the hearing -> the instant to tell."""
    return rungs_before(legal_day(starts_at), now, calendar)


def rungs_before(last: date, now: datetime, calendar: Calendar) -> dict[int, datetime]:
    """Days before the day -> the instant to tell, moved back to a working day.

    Rungs that fall on one day are told once, as the nearest. Those already past become one alert,
    due now, under the nearest of them: a date entered late still alerts at once.
    """
    planned: dict[datetime, int] = {}
    for days in DAYS_BEFORE:
        day = last - timedelta(days=days)
        if not calendar.is_working_day(day):
            day = calendar.previous_working_day(day)
        planned[max(brussels(day, AT), now)] = days
    return {days: due for due, days in planned.items()}
