"""10,000 random deadlines of 2020–2040 against the second implementation: no difference.

Half of the starts lie where counting goes wrong: ends of months, leap days, holidays and their
neighbours, the judicial vacation, both nights on which the clock changes.
"""

import random
from datetime import date, timedelta

from services.evictions.law.calendar import belgium
from services.evictions.law.deadlines import Counting, Unit, compute
from tests.evictions.law import second_reading
from tests.evictions.law.second_reading import LEGAL

SEED, HOW_MANY = 20261122, 10_000
FIRST, LAST = date(2020, 1, 1), date(2040, 12, 31)
LONGEST = {Unit.DAY: 120, Unit.WORKING_DAY: 60, Unit.MONTH: 14, Unit.YEAR: 3}
UNITS = {
    Counting.REMEDY: (Unit.DAY, Unit.MONTH, Unit.YEAR),
    Counting.BEFORE: (Unit.DAY, Unit.WORKING_DAY),
    Counting.POSTED: (Unit.WORKING_DAY,),
}
ONE = timedelta(days=1)
EVERY = [FIRST + ONE * n for n in range((LAST - FIRST).days + 1)]


def _is_hard(day):
    morrow = day + ONE
    ends = morrow.month != day.month or day.day >= 28
    around = any(day + ONE * n in LEGAL for n in (-1, 0, 1))
    clocks = day.month in (3, 10) and day.isoweekday() >= 6 and day.day >= 24
    vacation = (day.month, day.day) in {(6, 29), (6, 30), (7, 1), (7, 31), (8, 1), (8, 31)}
    return ends or around or clocks or vacation


HARD = [day for day in EVERY if _is_hard(day)]


def test_ten_thousand_random_deadlines_are_read_alike():
    chance = random.Random(SEED)
    different, asked = [], set()
    for number in range(HOW_MANY):
        counting = chance.choice(list(Counting))
        unit = chance.choice(UNITS.get(counting, tuple(Unit)))
        delay = chance.randint(1, LONGEST[unit])
        start = chance.choice(HARD if number % 2 else EVERY)
        mine = compute(start, delay, unit, counting, calendar=belgium())
        other = second_reading.read(start, delay, unit.value, counting.value)
        asked.add((counting, unit))
        if (mine.date, mine.earlier_reading) != other:
            different.append((start, delay, unit, counting, mine.date, mine.earlier_reading, other))
    print(f"{HOW_MANY} deadlines, {len(asked)} countings in units, {len(different)} differences")
    assert len(asked) == 22
    assert different == []


def test_the_second_implementation_is_another_one_and_can_disagree():
    """Without the holidays it knows, it does not read Labour Day as we do."""
    start = date(2026, 4, 1)
    read = second_reading.read(start, 1, "month", "remedy")
    assert read == (date(2026, 5, 4), None)
    LEGAL.discard(date(2026, 5, 1))
    try:
        assert second_reading.read(start, 1, "month", "remedy") == (date(2026, 5, 1), None)
    finally:
        LEGAL.add(date(2026, 5, 1))
