"""When people are told of a legal date or a hearing: 14, 7, 3 and 1 days before. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from services.evictions.counting.calendar import Calendar
from services.shared import ladder
from services.shared.clock import legal_day

DAYS_BEFORE = (14, 7, 3, 1)


def rungs(starts_at: datetime, now: datetime, calendar: Calendar) -> dict[int, datetime]:
    """Days before the hearing -> the instant to tell."""
    return rungs_before(legal_day(starts_at), now, calendar)


def rungs_before(
    last: date, now: datetime, calendar: Calendar, days_before: Sequence[int] = DAYS_BEFORE
) -> dict[int, datetime]:
    """Days before the day -> the instant to tell, moved back to a working day.

    Of the day itself people are told on it, whatever day it is. A date entered late still alerts at
    once (services/shared/ladder.py).
    """

    def moved(day: date) -> date:
        return day if day == last else calendar.previous_working_day(day)

    return ladder.rungs(last, days_before, now, moved=moved)
