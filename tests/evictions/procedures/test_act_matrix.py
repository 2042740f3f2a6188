"""Acts out of order, missing, contradictory: written down all the same, each doubt by its name, and
every date as from the acts alone.
"""

from datetime import UTC, datetime
from itertools import combinations
from random import Random

import pytest

from services.evictions.law.regimes import regimes
from tests.families import family
from tests.journeys.steps import open_shared_case
from tests.people import Network
from tests.slices import some, times

ORDERS, PAIRS = times(6, 1), times(40, 2)
COURSE = [
    *(("formal_notice", "2026-01-05"), ("petition", "2026-02-09"), ("summons", "2026-02-11")),
    *(("submissions", "2026-03-02"), ("judgment", "2026-04-13"), ("service", "2026-04-20")),
    *(("bailiff_notice", "2026-05-04"), ("eviction", "2026-06-02")),
    *(("citation", "2026-02-10"), ("unilateral_petition", "2026-02-09")),
    *(("default_judgment", "2026-04-14"), ("suspension", "2026-05-20")),
    *(("settlement", "2026-04-13"), ("welfare_decision", "2026-02-20")),
    ("safety_order", "2026-02-19"),
]


@pytest.fixture
def case(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def record(network, case, acts, regime="BRU_LEASE"):
    """The procedure after these acts, in this order. A hearing at nine in the morning."""
    path = f"/api/v1/cases/{case['id']}/procedures"
    body = {"canton": "Schaerbeek 1", "regime": regime}
    seen = network["rw1"].post(path, body)
    for kind, day, *received in acts:
        path = f"/api/v1/procedures/{seen['id']}"
        if kind == "hearing":
            body = {"starts_at": f"{day}T09:00:00+02:00"}
            seen = network["rw1"].post(f"{path}/hearings", body)
        else:
            body = {"kind": kind, "acted_on": day}
            body |= {"received_on": received[0]} if received else {}
            seen = network["rw1"].post(f"{path}/acts", body)
    return seen


def dates(seen):
    names = ("rule_id", "computes", "date", "earlier_reading", "protective", "rule_version")
    days = {act["id"]: act["acted_on"] for act in seen["acts"]}
    found = [
        (days[each["act_id"]], *(str(each[name]) for name in names)) for each in seen["deadlines"]
    ]
    return sorted(found)


def doubts(seen):
    return sorted(
        (act["kind"], act["acted_on"], warning["code"], warning.get("rule_id") or "")
        for act in seen["acts"]
        for warning in act["warnings"]
    )


@pytest.mark.parametrize("regime", some(list(regimes()), 1))
def test_any_order_of_entry_gives_the_same_dates_and_the_same_doubts(network, case, regime):
    straight = record(network, case, COURSE, regime)
    dice = Random(regime)
    for order in [dice.sample(COURSE, len(COURSE)) for _ in range(ORDERS)]:
        seen = record(network, case, order, regime)
        assert dates(seen) == dates(straight), order
        assert doubts(seen) == doubts(straight), order


@pytest.mark.parametrize("regime", some(list(regimes()), 1))
def test_each_act_alone_and_each_pair_say_what_the_acts_say(network, case, regime):
    """Nothing of what is missing is needed: a pair gives what its two acts give."""
    pairs = Random(regime).sample(list(combinations(COURSE, 2)), PAIRS)
    alone = {
        act: dates(record(network, case, [act], regime))
        for act in {each for p in pairs for each in p}
    }
    for pair in pairs:
        assert dates(record(network, case, pair, regime)) == sorted(
            each for act in pair for each in alone[act]
        )


LATE, EARLY = "before-what-it-follows", "before-lawful-date"
# What was written down, in the order of entry, and every doubt that is named.
CONTRADICTIONS = {
    "petition within the month of the notice": (
        [("formal_notice", "2026-02-02"), ("petition", "2026-02-16")],
        [("petition", "2026-02-16", EARLY, "BRU-02")],
    ),
    "the same, the petition written down first": (
        [("petition", "2026-02-16"), ("formal_notice", "2026-02-02")],
        [("petition", "2026-02-16", EARLY, "BRU-02")],
    ),
    "petition before the notice": (
        [("formal_notice", "2026-02-16"), ("petition", "2026-02-02")],
        [("petition", "2026-02-02", LATE, "")],
    ),
    "hearing before 40 days": (
        [("petition", "2026-02-16"), ("hearing", "2026-03-10")],
        [("hearing", "2026-03-10", EARLY, "BRU-04")],
    ),
    "judgment before the hearing": (
        [("judgment", "2026-03-02"), ("hearing", "2026-05-12")],
        [("judgment", "2026-03-02", LATE, "")],
    ),
    "service before the judgment": (
        [("service", "2026-02-02"), ("judgment", "2026-02-10")],
        [("service", "2026-02-02", LATE, "")],
    ),
    "the bailiff's notice before the service": (
        [("bailiff_notice", "2026-04-01"), ("service", "2026-04-20")],
        [("bailiff_notice", "2026-04-01", LATE, "")],
    ),
    "execution in the moratorium": (
        [("eviction", "2026-12-01")],
        [("eviction", "2026-12-01", "in-moratorium", "BRU-12")],
    ),
    "execution within the month of the service": (
        [("service", "2026-04-20"), ("eviction", "2026-05-04")],
        [("eviction", "2026-05-04", EARLY, "BRU-10")],
    ),
    "received before it was sent": (
        [("service", "2026-02-16", "2026-02-10")],
        [("service", "2026-02-16", "received-before-sent", "")],
    ),
    "one kind with two dates": (
        [
            *(("formal_notice", "2026-01-05"), ("formal_notice", "2026-02-02")),
            ("petition", "2026-02-16"),
        ],
        [("petition", "2026-02-16", EARLY, "BRU-02")],
    ),
    "a second procedure's petition after the first hearing": (
        [("petition", "2026-01-05"), ("hearing", "2026-03-10"), ("petition", "2026-04-01")],
        [],
    ),
    "nothing but the end": ([("eviction", "2026-06-02")], []),
}


@family("name", CONTRADICTIONS)
def test_a_contradiction_is_written_down_and_named(network, case, name):
    acts, expected = CONTRADICTIONS[name]
    assert doubts(record(network, case, acts)) == expected
    assert doubts(record(network, case, acts[::-1])) == expected
