"""A date ends with the act that completes it, and comes back with what undoes that act."""

from datetime import UTC, datetime

import pytest

from tests.families import family
from tests.journeys.steps import open_shared_case, sweep
from tests.once.beginnings import beginning

OPEN = """SELECT count(*) FROM alerts a JOIN deadlines d ON d.id = a.object_id
  WHERE d.computes = %s AND a.state IN ('planned', 'sending')"""
ALARMS = "SELECT kind, object_version, state FROM alerts WHERE kind = ANY(%s) ORDER BY 2"
AGAINST, UNLAWFUL = "evictions.act_against_law", "evictions.unlawful_eviction"


@pytest.fixture
@beginning
def path(network):
    network.clock.set(datetime(2026, 9, 2, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    made = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", {"canton": "Uccle"})
    return f"/api/v1/procedures/{made['id']}"


def act(network, path, kind, day, **more):
    return network["rw1"].post(f"{path}/acts", {"kind": kind, "acted_on": day, **more})


@beginning
def served(network, path):
    return act(network, path, "service", "2026-09-01")


def of(seen, computes):
    return next(each for each in seen["deadlines"] if each["computes"] == computes)


def the_act(seen, kind):
    return next(each for each in seen["acts"] if each["kind"] == kind and not each["replaced_by"])


def correct(network, path, seen, kind, day):
    place = f"{path}/acts/{the_act(seen, kind)['id']}/correction"
    return network["rw1"].post(place, {"kind": kind, "acted_on": day, "reason": "Misread"})


def test_an_appeal_ends_its_alerts_on_every_rung(network, path):
    served(network, path)
    network.clock.set(datetime(2026, 9, 17, 9, 0, tzinfo=UTC))
    sweep(network)
    assert network.rows(OPEN, "appeal_until") == [(4,)]
    seen = act(network, path, "appeal", "2026-09-17")
    assert network.rows(OPEN, "appeal_until") == [(0,)]
    kept = of(seen, "appeal_until")
    assert (kept["state"], kept["ended_by"]) == ("kept", the_act(seen, "appeal")["id"])
    assert kept["actor"] == "tenant"


def test_what_undoes_the_act_brings_date_and_alerts_back_at_once_if_late(network, path):
    served(network, path)
    seen = act(network, path, "appeal", "2026-09-17")
    network.clock.set(datetime(2026, 9, 30, 9, 0, tzinfo=UTC))
    place = f"{path}/acts/{the_act(seen, 'appeal')['id']}/correction"
    body = {"kind": "letter", "acted_on": "2026-09-17", "reason": "Only a letter to the clerk"}
    seen = network["rw1"].post(place, body)
    assert of(seen, "appeal_until")["state"] == "running"
    assert network.rows(OPEN, "appeal_until") == [(1,)]
    sweep(network)
    assert any("demain" in mail["subject"] for mail in network.mails("rw1"))


def test_a_date_that_nobody_kept_is_missed(network, path):
    served(network, path)
    network.clock.set(datetime(2026, 10, 2, 9, 0, tzinfo=UTC))
    assert of(network["rw1"].get(path), "appeal_until")["state"] == "missed"


def test_a_regime_changed_back_brings_the_same_dates_back(network, path):
    served(network, path)
    act(network, path, "bailiff_notice", "2026-09-02")
    before = network.rows(OPEN, "rehousing_notice_until")
    network["rw1"].post(f"{path}/regime", {"regime": "SQT"}, status=200)
    assert network.rows(OPEN, "rehousing_notice_until") == [(0,)]
    assert network.rows(OPEN, "appeal_until") == [(4,)]
    network["rw1"].post(f"{path}/regime", {"regime": "BRU_LEASE"}, status=200)
    assert network.rows(OPEN, "rehousing_notice_until") == before != [(0,)]


def test_the_first_lawful_day_is_recomputed_against_today(network, path):
    served(network, path)
    assert of(network["rw1"].get(path), "eviction_not_before")["lawful_from"] == "2026-10-02"
    network.clock.set(datetime(2026, 10, 30, 9, 0, tzinfo=UTC))
    assert of(network["rw1"].get(path), "eviction_not_before")["lawful_from"] == "2026-10-30"
    network.clock.set(datetime(2026, 10, 31, 9, 0, tzinfo=UTC))
    assert of(network["rw1"].get(path), "eviction_not_before")["lawful_from"] == "2027-03-16"


def test_a_bailiff_who_announces_too_late_is_a_legal_alert_until_the_day_is_corrected(
    network, path
):
    act(network, path, "service", "2026-08-20")
    act(network, path, "eviction", "2026-10-30")
    seen = act(network, path, "bailiff_notice", "2026-10-20")
    (warning,) = the_act(seen, "bailiff_notice")["warnings"]
    assert (warning["code"], warning["day"]) == ("after-lawful-date", "2026-10-08")
    assert warning["breach"] is True
    assert of(seen, "bailiff_notice_until")["state"] == "missed"
    assert network.rows(ALARMS, [AGAINST]) == [(AGAINST, 1, "planned")]
    sweep(network)
    assert any("avocat aujourd’hui" in mail["subject"] for mail in network.mails("rw1"))
    seen = correct(network, path, seen, "bailiff_notice", "2026-10-01")
    assert of(seen, "bailiff_notice_until")["state"] == "kept"
    assert {state for _, _, state in network.rows(ALARMS, [AGAINST])} == {"cancelled"}


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-09-15", "before-lawful-date"),
        ("2026-12-10", "in-moratorium"),
        ("2026-10-10", "no-execution-day"),
    ],
)
def test_an_eviction_against_the_law_is_told_at_once(network, path, day, code):
    served(network, path)
    seen = act(network, path, "eviction", day)
    assert code in {each["code"] for each in the_act(seen, "eviction")["warnings"]}
    assert network.rows(ALARMS, [AGAINST]) == [(AGAINST, 1, "planned")]


def test_an_alarm_that_was_taken_back_speaks_again(network, path):
    served(network, path)
    seen = act(network, path, "eviction", "2026-10-20")
    network["rw1"].post(f"{path}/regime", {"regime": "BRU_LEASE"}, status=200)
    assert network.rows(ALARMS, [AGAINST]) == []
    granted = act(network, path, "delay_granted", "2026-08-30", until_on="2026-11-30")
    assert the_act(granted, "eviction")["warnings"][0]["code"] == "before-lawful-date"
    seen = correct(network, path, granted, "service", "2026-09-01")
    assert network.rows(ALARMS, [AGAINST]) == [(AGAINST, 1, "planned")]
    assert of(seen, "eviction_not_before")["date"] == "2027-03-16"


def test_locks_that_were_changed_are_a_legal_alert_the_same_minute(network, path):
    seen = act(network, path, "unlawful_eviction", "2026-09-02")
    (warning,) = the_act(seen, "unlawful_eviction")["warnings"]
    assert warning["code"] == "no-enforceable-title"
    assert "REM-09" in {each["rule_id"] for each in seen["duties"]}
    sweep(network)
    (mail,) = [mail for mail in network.mails("rw1") if "sans titre" in mail["subject"]]
    assert "101" in mail.get_body(("plain",)).get_content()


def test_an_eviction_that_was_put_off_sets_nothing_running(network, path):
    act(network, path, "service", "2026-04-01")
    act(network, path, "eviction", "2026-10-20")
    seen = act(network, path, "eviction_postponed", "2026-09-02")
    gone = the_act(seen, "eviction")
    assert gone["called_off_by"] == the_act(seen, "eviction_postponed")["id"]
    assert {"bailiff_notice_until", "belongings_until"}.isdisjoint(
        each["computes"] for each in seen["deadlines"]
    )
    assert of(seen, "eviction_not_before")["state"] == "running"


@family(
    "kind, more, code",
    [
        ("delay_granted", {}, "delay-needs-its-end"),
        ("service", {"until_on": "2026-10-01"}, "act-has-no-such-end"),
        ("stay", {"until_on": "2026-08-01"}, "act-has-no-such-end"),
    ],
)
def test_an_end_belongs_to_what_has_one(network, path, kind, more, code):
    body = {"kind": kind, "acted_on": "2026-09-01", **more}
    assert network["rw1"].post(f"{path}/acts", body, status=422)["code"] == code


def test_a_date_of_ones_own_says_anew_whether_an_act_kept_it_and_wakes_no_alert(network, path):
    served(network, path)
    kept = of(act(network, path, "appeal", "2026-09-02"), "appeal_until")
    assert kept["state"] == "kept"
    place, version = f"/api/v1/deadlines/{kept['id']}/override", f'"v{kept["version"]}"'
    body = {"date": "2026-09-25", "reason": "The lawyer counted again"}
    seen = network["rw1"].post(place, body, status=200, **{"If-Match": version})
    assert of(seen, "appeal_until")["state"] == "kept"
    assert network.rows(OPEN, "appeal_until") == [(0,)]
    version = f'"v{of(seen, "appeal_until")["version"]}"'
    body = {"date": "2026-08-31", "reason": "The lawyer counted again"}
    seen = network["rw1"].post(place, body, status=200, **{"If-Match": version})
    assert of(seen, "appeal_until")["state"] == "missed"
    assert the_act(seen, "appeal")["warnings"][0]["code"] == "after-lawful-date"


def test_a_first_day_that_is_over_is_on_the_board_as_the_first_one_from_today(network, path):
    served(network, path)
    board = "/api/v1/deadlines?kind=eviction_not_before"
    (line,) = network["rw1"].get(board)["items"]
    assert line["date"] == "2026-10-01"
    network.clock.set(datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    (line,) = network["rw1"].get(board)["items"]
    assert (line["date"], line["days_left"]) == ("2027-03-16", 106)
    granted = {"kind": "moratorium_exception", "ground": "own_occupation"}
    network["rw1"].post(f"{path}/acts", granted | {"acted_on": "2026-11-29"})
    (line,) = network["rw1"].get(board)["items"]
    assert line["date"] == "2026-11-30"


def test_me_counts_what_the_board_shows_of_a_day_that_is_over(network, path):
    served(network, path)
    network.clock.set(datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    lines = network["rw1"].get("/api/v1/deadlines?limit=100")["items"]
    doubted = [each for each in lines if each["certainty"] != "found" and not each["overridden"]]
    assert "eviction_not_before" in {each["computes"] for each in doubted}
    assert network["rw1"].get("/api/v1/me")["waiting"]["deadlines_in_doubt"] == len(doubted)
