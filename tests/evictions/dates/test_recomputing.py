"""Deadlines come from base acts: whatever the course of corrections, a fresh computation is the
same; and who computes sees the acts only as long as somebody asked for it.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from services.evictions.counting.rulefile import RULES, Words
from services.evictions.law.acts import ActKind
from services.evictions.law.in_force import Change, law_of
from services.evictions.law.model import ChangeKind
from services.evictions.law.rulesets import shipped
from tests.families import family
from tests.journeys.steps import open_shared_case
from tests.people import Network
from tests.slices import some

KINDS = ("formal_notice", "petition", "service", "judgment", "bailiff_notice", "eviction")
HOLIDAY = Change(
    kind=ChangeKind.HOLIDAY_ADDED, day=date(2026, 10, 15), names=Words("Day", "Jour", "Dag")
)
SECOND = Change(
    kind=ChangeKind.VERSION,
    rule_set="BXL-2023-09",
    source=(RULES / "bxl-2023-09.toml")
    .read_text()
    .replace("version = 1\nvalid_from = 2023-08-31", "version = 2\nvalid_from = 2026-09-01"),
)


@pytest.fixture
def opened(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def _procedure(network, case):
    path = f"/api/v1/cases/{case['id']}/procedures"
    return network["rw1"].post(path, {"canton": "Schaerbeek 1"})


def _act(network, procedure, kind, day, **more):
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    return network["rw1"].post(path, {"kind": kind, "acted_on": day, **more})


def _computed(view):
    names = ("computes", "rule_id", "date", "computed_date", "earlier_reading", "steps")
    rows = [tuple(str(each[name]) for name in names) for each in view["deadlines"]]
    return sorted(rows)


def _in_force(view):
    return [act for act in view["acts"] if act["replaced_by"] is None]


@family("seed", some(range(4), 1))
def test_a_chain_of_corrections_equals_a_fresh_computation(network, opened, seed):
    dice = Random(seed)

    def day() -> str:
        return (date(2025, 12, 1) + timedelta(days=dice.randrange(400))).isoformat()

    chained = _procedure(network, opened)
    for kind in dice.sample(KINDS, 4):
        chained = _act(network, chained, kind, day())
    for _ in range(6):
        act = dice.choice(_in_force(chained))
        path = f"/api/v1/procedures/{chained['id']}/acts/{act['id']}/correction"
        body = {"kind": dice.choice(KINDS), "acted_on": day(), "reason": "Misread"}
        chained = network["rw1"].post(path, body)
    fresh = _procedure(network, opened)
    for act in dice.sample(_in_force(chained), 4):
        fresh = _act(network, fresh, act["kind"], act["acted_on"])
    assert _computed(fresh) == _computed(chained)
    again = f"/api/v1/procedures/{chained['id']}/regime"
    versions = {each["id"]: each["version"] for each in chained["deadlines"]}
    twice = network["rw1"].post(again, {}, status=200)
    assert _computed(twice) == _computed(chained)
    assert {each["id"]: each["version"] for each in twice["deadlines"]} == versions


# Acts as people hand them in: late, twice, half, and one against the other.
MATRIX = {
    "the judgment before the petition": [("judgment", "2026-03-02"), ("petition", "2026-03-20")],
    "the notice after the hearing": [("hearing", "2026-03-31"), ("formal_notice", "2026-04-02")],
    "served, and nothing before": [("service", "2026-02-16")],
    "executed, and nothing before": [("eviction", "2026-02-20")],
    "two petitions": [("petition", "2026-02-02"), ("petition", "2026-02-09")],
    "the same act twice": [("service", "2026-02-16"), ("service", "2026-02-16")],
    "a judgment and a settlement": [("judgment", "2026-03-02"), ("settlement", "2026-03-02")],
    "in the year before the rules": [("petition", "2023-01-10")],
    "on a leap day": [("service", "2024-02-29")],
}


@family("name", MATRIX)
def test_acts_in_any_order_are_taken_and_computed_alike(network, opened, name):
    acts = [(kind, day) for kind, day in MATRIX[name] if kind != "hearing"]
    forth, back = (_procedure(network, opened) for _ in range(2))
    for kind, day in acts:
        forth = _act(network, forth, kind, day)
    for kind, day in reversed(acts):
        back = _act(network, back, kind, day)
    assert _computed(forth) == _computed(back)
    known = {act["id"] for act in forth["acts"]}
    assert {each["act_id"] for each in forth["deadlines"]} <= known


def test_too_early_is_said_and_never_stopped(network, opened):
    procedure = _act(network, _procedure(network, opened), "formal_notice", "2026-02-10")
    procedure = _act(network, procedure, "petition", "2026-02-12")
    petition = next(act for act in procedure["acts"] if act["kind"] == "petition")
    assert [warning["rule_id"] for warning in petition["warnings"]] == ["BRU-02"]
    assert "hearing_not_before" in {each["computes"] for each in procedure["deadlines"]}


def test_the_version_that_holds_is_that_of_the_day_of_the_act():
    law = law_of((SECOND,))
    numbers = {day: law.on("BXL-2023-09", day).version for day in _days("2026-08-31", 2)}
    assert list(numbers.values()) == [1, 2]
    assert law.on("BXL-2023-09", date(1990, 1, 1)).version == 1
    assert law.version("BXL-2023-09", 3) is None
    assert law.on("FED-2018", date(2026, 9, 1)) == shipped("FED-2018")


def test_a_disabled_and_an_altered_rule_are_so_in_every_version():
    gone = Change(kind=ChangeKind.RULE_DISABLED, rule_set="BXL-2023-09", rule_id="BRU-02")
    other = Change(
        kind=ChangeKind.RULE_ALTERED,
        rule_set="BXL-2023-09",
        rule_id="BRU-04",
        delay=41,
        valid_until=date(2026, 12, 31),
    )
    for rule_set in law_of((SECOND, gone, other)).versions["BXL-2023-09"]:
        rules = {rule.id: rule for rule in rule_set.rules}
        assert "BRU-02" not in rules
        assert (rules["BRU-04"].delay, rules["BRU-04"].triggers) == (41, (ActKind.PETITION,))
        assert not rules["BRU-04"].in_force_on(date(2027, 1, 1))


def test_a_holiday_of_the_network_holds_in_its_year_alone():
    calendar = law_of((HOLIDAY,)).calendar
    assert not calendar.is_working_day(date(2026, 10, 15))
    assert calendar.is_working_day(date(2027, 10, 15))
    removed = Change(kind=ChangeKind.HOLIDAY_REMOVED, day=date(2026, 7, 21))
    calendar = law_of((removed,)).calendar
    assert calendar.is_working_day(date(2026, 7, 21))
    assert not calendar.is_working_day(date(2027, 7, 21))


def test_workers_see_acts_and_dates_only_while_somebody_asked(network, opened):
    _act(network, _procedure(network, opened), "petition", "2026-02-16")

    def seen() -> list[int]:
        with network.runtime.transaction() as uow:
            return [
                uow.session.connection().exec_driver_sql(f"SELECT count(id) FROM {table}").scalar()
                for table in ("procedures", "acts", "deadlines")
            ]

    assert seen() == [0, 0, 0]
    body = {"day": "2026-06-02", "names": {"en": "D", "fr": "J", "nl": "D"}, "reason": "R"}
    change = network["coordinator"].post("/api/v1/holidays", body)
    network["coordinator"].post(f"/api/v1/rule-changes/{change['id']}/previews", {})
    assert seen() == [1, 1, 1]


def _days(first: str, count: int) -> list[date]:
    start = date.fromisoformat(first)
    return [start + timedelta(days=number) for number in range(count)]
