"""F38: the board's filters, each alone, and its counts against the lines counted one by one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.families import family
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network

TODAY = date(2026, 2, 18)
LONG_AGO = "2020-01-01"
# Of every state a date can be in: over, near, far; certain, disputed; a hearing at both ends.
ACTS = (
    ("Schaerbeek 1", "service", "2026-01-10"),
    ("Schaerbeek 1", "service", "2026-01-24"),
    ("Schaerbeek 1", "eviction", "2026-03-24"),
    ("Uccle", "service", "2026-02-16"),
    ("Uccle", "petition", "2026-02-16"),
)
HEARINGS = ("2026-02-18T14:00:00+01:00", "2026-02-25T23:30:00+01:00", "2026-02-26T00:30:00+01:00")


@pytest.fixture
@beginning
def lines(network: Network) -> list[Any]:
    """Every line of rw1's board, whatever its day."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    path = f"/api/v1/cases/{open_shared_case(network)['id']}/procedures"
    rw1 = network["rw1"]
    view = {}
    for canton, kind, day in ACTS:
        made = rw1.post(path, {"canton": canton})
        acts = f"/api/v1/procedures/{made['id']}/acts"
        view = rw1.post(acts, {"kind": kind, "acted_on": day})
    for starts_at in HEARINGS:
        made = rw1.post(path, {"canton": "Uccle"})
        rw1.post(f"/api/v1/procedures/{made['id']}/hearings", {"starts_at": starts_at})
    (wait,) = [each for each in view["deadlines"] if each["computes"] == "hearing_not_before"]
    rw1.post(
        f"/api/v1/deadlines/{wait['id']}/override",
        {"date": "2026-02-20", "reason": "The registry said so."},
        status=200,
        If_Match=f'"v{wait["version"]}"',
    )
    return list_board(network, first_day=LONG_AGO)


def list_board(network: Network, who: str = "rw1", **args: str) -> list[Any]:
    query = "&".join(f"{name}={value}" for name, value in args.items())
    return list(network[who].get(f"/api/v1/deadlines?limit=100&{query}")["items"])


BINDING = ("deadline", "eviction", "term", "instalment")


def is_legal(line: Mapping[str, Any]) -> bool:
    return line["about"] in BINDING


def is_hearing(line: Mapping[str, Any]) -> bool:
    return bool(line["about"] == "hearing")


def is_ahead(line: Mapping[str, Any]) -> bool:
    return date.fromisoformat(line["date"]) >= TODAY


def is_near(line: Mapping[str, Any]) -> bool:
    return TODAY <= date.fromisoformat(line["date"]) <= TODAY + timedelta(days=7)


COUNTED = {
    "deadlines_overdue": lambda line: is_legal(line) and line["protective"] and not is_ahead(line),
    "deadlines_in_a_week": lambda line: is_legal(line) and line["protective"] and is_near(line),
    "deadlines_overridden": lambda line: is_ahead(line) and line["overridden"],
    "deadlines_in_doubt": lambda line: (
        is_ahead(line) and not line["overridden"] and line["certainty"] != "found"
    ),
    "hearings_in_a_week": lambda line: is_hearing(line) and is_near(line),
    "hearings_ahead": lambda line: is_hearing(line) and is_ahead(line),
    "tasks_overdue": lambda line: line["about"] == "task" and line["late"],
    "tasks_in_a_week": lambda line: line["about"] == "task" and is_near(line),
}


def test_the_counts_are_those_of_the_lines(network, lines):
    waiting = network["rw1"].get("/api/v1/me")["waiting"]
    expected = {name: sum(map(rule, lines)) for name, rule in COUNTED.items()}
    assert {name: waiting[name] for name in COUNTED} == expected
    # The tasks of a case that was opened today are none of them over.
    assert [name for name, count in expected.items() if not count] == ["tasks_overdue"]
    assert (expected["hearings_in_a_week"], expected["hearings_ahead"]) == (2, 3)


def test_who_does_not_see_the_case_counts_nothing(network, lines):
    for who in ("rw2", "coordinator", "liaison"):
        waiting = network[who].get("/api/v1/me")["waiting"]
        assert {waiting[name] for name in COUNTED} == {0}
        assert list_board(network, who, first_day=LONG_AGO) == []


@family(
    "args, rule",
    [
        ({"canton": "Uccle"}, lambda line: line["canton"] == "Uccle"),
        ({"kind": "hearing"}, is_hearing),
        ({"about": "task"}, lambda line: line["about"] == "task"),
        ({"about": "eviction"}, lambda line: line["about"] == "eviction"),
        ({"kind": "appeal_until"}, lambda line: line["computes"] == "appeal_until"),
        ({"days": "7"}, lambda line: line["days_left"] <= 7),
        ({"days": "0"}, lambda line: line["days_left"] <= 0),
        ({"days": "30", "last_day": "2026-02-25"}, lambda line: line["days_left"] <= 7),
        ({"last_day": "2026-02-25"}, lambda line: line["date"] <= "2026-02-25"),
        ({"protective": "true"}, lambda line: line["protective"]),
        ({"protective": "false"}, lambda line: not line["protective"]),
        ({"certainty": "found"}, lambda line: line["certainty"] == "found"),
        ({"certainty": "disputed"}, lambda line: line["certainty"] == "disputed"),
        ({"overridden": "true"}, lambda line: line["overridden"]),
        ({"overridden": "false"}, lambda line: not line["overridden"]),
        ({"led_by_me": "true"}, lambda line: line["leads"]),
    ],
)
def test_each_filter_leaves_what_it_names(network, lines, args, rule):
    wanted = [line for line in lines if rule(line)]
    assert wanted
    assert list_board(network, first_day=LONG_AGO, **args) == wanted


def test_without_a_first_day_it_begins_today(network, lines):
    assert list_board(network) == [line for line in lines if is_ahead(line)]


def test_what_names_nothing_is_empty_or_refused(network, lines):
    assert list_board(network, kind="eviction_party") == []
    for args in ("certainty=sure", "days=-1", "days=soon", "about=weather"):
        network["rw1"].call("GET", f"/api/v1/deadlines?{args}", status=422)
