"""Every row of the test vectors, both readings (deadlines.csv, copied from the law file)."""

import csv
from datetime import date
from pathlib import Path

from services.evictions.counting.calendar import belgium
from services.evictions.counting.deadlines import Counting, Deadline, Unit, compute
from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.rulebook import apply
from services.evictions.law.rulesets import brussels
from tests.families import family

VECTORS = Path(__file__).with_name("deadlines.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(VECTORS.splitlines()))
# One row asks the very question of two others (one month, waiting) and expects one reading where
# they expect two. Only the legal context differs, so that row is answered by its rule.
ANSWERED_BY_A_RULE = {("2026-03-10", "1", "month", "waiting"): "BRU-02"}


def _answer(row: dict[str, str]) -> Deadline:
    start, delay = date.fromisoformat(row["start"]), int(row["delay"])
    rule = ANSWERED_BY_A_RULE.get((row["start"], row["delay"], row["unit"], row["counting"]))
    if rule:
        return apply(
            brussels().rule(rule), DatedAct(kind=ActKind.FORMAL_NOTICE, acted_on=start), belgium()
        )
    unit, counting = Unit(row["unit"]), Counting(row["counting"])
    return compute(start, delay, unit, counting, calendar=belgium())


def test_all_vectors_are_here():
    assert len(ROWS) == 28


@family("row", ROWS)
def test_vector(row):
    deadline = _answer(row)
    assert deadline.date.isoformat() == row["expected"]
    assert (str(deadline.earlier_reading) if deadline.earlier_reading else "") == (
        row["earlier_reading"]
    )


def test_without_a_rule_a_month_of_waiting_always_shows_both_readings():
    deadline = compute(date(2026, 3, 10), 1, Unit.MONTH, Counting.WAITING, calendar=belgium())
    assert (deadline.date, deadline.earlier_reading) == (date(2026, 4, 11), date(2026, 4, 10))


@family("row", ROWS)
def test_alerts_use_the_earliest_reading(row):
    readings = [row["expected"], row["earlier_reading"] or row["expected"]]
    assert _answer(row).earliest.isoformat() == min(readings)


@family("row", ROWS)
def test_each_date_is_reached_by_a_step_with_its_article(row):
    deadline = _answer(row)
    reached = {step.date for step in deadline.steps}
    assert {deadline.date, deadline.earlier_reading or deadline.date} <= reached
    assert all(step.article for step in deadline.steps)
    for step in deadline.steps:
        said = [step.say(language) for language in ("en", "fr", "nl")]
        assert said == [step.words.en, step.words.fr, step.words.nl]
        assert all(each and "{" not in each for each in said)
