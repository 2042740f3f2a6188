"""What one rule does to an alert while another one holds it: it still reaches somebody, in time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases.closings.test_closing import close, reopen
from tests.evictions.welfare_centre.test_welfare_centre import act, opened, oppose, withdraw
from tests.journeys.steps import (
    join,
    mails_about,
    open_shared_case,
    propose,
    set_hearing,
    sweep,
    take_over,
)
from tests.journeys.test_escalation import RUNG, utc
from tests.once.beginnings import beginning
from tests.people import Network

DEADLINE = "evictions.deadline_approaching"


@pytest.fixture
@beginning
def case(network: Network) -> Any:
    network.clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    network.work()
    return case


def told_of(network: Network, who: str, kind: str) -> list[Any]:
    return network.rows(
        "SELECT a.state, d.state FROM alerts a JOIN deliveries d ON d.alert_id = a.id"
        " AND d.channel = 'email' WHERE d.professional_id = %s AND a.kind = %s AND a.first_id"
        " IS NULL ORDER BY a.due_at",
        network[who].id,
        kind,
    )


def judgment_served(network: Network, case: Any) -> Any:
    """A judgment whose term to appeal runs."""
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    act = {"kind": "service", "acted_on": "2026-03-02", "received_on": "2026-03-02"}
    return network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", act)


def test_whoever_takes_over_hears_of_the_legal_alert_that_nobody_acknowledged(network, case):
    judgment_served(network, case)
    (due,) = network.rows(
        "SELECT min(due_at) FROM alerts WHERE kind = %s AND state = 'planned'", DEADLINE
    )
    network.clock.set(max(due[0], network.clock.now()))
    sweep(network)
    first = told_of(network, "rw1", DEADLINE)
    assert {state for state, _ in first} == {"sending"}
    assert told_of(network, "rw2", DEADLINE) == []
    take_over(network, propose(network, case), "rw2")
    sweep(network)
    assert set(told_of(network, "rw2", DEADLINE)) == {("sending", "sent")}
    again = told_of(network, "rw1", DEADLINE)
    assert again == first


def test_what_waited_in_the_digest_of_the_former_worker_is_told_to_the_new_one(network, case):
    asked = "portal.request_made"
    path = "/api/v1/me/notification-preferences"
    now = network["rw1"].call("GET", path, status=200)
    choice = {"about": asked, "channel": "email", "timing": "in_digest"}
    body = {**now.json(), "choices": [choice]}
    body["digest"] = {"rhythm": "weekly", "at": "08:00", "weekday": 7}
    network["rw1"].call("PUT", path, body, status=200, If_Match=now.headers["ETag"])
    network.database.execute(
        "INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role,"
        " due_at, facts, planned_at) VALUES (gen_random_uuid(), %s, %s, gen_random_uuid(), 1, '',"
        " 'reference_worker', %s, '{}', %s)",
        (case["id"], asked, network.clock.now(), network.clock.now()),
    )
    sweep(network)
    assert told_of(network, "rw1", asked) == []
    take_over(network, propose(network, case), "rw2")
    sweep(network)
    assert told_of(network, "rw2", asked) == [("sending", "sent")]
    before = len(network.mails("rw1"))
    network.clock.set(datetime(2026, 3, 8, 9, 0, tzinfo=UTC))
    sweep(network)
    assert len(network.mails("rw1")) == before


def test_a_reopened_case_goes_on_climbing(network, case):
    """Two kinds of alert of one hearing climbed before the closing: each keeps its own rungs."""
    set_hearing(network, case, "2026-03-31T09:00:00+02:00")
    for moment in (utc(24, 8), utc(24, 13), utc(26, 8), utc(26, 13)):
        network.clock.set(moment)
        sweep(network)
    close(network, case, despite="They moved out")
    network.clock.set(utc(26, 20))
    reopen(network, case)
    sweep(network)
    climbed = network.rows(
        "SELECT DISTINCT f.kind FROM alerts r JOIN alerts f ON f.id = r.first_id"
        " WHERE r.recipient_role = 'coordinator' AND r.state = 'sending' AND f.state = 'sending'"
        " ORDER BY 1"
    )
    assert [kind for (kind,) in climbed] == [
        "evictions.hearing_approaching",
        "evictions.hearing_unaccompanied",
    ]


def test_withdrawing_one_opposition_tells_what_the_other_procedure_waited_with(network, case):
    """An opposition hides the procedure category of the whole case: its other steps find nobody."""
    opposed_one, other = opened(network, case), opened(network, case)
    opposition = oppose(network, opposed_one, "2026-03-02")
    act(network, other, "petition", "2026-03-02")
    network.work()
    assert mails_about(network, "rw2", "OCMW") == []
    network.clock.advance(seconds=1)
    withdraw(network, opposition)
    network.work()
    assert len(mails_about(network, "rw2", "OCMW")) == 1


def test_a_step_that_came_due_in_a_closed_case_is_told_after_its_reopening(network, case):
    dwelling = {"postal_code": "4000", "lease_kind": "main_residence"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/tenancy", dwelling)
    procedure = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"}
    )
    procedure = act(network, procedure, "petition", "2026-03-02")
    (step,) = [each for each in procedure["welfare_steps"] if each["due_from"]]
    close(network, case, despite="They moved out")
    network.clock.set(datetime.fromisoformat(step["due_from"]).replace(hour=12, tzinfo=UTC))
    sweep(network)
    assert mails_about(network, "rw2", "OCMW") == []
    reopen(network, case)
    network.work()
    assert len(mails_about(network, "rw2", "OCMW")) == 1


def test_the_last_rung_waits_for_a_coordinator_and_counts_as_backlog(network, case):
    """Nobody else holds a rung: the alert is not over because the network has a gap."""
    set_hearing(network, case, "2026-03-31T09:00:00+02:00")
    coordinator = network["coordinator"].id
    take = "DELETE FROM professional_roles WHERE professional_id = %s AND role = 'coordinator'"
    network.database.execute(take, (coordinator,))
    for moment in (utc(24, 8), utc(24, 12)):
        network.clock.set(moment)
        sweep(network)
    last = (
        "SELECT r.state FROM alerts r JOIN alerts f ON f.id = r.first_id"
        " WHERE f.kind = 'evictions.hearing_approaching' AND r.recipient_role = 'coordinator'"
    )
    assert network.rows(last) == [("planned",)]
    network.database.execute(
        "INSERT INTO professional_roles (professional_id, role) VALUES (%s, 'coordinator')",
        (coordinator,),
    )
    network.clock.advance(minutes=1)
    sweep(network)
    assert network.rows(last) == [("sending",)]
    assert len(mails_about(network, "coordinator", RUNG)) == 1


def test_it_waits_no_longer_once_a_later_alert_speaks_for_the_first(network, case):
    set_hearing(network, case, "2026-03-31T09:00:00+02:00")
    network.database.execute("DELETE FROM professional_roles WHERE role = 'coordinator'")
    for moment in (utc(24, 8), utc(24, 12)):
        network.clock.set(moment)
        sweep(network)
    network.database.execute(
        "UPDATE alerts SET state = 'cancelled' WHERE kind = 'evictions.hearing_approaching'"
    )
    network.clock.advance(minutes=1)
    sweep(network)
    rungs = network.rows("SELECT DISTINCT state FROM alerts WHERE first_id IS NOT NULL")
    assert rungs == [("no_recipient",)]
