"""The counting rules a second time, written from the articles and by walking day after day.

Shares nothing with services/evictions but the words for units and countings: holidays come from
the package `holidays`, months are walked, nothing is added up. Slow, and meant to be.
"""

from datetime import date, timedelta

import holidays

ONE = timedelta(days=1)
LEGAL = {day for day in holidays.country_holidays("BE", years=range(2015, 2050))}


def is_working_day(day: date) -> bool:
    """Art. 53 and C. civ. art. 1.7: not a Saturday, a Sunday, a legal holiday."""
    return day.isoweekday() not in (6, 7) and day not in LEGAL


def rolled(day: date) -> date:
    """Art. 53, al. 2: put off to the next working day."""
    while not is_working_day(day):
        day += ONE
    return day


def nth_working_day(day: date, count: int, step: timedelta) -> date:
    while count:
        day += step
        count -= is_working_day(day)
    return day


def _month(day: date) -> int:
    return day.year * 12 + day.month


def last_day(first: date, delay: int, unit: str) -> date:
    """The last day of a delay whose first day is `first` (art. 52, 53 al. 1, 54)."""
    if unit == "working_day":
        return nth_working_day(first - ONE, delay, ONE)
    day, counted = first, 1
    if unit == "day":
        while counted < delay:
            day, counted = day + ONE, counted + 1
        return day
    until = _month(first) + delay * (12 if unit == "year" else 1)
    while True:
        morrow = day + ONE
        if _month(morrow) == until and morrow.day == first.day:
            return day  # the eve of the same date
        if _month(day) == until and _month(morrow) > until:
            return day  # no such date: the end of the month
        day = morrow


def same_date(start: date, delay: int, unit: str) -> date:
    """The naive reading: the same day of the month, or the month's last."""
    until = _month(start) + delay * (12 if unit == "year" else 1)
    day = start
    while not (_month(day) == until and (day.day == start.day or _month(day + ONE) > until)):
        day += ONE
    return day


def read(start: date, delay: int, unit: str, counting: str) -> tuple[date, date | None]:
    """The strict date and the other defensible one, or None."""
    in_months = unit in ("month", "year")
    morrow = start + ONE
    if counting == "posted":
        return nth_working_day(start, delay, ONE), None
    if counting == "before":
        if unit == "working_day":
            lenient = nth_working_day(start, delay, -ONE)
            return nth_working_day(lenient, 1, -ONE), lenient
        return start - ONE * (delay + 1), start - ONE * delay
    if counting == "from_first_day":
        return last_day(start, delay, unit), None
    nominal = last_day(morrow, delay, unit)
    if counting == "waiting":
        return nominal + ONE, same_date(start, delay, unit) if in_months else None
    if counting in ("period", "period_no_roll"):
        other = last_day(start, delay, unit) if in_months else nominal
        found = rolled(nominal) if counting == "period" else nominal
        return found, None if other == nominal else other
    return _remedy(start, delay, unit, morrow, nominal)


def _remedy(
    start: date, delay: int, unit: str, morrow: date, nominal: date
) -> tuple[date, date | None]:
    """Art. 50, al. 2: what begins and ends in July and August ends on 15 September."""
    found, end = rolled(nominal), date(morrow.year, 8, 31)
    if morrow.month in (7, 8) and nominal <= end:
        # Nominally in the vacation and carried past it: whether art. 50 extends it is open.
        return rolled(date(morrow.year, 9, 15)), None if found <= end else found
    if unit in ("month", "year"):
        other = same_date(start, delay, unit)
        if other != nominal:
            return found, other
    return found, None


def read_from_posting(
    posted: date, received: date | None, delay: int, unit: str
) -> tuple[date, date | None]:
    """A decision of a welfare centre: art. 53bis for a letter, and the first working day after
    posting as the first day, which is the earliest that is defended (C. const. 59/2011)."""
    start = received or nth_working_day(posted, 3, ONE) - ONE
    strict, other = read(start, delay, unit, "period")
    soonest = last_day(nth_working_day(posted, 1, ONE), delay, unit)
    return strict, min(strict, other or strict, soonest) if soonest < strict or other else None


def told_from(petition: date, summons_received: date | None) -> date:
    """Art. 1344ter §3 and §4: from the fifth day on, and after the two days of the tenant."""
    fifth = petition
    for _ in range(5):
        fifth += ONE
    if summons_received is None:
        return fifth
    return max(fifth, rolled(summons_received + ONE + ONE) + ONE)


def in_winter(day: date) -> bool:
    """CBL art. 233duodecies, CWHD art. 94: from 1 November to 15 March, both included."""
    return day.month in (11, 12, 1, 2) or (day.month == 3 and day.day <= 15)


def _free(day: date, since: date | None = None) -> date:
    """Forward to the first day outside the winter, or on which it does not protect any more."""
    while in_winter(day) and (since is None or day < since):
        day += ONE
    return day


def first_eviction(
    day: date, other: date | None, granted: list[tuple[bool, date]]
) -> tuple[date, date | None]:
    """`after_winter`, and never on a Saturday, a Sunday or a legal holiday (art. 1387)."""
    found = _apart(rolled(day), rolled(other) if other else None)
    day, other = after_winter(*found, granted)
    return _apart(rolled(day), rolled(other) if other else None)


def _apart(day: date, other: date | None) -> tuple[date, date | None]:
    return day, None if other == day else other


def after_winter(
    day: date, other: date | None, granted: list[tuple[bool, date]]
) -> tuple[date, date | None]:
    """The first day of an eviction and its other reading. `granted`: exceptions, each sure or not,
    with its day; a sure one frees, one that is not is at most a reading."""
    blocked = (_free(day), _free(other) if other else None)
    if blocked[0] == blocked[1]:
        blocked = (blocked[0], None)
    sure = [since for is_sure, since in granted if is_sure]
    since = min(sure or [since for _, since in granted], default=None)
    earliest = min(day, other or day)
    if since is None or _free(earliest, since) == (blocked[1] or blocked[0]):
        return blocked
    if not sure:
        return blocked[0], _free(earliest, since)
    freed, reading = _free(day, since), _free(other, since) if other else None
    return freed, None if reading == freed else reading
