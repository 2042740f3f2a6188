"""F34: an act recorded by mistake is struck with a reason, and everything follows, both ways."""

from datetime import UTC, datetime

import pytest

from tests.journeys.steps import mails_about, open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.people import Network

REASON = {"reason": "Entered in the wrong case"}
OPEN = "SELECT count(*) FROM alerts WHERE kind = %s AND state IN ('planned', 'sending')"
APPROACHING = "evictions.deadline_approaching"


@pytest.fixture
@beginning
def path(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    body = {"canton": "Schaerbeek 1", "regime": "BRU_LEASE"}
    made = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body)
    return f"/api/v1/procedures/{made['id']}"


def record(network, path, kind, day, **more):
    """The procedure, and the act that was recorded in it."""
    view = network["rw1"].post(f"{path}/acts", {"kind": kind, "acted_on": day, **more})
    return view, max(view["acts"], key=lambda act: act["recorded_at"])


def strike(network, path, act, *, who="rw1", status=200):
    return network[who].post(f"{path}/acts/{act['id']}/strike", REASON, status=status)


def take_back(network, path, act, status=200):
    return network["rw1"].post(f"{path}/acts/{act['id']}/strike/withdrawal", status=status)


def act_in(view, act):
    return next(each for each in view["acts"] if each["id"] == act["id"])


def open_alerts(network, kind=APPROACHING):
    return network.rows(OPEN, kind)[0][0]


def test_its_dates_and_alerts_go_and_it_stays_to_be_read(network, path):
    view, act = record(network, path, "service", "2026-02-16")
    assert view["deadlines"]
    assert open_alerts(network) > 0
    after = strike(network, path, act)
    struck = act_in(after, act)
    assert struck["strike_reason"] == "Entered in the wrong case"
    assert struck["struck_by"] == network["rw1"].id
    assert struck["struck_at"] == struck["lapsed_at"] == "2026-02-18T09:00:00Z"
    assert after["deadlines"] == []
    assert after["duties"] == []
    assert open_alerts(network) == 0
    assert network["rw1"].get("/api/v1/deadlines?about=deadline")["items"] == []
    (trace,) = network.rows("SELECT before, after FROM audit_entries WHERE action = 'strike_act'")
    assert trace[0] == {"kind": "service", "ground": None, "acted_on": "2026-02-16"}


def test_taken_back_everything_returns_and_what_is_late_is_told_at_once(network, path):
    before, act = record(network, path, "service", "2026-02-16")
    sweep(network)
    strike(network, path, act)
    network.clock.set(datetime(2026, 3, 15, 9, 0, tzinfo=UTC))
    sweep(network)
    assert mails_about(network, "rw1", "délai") == []
    after = take_back(network, path, act)
    assert act_in(after, act) == act_in(before, act)
    dates = [(each["rule_id"], each["date"]) for each in after["deadlines"]]
    assert dates == [(each["rule_id"], each["date"]) for each in before["deadlines"]]
    due = "SELECT count(*) FROM alerts WHERE kind = %s AND state = 'planned' AND due_at = %s"
    assert network.rows(due, APPROACHING, network.clock.now())[0][0] > 0
    sweep(network)
    assert open_alerts(network) > 0


def test_a_date_of_peoples_own_goes_with_it_and_comes_back(network, path):
    view, act = record(network, path, "service", "2026-02-16")
    appeal = next(each for each in view["deadlines"] if each["computes"] == "appeal_until")
    network["rw1"].post(
        f"/api/v1/deadlines/{appeal['id']}/override",
        {"date": "2026-03-10", "reason": "The lawyer wants a week"},
        status=200,
        **{"If-Match": f'"v{appeal["version"]}"'},
    )
    assert strike(network, path, act)["deadlines"] == []
    assert open_alerts(network) == 0
    after = take_back(network, path, act)
    again = next(each for each in after["deadlines"] if each["computes"] == "appeal_until")
    assert (again["date"], again["computed_date"]) == ("2026-03-10", appeal["computed_date"])
    assert again["override_reason"] == "The lawyer wants a week"
    planned = "SELECT DISTINCT facts ->> 'due_on' FROM alerts WHERE object_id = %s AND state = %s"
    assert network.rows(planned, again["id"], "planned") == [("2026-03-10",)]


def test_only_an_act_that_counts_is_struck_and_only_a_struck_one_taken_back(network, path):
    _, act = record(network, path, "petition", "2026-02-16")
    assert take_back(network, path, act, status=409)["code"] == "act-not-struck"
    strike(network, path, act)
    assert strike(network, path, act, status=409)["code"] == "act-not-in-force"
    body = {"kind": "petition", "acted_on": "2026-02-17", **REASON}
    refused = network["rw1"].post(f"{path}/acts/{act['id']}/correction", body, status=409)
    assert refused["code"] == "act-not-in-force"
    strike(network, path, act, who="liaison", status=403)
    other = path[:-1] + ("0" if path[-1] != "0" else "1")
    strike(network, other, act, status=404)


def test_the_steps_towards_the_welfare_centre_go_and_return(network, path):
    view, act = record(network, path, "petition", "2026-02-16")
    assert view["welfare_steps"]
    announced = open_alerts(network, "evictions.welfare_step_due")
    assert announced > 0
    assert strike(network, path, act)["welfare_steps"] == []
    assert open_alerts(network, "evictions.welfare_step_due") == 0
    after = take_back(network, path, act)
    assert [each["state"] for each in after["welfare_steps"]] == ["due"] * len(
        view["welfare_steps"]
    )
    assert open_alerts(network, "evictions.welfare_step_due") == announced


def test_what_a_struck_judgment_orders_ends_and_returns_with_it(network, path):
    view, act = record(network, path, "judgment", "2026-02-16")
    parts = [{"due_on": f"2026-0{month}-01", "amount_eur": "85.50"} for month in (2, 3, 4)]
    body = {"kind": "payment_plan", "act_id": act["id"], "instalments": parts}
    term = network["rw1"].post(f"/api/v1/cases/{view['case_id']}/terms", body)
    sweep(network)
    assert open_alerts(network, "evictions.instalment_missed") == 1
    strike(network, path, act)
    seen = network["rw1"].get(f"/api/v1/terms/{term['id']}")
    assert (seen["state"], seen["cancel_reason"]) == ("cancelled", "Entered in the wrong case")
    assert [each["state"] for each in seen["instalments"]] == ["missed", "cancelled", "cancelled"]
    assert open_alerts(network, "evictions.instalment_missed") == 0
    fresh = network["rw1"].post(f"/api/v1/cases/{view['case_id']}/terms", body, status=422)
    assert fresh["code"] == "term-without-judgment"
    network.clock.set(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    take_back(network, path, act)
    sweep(network)
    seen = network["rw1"].get(f"/api/v1/terms/{term['id']}")
    assert seen["state"] == "missed"
    assert [each["state"] for each in seen["instalments"]] == ["missed", "missed", "due"]
    assert open_alerts(network, "evictions.instalment_missed") == 2


def test_it_is_no_procedures_last_act(network, path):
    view, act = record(network, path, "petition", "2026-02-16")
    strike(network, path, act)
    (line,) = network["rw1"].get(f"/api/v1/cases/{view['case_id']}/procedures")["items"]
    assert line["last_act"] is None


def test_by_the_name_it_had_for_exceptions(network, path):
    _, act = record(network, path, "petition", "2026-02-16")
    after = network["rw1"].post(f"{path}/acts/{act['id']}/withdrawal", REASON, status=200)
    assert (after["deadlines"], act_in(after, act)["struck_by"]) == ([], network["rw1"].id)
