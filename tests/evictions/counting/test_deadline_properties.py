"""What holds for every date, not only for the vectors."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.evictions.counting.calendar import belgium
from services.evictions.counting.deadlines import CountedBy, Counting, DeadlineError, Unit, compute
from tests.families import family
from tests.slices import times

BELGIUM = belgium()
ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
DELAYS = st.integers(1, 60)
MONTHS = st.sampled_from([Unit.MONTH, Unit.YEAR])
UNITS_OF = {
    Counting.PERIOD: list(Unit),
    Counting.PERIOD_NO_ROLL: list(Unit),
    Counting.REMEDY: [Unit.DAY, Unit.MONTH, Unit.YEAR],
    Counting.WAITING: list(Unit),
    Counting.BEFORE: [Unit.DAY, Unit.WORKING_DAY],
    Counting.POSTED: [Unit.WORKING_DAY],
    Counting.FROM_FIRST_DAY: list(Unit),
}
PAIRS = [(counting, unit) for counting, units in UNITS_OF.items() for unit in units]
QUESTIONS = st.sampled_from(PAIRS)
unhurried = settings(deadline=None, max_examples=times(100, 40))


def _compute(start, delay, unit, counting):
    return compute(start, delay, unit, counting, calendar=BELGIUM)


def _working_days_between(first, last):
    count = (last - first).days - 1
    return sum(BELGIUM.is_working_day(first + ONE_DAY * n) for n in range(1, count + 1))


@unhurried
@given(DAYS, st.integers(1, 400), DELAYS, QUESTIONS.filter(lambda q: q[0] is not Counting.REMEDY))
def test_a_later_start_never_gives_an_earlier_date(start, gap, delay, question):
    counting, unit = question
    later = _compute(start + ONE_DAY * gap, delay, unit, counting)
    assert _compute(start, delay, unit, counting).date <= later.date


@unhurried
@given(DAYS, st.integers(1, 400), st.integers(3, 60))
def test_a_remedy_too_long_for_the_vacation_is_monotone_too(start, gap, delay):
    later = _compute(start + ONE_DAY * gap, delay, Unit.MONTH, Counting.REMEDY)
    assert _compute(start, delay, Unit.MONTH, Counting.REMEDY).date <= later.date


def test_a_judgment_served_in_august_can_expire_before_one_served_in_july():
    july = _compute(date(2026, 7, 30), 1, Unit.MONTH, Counting.REMEDY)
    august = _compute(date(2026, 8, 1), 1, Unit.MONTH, Counting.REMEDY)
    assert (july.date, august.date) == (date(2026, 9, 15), date(2026, 9, 1))


@unhurried
@given(DAYS, DELAYS, QUESTIONS.filter(lambda q: q[0] in {Counting.PERIOD, Counting.REMEDY}))
def test_a_rolled_date_is_always_a_working_day(start, delay, question):
    counting, unit = question
    assert BELGIUM.is_working_day(_compute(start, delay, unit, counting).date)


@unhurried
@given(DAYS, DELAYS, QUESTIONS)
def test_the_other_reading_is_earlier_except_when_counting_back(start, delay, question):
    counting, unit = question
    deadline = _compute(start, delay, unit, counting)
    if deadline.earlier_reading is None:
        assert deadline.earliest == deadline.date
    elif counting is Counting.BEFORE:
        assert deadline.earliest == deadline.date < deadline.earlier_reading < start
    else:
        assert deadline.earliest == deadline.earlier_reading < deadline.date


@unhurried
@given(DAYS, DELAYS, QUESTIONS)
def test_strict_keeps_the_date_and_drops_the_other_reading(start, delay, question):
    counting, unit = question
    deadline = _compute(start, delay, unit, counting)
    strict = deadline.strict()
    assert (strict.date, strict.earlier_reading) == (deadline.date, None)
    dropped = len(deadline.steps) - len(strict.steps)
    assert dropped == (deadline.earlier_reading is not None)


@unhurried
@given(DAYS, DELAYS)
def test_counting_back_leaves_that_many_full_working_days(start, delay):
    deadline = _compute(start, delay, Unit.WORKING_DAY, Counting.BEFORE)
    assert BELGIUM.is_working_day(deadline.date)
    assert _working_days_between(deadline.date, start) == delay
    assert _working_days_between(deadline.earlier_reading, start) == delay - 1


@unhurried
@given(DAYS, DELAYS)
def test_counting_back_in_days_leaves_that_many_full_days(start, delay):
    deadline = _compute(start, delay, Unit.DAY, Counting.BEFORE)
    assert (start - deadline.date).days - 1 == delay


@unhurried
@given(DAYS, DELAYS)
def test_posted_is_the_nth_working_day_after_posting(start, delay):
    day = _compute(start, delay, Unit.WORKING_DAY, Counting.POSTED).date
    assert BELGIUM.is_working_day(day)
    assert _working_days_between(start, day) == delay - 1


@unhurried
@given(DAYS, DELAYS, st.sampled_from(Unit))
def test_waiting_ends_the_day_after_the_whole_period(start, delay, unit):
    period = _compute(start, delay, unit, Counting.PERIOD_NO_ROLL).date
    assert _compute(start, delay, unit, Counting.WAITING).date == period + ONE_DAY


@unhurried
@given(DAYS, DELAYS, st.sampled_from(Unit))
def test_counting_the_first_day_is_a_period_from_the_day_before(start, delay, unit):
    period = _compute(start - ONE_DAY, delay, unit, Counting.PERIOD_NO_ROLL).date
    assert _compute(start, delay, unit, Counting.FROM_FIRST_DAY).date == period


@unhurried
@given(DAYS, DELAYS)
def test_a_year_is_twelve_months(start, delay):
    year = _compute(start, delay, Unit.YEAR, Counting.REMEDY)
    months = _compute(start, 12 * delay, Unit.MONTH, Counting.REMEDY)
    assert (year.date, year.earlier_reading) == (months.date, months.earlier_reading)


@unhurried
@given(DAYS, DELAYS, MONTHS)
def test_months_end_in_the_right_month_whatever_its_length(start, delay, unit):
    months = delay * (12 if unit is Unit.YEAR else 1)
    last = _compute(start, delay, unit, Counting.PERIOD_NO_ROLL).date
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day == start.day or (last + ONE_DAY).day == 1


@family(
    "start, last",
    [
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 1, 29), date(2028, 2, 29)),
        (date(2027, 1, 29), date(2027, 2, 28)),
        (date(2028, 2, 28), date(2028, 3, 28)),
        (date(2028, 2, 29), date(2028, 3, 31)),
        (date(2027, 2, 28), date(2027, 3, 31)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_month_ends_and_leap_days_follow_the_eve_of_the_date(start, last):
    assert _compute(start, 1, Unit.MONTH, Counting.PERIOD_NO_ROLL).date == last


@family("counting", [Counting.PERIOD, Counting.PERIOD_NO_ROLL])
def test_readings_that_end_on_the_same_day_are_one(counting):
    deadline = _compute(date(2027, 12, 30), 2, Unit.MONTH, counting)
    assert (deadline.date, deadline.earlier_reading) == (date(2028, 2, 29), None)


def test_a_remedy_ending_on_saturday_31_august_has_both_dates_of_the_open_question():
    deadline = _compute(date(2024, 7, 31), 1, Unit.MONTH, Counting.REMEDY)
    assert (deadline.date, deadline.earliest) == (date(2024, 9, 16), date(2024, 9, 2))
    assert [step.code for step in deadline.steps[-3:]] == [
        "judicial_vacation",
        "rolled",
        "reading_vacation_does_not_extend",
    ]


@family(
    "counting, law, cited, never",
    [
        (Counting.PERIOD, CountedBy.COUNCIL, "AR 23 August 1948", "C. jud."),
        (Counting.REMEDY, CountedBy.COUNCIL, "AR 23 August 1948", "C. jud."),
        (Counting.WAITING, CountedBy.CIVIL, "C. civ.", "C. jud."),
        (Counting.PERIOD, CountedBy.CIVIL, "C. civ.", "C. jud."),
        (Counting.WAITING, CountedBy.JUDICIAL, "C. jud.", "C. civ."),
        (Counting.REMEDY, CountedBy.JUDICIAL, "C. jud.", "C. civ."),
    ],
)
def test_each_step_cites_the_law_that_counts_the_norm(counting, law, cited, never):
    for start in (date(2026, 7, 1), date(2026, 11, 13), date(2026, 1, 30)):
        found = compute(start, 2, Unit.MONTH, counting, calendar=BELGIUM, law=law)
        assert all(cited in step.article and never not in step.article for step in found.steps)


def test_the_judicial_vacation_lengthens_no_delay_of_another_law():
    found = compute(
        date(2026, 7, 1), 1, Unit.MONTH, Counting.REMEDY, calendar=BELGIUM, law=CountedBy.COUNCIL
    )
    assert (found.date, found.earlier_reading) == (date(2026, 8, 3), None)


def test_each_day_that_does_not_count_is_named():
    moved = _compute(date(2026, 11, 26), 1, Unit.MONTH, Counting.PERIOD)
    assert moved.steps[-2].say("en") == (
        "26 December 2026 is not a working day, so the last day moves to 28 December 2026."
        " Not working days: Saturday 26 December and Sunday 27 December."
    )
    back = _compute(date(2026, 11, 17), 5, Unit.WORKING_DAY, Counting.BEFORE)
    (skipped,) = (step for step in back.steps if step.code == "skipped")
    assert skipped.say("fr") == (
        "Ne comptent pas comme jours ouvrables : samedi 7 novembre, dimanche 8 novembre,"
        " mercredi 11 novembre (Armistice), samedi 14 novembre et dimanche 15 novembre."
    )
    long = _compute(date(2026, 12, 31), 60, Unit.WORKING_DAY, Counting.BEFORE)
    (skipped,) = (step for step in long.steps if step.code == "skipped")
    assert skipped.say("nl") == (
        "Tellen niet mee als werkdag: de zaterdagen en zondagen,"
        " woensdag 11 november (Wapenstilstand) en vrijdag 25 december (Kerstmis)."
    )


def test_a_remedy_in_days_is_extended_by_the_vacation_too():
    assert _compute(date(2026, 7, 1), 15, Unit.DAY, Counting.REMEDY).date == date(2026, 9, 15)


def test_a_waiting_date_on_a_holiday_is_kept_and_says_so():
    deadline = _compute(date(2026, 2, 16), 40, Unit.DAY, Counting.WAITING)
    assert deadline.date == date(2026, 3, 29)
    assert (deadline.steps[-1].code, deadline.steps[-1].date) == ("not_moved", None)


MEANINGLESS = [(each, unit) for each in Counting for unit in Unit if (each, unit) not in PAIRS]


@family("counting, unit", MEANINGLESS)
def test_a_counting_without_meaning_in_a_unit_is_refused(counting, unit):
    with pytest.raises(DeadlineError, match=counting):
        _compute(date(2026, 1, 5), 3, unit, counting)


@family("delay", [0, -1, 3661])
def test_a_delay_out_of_range_is_refused(delay):
    with pytest.raises(DeadlineError, match="A delay is a whole number"):
        _compute(date(2026, 1, 5), delay, Unit.DAY, Counting.PERIOD)


@family("start", [date(1899, 12, 31), date(2201, 1, 1), datetime(2026, 1, 5)])  # noqa: DTZ001
def test_a_start_out_of_range_or_with_a_time_is_refused(start):
    with pytest.raises(DeadlineError):
        _compute(start, 3, Unit.DAY, Counting.PERIOD)


@family(
    "start, delay, unit, counting",
    [
        (date(2200, 12, 30), 3, Unit.DAY, Counting.PERIOD),
        (date(2200, 1, 1), 3660, Unit.YEAR, Counting.REMEDY),
        (date(1900, 1, 2), 3, Unit.WORKING_DAY, Counting.BEFORE),
    ],
)
def test_an_answer_out_of_range_is_refused(start, delay, unit, counting):
    with pytest.raises(DeadlineError, match="1900 to 2200"):
        _compute(start, delay, unit, counting)
