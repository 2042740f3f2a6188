"""A network disables a moratorium, an exception, a duty, or ends one; a mayor's order has none."""

from datetime import UTC, datetime

import pytest

from tests.evictions.dates.test_moratorium_exceptions import (
    BLOCKED,
    GRANTED,
    LIFTED,
    SERVED,
    earliest,
)
from tests.evictions.law_changes.test_rule_versions import _apply, _counts, _preview
from tests.families import family
from tests.journeys.steps import join, open_shared_case

WINTER = {"rule_set": "BXL-2023-09", "rule_id": "BRU-12"}
OWN_OCCUPATION = {"rule_set": "BXL-2023-09", "rule_id": "BRU-12x-4"}
SOCIAL_CENTRE = {"rule_set": "BXL-2023-09", "rule_id": "BRU-05"}
OPEN = ("2026-12-07", None)


@pytest.fixture
def case(network):
    network.clock.set(datetime(2026, 11, 9, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def procedure(network, case, regime="BRU_LEASE"):
    body = {"canton": "Schaerbeek 1", "regime": regime}
    made = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body)
    return f"/api/v1/procedures/{made['id']}"


def draft(network, what, **how):
    body = {**what, "reason": "A decision of the network", **how}
    return network["coordinator"].post("/api/v1/rule-changes", body)


def test_a_moratorium_that_is_disabled_blocks_nothing_and_comes_back(network, case):
    path = procedure(network, case)
    assert earliest(network["rw1"].post(f"{path}/acts", SERVED)) == BLOCKED
    change = draft(network, WINTER, disabled=True)
    run = _apply(network, _preview(network, change))
    assert _counts(run)["changed"] == 1
    assert earliest(network["rw1"].get(path))[:2] == OPEN
    eviction = {"kind": "eviction", "acted_on": "2026-12-14"}
    after = network["rw1"].post(f"{path}/acts", eviction)
    warned = {each["code"] for act in after["acts"] for each in act["warnings"]}
    assert "in-moratorium" not in warned
    network.clock.advance(minutes=1)
    _apply(network, _preview(network, change, retires=True))
    assert earliest(network["rw1"].get(path)) == BLOCKED


def test_a_moratorium_is_given_a_last_day(network, case):
    path = procedure(network, case)
    network["rw1"].post(f"{path}/acts", SERVED)
    _apply(network, _preview(network, draft(network, WINTER, valid_until="2026-10-31")))
    assert earliest(network["rw1"].get(path))[:2] == OPEN


def test_an_exception_that_is_disabled_lifts_nothing(network, case):
    path = procedure(network, case)
    network["rw1"].post(f"{path}/acts", SERVED)
    assert earliest(network["rw1"].post(f"{path}/acts", GRANTED)) == LIFTED
    _apply(network, _preview(network, draft(network, OWN_OCCUPATION, disabled=True)))
    assert earliest(network["rw1"].get(path)) == BLOCKED


def test_a_duty_that_is_disabled_is_asked_no_more(network, case):
    _apply(network, _preview(network, draft(network, SOCIAL_CENTRE, disabled=True)))
    path = procedure(network, case)
    body = {"kind": "petition", "acted_on": "2026-11-05"}
    after = network["rw1"].post(f"{path}/acts", body)
    assert "BRU-05" not in {each["rule_id"] for each in after["duties"]}
    assert after["welfare_steps"] == []


@family("what", [WINTER, OWN_OCCUPATION, SOCIAL_CENTRE])
def test_only_a_rule_has_a_delay(network, what):
    body = {**what, "reason": "R", "delay": 3}
    refused = network["coordinator"].post("/api/v1/rule-changes", body, status=422)
    assert refused["code"] == "rule-has-no-delay"


def test_what_no_rule_set_knows_is_refused(network):
    for what in ({**WINTER, "rule_id": "BRU-99"}, {**WINTER, "rule_set": "BXL-1999"}):
        body = {**what, "reason": "R", "disabled": True}
        refused = network["coordinator"].post("/api/v1/rule-changes", body, status=422)
        assert refused["code"] == "rule-unknown"


def test_a_mayors_order_is_sent_to_the_welfare_centre_and_knows_no_winter(network, case):
    join(network, case, "rw2", "generalist")
    path = procedure(network, case, "ADMIN")
    ordered = {"kind": "safety_order", "acted_on": "2026-11-06"}
    network["rw1"].post(f"{path}/acts", ordered)
    emptied = {"kind": "eviction", "acted_on": "2026-12-14"}
    seen = network["rw1"].post(f"{path}/acts", emptied)
    assert [each["computes"] for each in seen["deadlines"]] == ["council_of_state_until"]
    assert [(each["rule_id"], each["certainty"]) for each in seen["duties"]] == [
        ("ADMIN-01", "found"),
        ("ADMIN-03", "found"),
        ("REM-08", "found"),
    ]
    assert [(each["rule_id"], each["state"]) for each in seen["welfare_steps"]] == [
        ("ADMIN-01", "due")
    ]
    assert [act["warnings"] for act in seen["acts"]] == [[], []]
    due = "SELECT due_at <= planned_at FROM alerts WHERE kind = 'evictions.welfare_step_due'"
    assert network.rows(due) == [(True,)]
