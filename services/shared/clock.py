"""Time is an argument: commands ask the unit of work's clock, never the machine."""

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock(Protocol):
    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def legal_day(moment: datetime) -> date:
    """The calendar day of an instant in the court's zone, where legal days are counted."""
    return moment.astimezone(BRUSSELS).date()


def brussels(day: date, at: time) -> datetime:
    """The instant, in UTC, when clocks in Brussels show `at` on `day`.

    In the hour skipped in March the instant after the jump; in the hour repeated in October the
    first of the two, so that an alert is never late.
    """
    return datetime.combine(day, at, BRUSSELS).astimezone(UTC)
