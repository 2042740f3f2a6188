"""The law changed while a case was closed: its dates follow in the commit that reopens it (F03)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases.closings.test_closing import close, reopen
from tests.evictions.law_changes.test_rule_versions import _apply, _override, _preview
from tests.evictions.welfare_centre.test_welfare_centre import act, opened
from tests.journeys.steps import join, mails_about, open_shared_case, sweep, want_all_at_once
from tests.once.beginnings import beginning
from tests.people import Network

# An eviction on 25 September: the bailiff's notice is due fifteen working days before.
NOTICE = "BRU-11"
BEFORE, AFTER = "2026-09-03", "2026-09-02"
AHEAD = """
    SELECT DISTINCT facts ->> 'due_on' FROM alerts
    WHERE object_id = %s AND kind = 'evictions.deadline_approaching' AND state = 'planned'
"""
TRACES = """
    SELECT actor_id::text, before, after FROM audit_entries
    WHERE action = 'recompute_deadlines' AND case_id = %s
"""


@pytest.fixture
@beginning
def case(network: Network) -> Any:
    network.clock.set(datetime(2026, 8, 14, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    want_all_at_once(network, "rw1", "rw2", "coordinator")
    return case


@pytest.fixture
def procedure(network: Network, case: Any) -> Any:
    procedure = act(network, opened(network, case), "eviction", "2026-09-25")
    assert _date(network, procedure)["date"] == BEFORE
    return procedure


def _date(network: Network, procedure: Any) -> Any:
    found = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")["deadlines"]
    return next(each for each in found if each["rule_id"] == NOTICE)


def _all_dates(network: Network, procedure: Any) -> Any:
    return network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")["deadlines"]


def _closed(network: Network, case: Any) -> None:
    close(network, case, despite="They moved out")
    sweep(network)


def _a_day_of_mourning(network: Network) -> None:
    body = {
        "day": "2026-09-22",
        "names": {"en": "Mourning", "fr": "Deuil", "nl": "Rouw"},
        "reason": "Royal decree",
    }
    added = network["coordinator"].post("/api/v1/holidays", body)
    assert _apply(network, _preview(network, added))["procedures_done"] == 0


def _another_delay(network: Network) -> None:
    change = {"rule_set": "BXL-2023-09", "rule_id": NOTICE, "delay": 16, "reason": "As judged"}
    _apply(network, _preview(network, network["coordinator"].post("/api/v1/rule-changes", change)))


def test_a_holiday_added_while_it_was_closed_moves_its_dates_and_alerts(network, case, procedure):
    _closed(network, case)
    _a_day_of_mourning(network)
    assert _date(network, procedure)["date"] == BEFORE
    runs = network.rows("SELECT count(*) FROM recomputations")
    reopen(network, case)
    # With the answer, before any worker came by.
    moved = _date(network, procedure)
    assert moved["date"] == AFTER
    assert network.rows(AHEAD, moved["id"]) == [(AFTER,)]
    sweep(network)
    assert len(mails_about(network, "rw1", "recalculées")) == 1
    assert mails_about(network, "rw2", "herberekend") == []
    (trace,) = network.rows(TRACES, case["id"])
    assert trace[0] == network["rw1"].id
    assert BEFORE in trace[1].values()
    assert AFTER in trace[2].values()
    # The network's runs are what its administrators asked for, and none of this case.
    assert network.rows("SELECT count(*) FROM recomputations") == runs
    assert mails_about(network, "coordinator", "recalculées") == []


def test_a_date_that_is_near_at_the_reopening_has_an_alert_of_its_own(network, case, procedure):
    _closed(network, case)
    _a_day_of_mourning(network)
    network.clock.set(datetime(2026, 8, 28, 8, 0, tzinfo=UTC))
    reopen(network, case)
    sweep(network)
    assert len(mails_about(network, "rw1", "elle est proche")) == 1
    due_on = network.rows(
        "SELECT DISTINCT facts ->> 'due_on' FROM alerts WHERE object_id = %s"
        " AND state IN ('planned', 'sending')",
        _date(network, procedure)["id"],
    )
    assert due_on == [(AFTER,)]


def test_a_rule_that_changed_while_it_was_closed_moves_its_dates(network, case, procedure):
    _closed(network, case)
    _another_delay(network)
    reopen(network, case)
    assert _date(network, procedure)["date"] == AFTER


def test_a_date_of_peoples_own_stays(network, case, procedure):
    _override(network, _date(network, procedure), "2026-09-01")
    _closed(network, case)
    _a_day_of_mourning(network)
    reopen(network, case)
    kept = _date(network, procedure)
    assert (kept["date"], kept["computed_date"]) == ("2026-09-01", AFTER)


def test_nothing_is_written_or_told_if_the_law_is_as_it_was(network, case, procedure):
    before = _all_dates(network, procedure)
    _closed(network, case)
    reopen(network, case)
    sweep(network)
    assert _all_dates(network, procedure) == before
    assert network.rows(TRACES, case["id"]) == []
    assert mails_about(network, "rw1", "recalculées") == []
    assert network.rows(AHEAD, _date(network, procedure)["id"]) == [(BEFORE,)]


def test_nothing_is_written_if_what_changed_does_not_reach_it(network, case):
    procedure = act(network, opened(network, case), "petition", "2026-08-13")
    before = _all_dates(network, procedure)
    _closed(network, case)
    _another_delay(network)
    reopen(network, case)
    assert _all_dates(network, procedure) == before
    assert network.rows(TRACES, case["id"]) == []
