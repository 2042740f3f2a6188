"""A deadline with its reasons in words, against bare date arithmetic on the cached calendar."""

import calendar as months
from datetime import date, timedelta

from bench.figures import Figure, in_turns, ratios, timed
from bench.stage import Stage
from services.evictions.counting.calendar import Calendar, belgium
from services.evictions.counting.deadlines import Counting, Unit, compute

STARTS = [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]


def measure(_stage: Stage, *, full: bool) -> list[Figure]:
    rounds = 99 if full else 29
    calendar = belgium()
    for start in STARTS:
        bare_date(start, calendar)
    plain, explained, told = in_turns(
        rounds,
        lambda: timed(lambda: [bare_date(start, calendar) for start in STARTS]),
        lambda: timed(lambda: [_explained(start, calendar) for start in STARTS]),
        lambda: timed(lambda: [_told(start, calendar) for start in STARTS]),
    )
    peer, n = "date arithmetic, cached calendar", f"{rounds} × {len(STARTS)}"
    return [
        Figure(
            name="deadline",
            what="a deadline with its steps",
            peer=peer,
            kind="time",
            ratios=ratios(explained, plain),
            n=n,
        ),
        Figure(
            name="deadline-words",
            what="the same, said in one language",
            peer=peer,
            kind="time",
            ratios=ratios(told, plain),
            n=n,
        ),
    ]


def bare_date(start: date, calendar: Calendar) -> date:
    """One month, clipped to the month's length, rolled to a working day."""
    years, month = divmod(start.month, 12)
    year, month = start.year + years, month + 1
    day = date(year, month, min(start.day, months.monthrange(year, month)[1]))
    return calendar.next_working_day(day)


def _explained(start: date, calendar: Calendar) -> date:
    return compute(start, 1, Unit.MONTH, Counting.PERIOD, calendar=calendar).date


def _told(start: date, calendar: Calendar) -> list[str]:
    deadline = compute(start, 1, Unit.MONTH, Counting.PERIOD, calendar=calendar)
    return [step.say("fr") for step in deadline.steps]
