"""When people are told of a day ahead: so many days before it, at 09:00 in Brussels. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from services.shared.clock import brussels

AT = time(9, 0)


def morning(day: date) -> datetime:
    """The instant at which people are told of something on that day."""
    return brussels(day, AT)


def _that_day(day: date) -> date:
    return day


def rungs(
    last: date,
    days_before: Sequence[int],
    now: datetime,
    *,
    moved: Callable[[date], date] = _that_day,
) -> dict[int, datetime]:
    """Days before `last` -> the instant to tell; `days_before` begins with the most.

    `moved` gives the day on which a rung is told instead of its own. Rungs that fall on one day are
    told once, as the nearest. Those already past become one, due now, under the nearest of them.
    """
    planned: dict[datetime, int] = {}
    for days in days_before:
        planned[max(morning(moved(last - timedelta(days=days))), now)] = days
    return {days: due for due, days in planned.items()}


def ahead(found: Mapping[int, datetime], now: datetime) -> dict[int, datetime]:
    """The rungs that are still to come."""
    return {days: due for days, due in found.items() if due > now}
