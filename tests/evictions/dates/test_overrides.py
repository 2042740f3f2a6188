"""F35: a date of people's own survives whatever is computed anew, until they lift it."""

from datetime import UTC, datetime

import pytest

from tests.evictions.law_changes.test_rule_versions import SECOND, SHIPPED, _apply, _load, _preview
from tests.journeys.steps import open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.people import Network

OWN = "2026-10-15"
APPEAL = "REM-01"
_ALERTS = """SELECT facts ->> 'due_on', count(*) FROM alerts
  WHERE object_id = %s AND state = 'planned' GROUP BY 1"""


@pytest.fixture
@beginning
def served(network: Network):
    """Judgment served on 1 September 2026 in Brussels: an appeal until 1 October."""
    network.clock.set(datetime(2026, 9, 2, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    path = f"/api/v1/cases/{case['id']}/procedures"
    made = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    act(network, made, "service", "2026-09-01")
    return made["id"]


def act(network, procedure, kind, day, **more):
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    return network["rw1"].post(path, {"kind": kind, "acted_on": day, **more})


def view(network, procedure):
    return network["rw1"].get(f"/api/v1/procedures/{procedure}")


def the_appeal(network, procedure):
    rows = view(network, procedure)["deadlines"]
    return next((each for each in rows if each["rule_id"] == APPEAL), None)


def change(network, deadline, path, body, *, who="rw1", status=200):
    version = {"If-Match": f'"v{deadline["version"]}"'}
    path = f"/api/v1/deadlines/{deadline['id']}/{path}"
    return network[who].post(path, body, status=status, **version)


@beginning
def override(network, procedure, day=OWN):
    body = {"date": day, "reason": "The registry was shut."}
    change(network, the_appeal(network, procedure), "override", body)
    return the_appeal(network, procedure)


def lift(network, procedure, **more):
    body = {"reason": "It was open after all."}
    found = the_appeal(network, procedure)
    return change(network, found, "override/lifting", body, **more)


def alerts(network, deadline):
    return network.rows(_ALERTS, deadline["id"])


def correct_the_act(network, procedure):
    (old,) = view(network, procedure)["acts"]
    body = {"kind": "service", "acted_on": "2026-09-08", "reason": "Misread"}
    network["rw1"].post(f"/api/v1/procedures/{procedure}/acts/{old['id']}/correction", body)


def load_a_version(network, procedure):
    start = SHIPPED.index('id = "REM-01"')
    source = SHIPPED[:start] + SHIPPED[start:].replace("delay = 1\n", "delay = 2\n", 1)
    source = source.replace("version = 1\nvalid_from = 2023-08-31", SECOND_HEAD)
    _apply(network, _preview(network, _load(network, source)))


SECOND_HEAD = "version = 2\nvalid_from = 2026-09-01"


def add_a_holiday(network, procedure):
    names = {"en": "Mourning", "fr": "Deuil", "nl": "Rouw"}
    # Whatever the last day is by now, it moves on.
    day = the_appeal(network, procedure)["computed_date"]
    body = {"day": day, "names": names, "reason": "Royal decree"}
    _apply(network, _preview(network, network["coordinator"].post("/api/v1/holidays", body)))


def disable_the_rule(network, procedure):
    body = {"rule_set": "BXL-2023-09", "rule_id": APPEAL, "disabled": True, "reason": "Annulled"}
    _apply(network, _preview(network, network["coordinator"].post("/api/v1/rule-changes", body)))


def choose_another_regime(network, procedure):
    path = f"/api/v1/procedures/{procedure}/regime"
    network["rw1"].post(path, {"regime": "WAL_LEASE"}, status=200)


# What happens, and what the rule computes afterwards; None: the rule says nothing any more.
CHANGES = {
    "a corrected act": (correct_the_act, "2026-10-08"),
    "a rule version": (load_a_version, "2026-11-02"),
    "a holiday": (add_a_holiday, "2026-10-02"),
    "a rule that falls away": (disable_the_rule, None),
    # An appeal holds in every regime.
    "another regime": (choose_another_regime, "2026-10-01"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_it_survives_with_its_alerts_and_both_dates_are_shown(network, served, what):
    happen, computed = CHANGES[what]
    before = override(network, served)
    assert before["computed_date"] == "2026-10-01"
    assert alerts(network, before) == [(OWN, 4)]
    happen(network, served)
    after = the_appeal(network, served)
    assert (after["id"], after["date"], after["overridden"]) == (before["id"], OWN, True)
    assert after["override_reason"] == "The registry was shut."
    assert after["computed_date"] == (computed or before["computed_date"])
    assert alerts(network, after) == [(OWN, 4)]
    told = len(network.mails("rw1"))
    network.clock.set(datetime(2026, 10, 12, 8, 0, tzinfo=UTC))
    sweep(network)
    said = [mail.get_body(("plain",)).get_content() for mail in network.mails("rw1")[told:]]
    assert any("15 octobre 2026" in words for words in said)


@pytest.mark.parametrize("what", CHANGES)
def test_lifted_the_rule_counts_again_or_the_date_goes(network, served, what):
    happen, computed = CHANGES[what]
    locked = override(network, served)
    happen(network, served)
    lift(network, served)
    after = the_appeal(network, served)
    if computed is None:
        assert after is None
        assert alerts(network, locked) == []
    else:
        assert (after["date"], after["overridden"]) == (computed, False)
        assert (after["lifted_date"], after["lift_reason"]) == (OWN, "It was open after all.")
        assert [day for day, _ in alerts(network, after)] == [computed]
    (trace,) = network.rows("SELECT before, after FROM audit_entries WHERE action='lift_override'")
    assert trace[0]["date"] == OWN
    assert "reason" not in trace[1]


def test_what_nobody_put_is_not_lifted(network, served):
    assert lift(network, served, status=409)["code"] == "deadline-not-overridden"


def test_it_can_be_put_lifted_and_put_again(network, served):
    override(network, served)
    lift(network, served)
    again = override(network, served, "2026-09-30")
    assert (again["date"], again["lifted_date"]) == ("2026-09-30", OWN)
    assert alerts(network, again) == [("2026-09-30", 4)]


def test_every_change_at_once_and_the_lock_still_holds(network, served):
    before = override(network, served)
    for happen in (correct_the_act, load_a_version, add_a_holiday, disable_the_rule):
        network.clock.advance(seconds=1)
        happen(network, served)
    choose_another_regime(network, served)
    after = the_appeal(network, served)
    assert (after["id"], after["date"]) == (before["id"], OWN)
    assert alerts(network, after) == [(OWN, 4)]
    # And back: the rule finds its row again.
    network["rw1"].post(f"/api/v1/procedures/{served}/regime", {"regime": "BRU_LEASE"}, status=200)
    assert the_appeal(network, served)["id"] == before["id"]


def test_a_hearing_called_off_takes_its_computed_dates_and_leaves_the_locked(network, served):
    """A network's own rule counts from the hearing; none that comes with the program does."""
    start = SECOND.index('[[rule]]\nid = "REM-01"')
    rule = SECOND[start : SECOND.index("[[rule]]", start + 1)]
    rules = [
        rule.replace('"REM-01"', f'"NET-{number}"')
        .replace('trigger = "service"', 'trigger = "hearing"')
        .replace('computes = "appeal_until"', f'computes = "network_{number}_until"')
        for number in (1, 2)
    ]
    source = SECOND[:start] + "".join(rules) + SECOND[start:]
    _apply(network, _preview(network, _load(network, source)))
    path = f"/api/v1/procedures/{served}/hearings"
    made = network["rw1"].post(path, {"starts_at": "2026-10-20T09:00:00+02:00"})
    first, second = (
        next(row for row in made["deadlines"] if row["rule_id"] == name)
        for name in ("NET-1", "NET-2")
    )
    body = {"date": "2026-11-19", "reason": "As the judge said"}
    change(network, second, "override", body)
    (hearing,) = made["hearings"]
    network["rw1"].post(
        f"{path}/{hearing['id']}/calling-off",
        {"because": "adjourned_sine_die"},
        status=200,
        **{"If-Match": f'"v{hearing["version"]}"'},
    )
    left = {each["rule_id"]: each for each in view(network, served)["deadlines"]}
    assert "NET-1" not in left
    assert alerts(network, first) == []
    assert left["NET-2"]["date"] == "2026-11-19"
    assert alerts(network, second) == [("2026-11-19", 4)]
