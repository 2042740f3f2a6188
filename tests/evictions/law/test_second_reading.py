"""10,000 random deadlines of 2020–2040 against the second implementation: no difference.

Half of the starts lie where counting goes wrong: ends of months, leap days, holidays and their
neighbours, the judicial vacation, both nights on which the clock changes.
"""

import random
from datetime import date, timedelta
from uuid import uuid4

from services.evictions.counting.calendar import belgium
from services.evictions.counting.deadlines import Counting, Unit, compute
from services.evictions.counting.delivery import Delivery
from services.evictions.dates.computing import computed
from services.evictions.dates.facts import ActRow
from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.in_force import law_of
from services.evictions.law.rulebook import apply
from services.evictions.law.rulesets import codes, shipped
from tests.evictions.law import second_reading
from tests.evictions.law.second_reading import LEGAL
from tests.slices import times

SEED, HOW_MANY, FEWER = 20261122, times(10_000, 2_000), times(1_000, 300)
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


def test_every_remedy_that_ends_with_august_is_read_alike():
    """Each start from 28 July to 1 August of a century: the open question of art. 50."""
    starts = [date(year, 7, day) for year in range(2020, 2041) for day in (28, 29, 30, 31)]
    open_questions = []
    for start in starts:
        mine = compute(start, 1, Unit.MONTH, Counting.REMEDY, calendar=belgium())
        read = second_reading.read(start, 1, "month", "remedy")
        assert (mine.date, mine.earlier_reading) == read
        if mine.earlier_reading:
            open_questions.append(start)
            assert mine.date.month == mine.earlier_reading.month == 9
    assert date(2024, 7, 31) in open_questions
    assert len(open_questions) > 5


def aid_rule():
    return next(
        rule for code in codes() for rule in shipped(code).rules if rule.id.endswith("AID-01")
    )


def test_a_thousand_decisions_of_a_welfare_centre_are_read_alike():
    chance, rule, different = random.Random(SEED), aid_rule(), []
    for number in range(FEWER):
        posted = chance.choice(HARD if number % 2 else EVERY)
        received = chance.choice([None, posted + ONE * chance.randint(1, 20)])
        act = DatedAct(
            kind=ActKind.WELFARE_DECISION,
            acted_on=posted,
            received_on=received,
            delivery=Delivery.REGISTERED,
        )
        mine = apply(rule, act, belgium())
        other = second_reading.read_from_posting(posted, received, 3, "month")
        if (mine.date, mine.earlier_reading) != other:
            different.append((posted, received, mine.date, mine.earlier_reading, other))
    assert different == []


def test_a_thousand_welfare_centres_are_told_alike_and_never_in_the_time_to_object():
    chance, law, different = random.Random(SEED), law_of(()), []
    for number in range(FEWER):
        petition = chance.choice(HARD if number % 2 else EVERY)
        received = chance.choice([None, petition + ONE * chance.randint(0, 20)])
        acts = [ActRow(uuid4(), "petition", petition, None, None)]
        if received:
            acts.append(ActRow(uuid4(), "summons", petition, received, "judicial_letter"))
        dates = {
            new.rule.computes: new.deadline for new in computed(acts, "FED-2018", law).values()
        }
        mine = dates["welfare_informed_from"].earliest
        if mine != second_reading.told_from(petition, received):
            different.append((petition, received, mine))
        assert "welfare_objection_until" not in dates or (
            mine > dates["welfare_objection_until"].date
        )
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
