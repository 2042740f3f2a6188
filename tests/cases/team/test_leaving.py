"""F10: whoever still answers for cases cannot leave unnoticed, and no case stays an orphan."""

from datetime import UTC, datetime

import pytest

from tests.journeys.steps import join, mails_about, open_shared_case, propose, sweep, take_over
from tests.people import Network


@pytest.fixture
def case(network: Network):
    network.clock.set(datetime(2026, 7, 20, 8, 0, tzinfo=UTC))
    return open_shared_case(network)


def leave(network: Network, who: str, status: int, by: str = "coordinator", **headers: str):
    path = f"/api/v1/professionals/{network[who].id}/deactivation"
    return network[by].call("POST", path, status=status, **headers).json()


def test_whoever_holds_cases_cannot_leave_and_those_concerned_are_told(network, case):
    other = open_shared_case(network)
    for _ in range(2):
        refused = leave(network, "rw1", 409)
        assert (refused["code"], refused["count"]) == ("still-reference-worker", 2)
        assert case["code"] not in str(refused)
        network.work()
    for who in ("rw1", "coordinator"):
        subjects = [m["subject"] for m in mails_about(network, who, "avant un départ")]
        assert sorted(s[-7:] for s in subjects) == sorted([case["code"], other["code"]])
    network.clock.advance(days=1)
    leave(network, "rw1", 409)
    network.work()
    assert len(mails_about(network, "rw1", "avant un départ")) == 4
    network["rw1"].get("/api/v1/cases")


def test_a_refusal_is_kept_under_its_idempotency_key(network, case):
    first = leave(network, "rw1", 409, Idempotency_Key="leave-1")
    again = leave(network, "rw1", 409, Idempotency_Key="leave-1")
    assert again == first
    events = network.rows(
        "SELECT count(*) FROM outbox_events WHERE name = 'cases.departure_refused'"
    )
    assert events == [(1,)]


def test_the_list_is_for_themselves_and_for_coordinators(network, case):
    path = f"/api/v1/professionals/{network['rw1'].id}/cases"
    for who in ("rw1", "coordinator"):
        assert network[who].get(path)["items"] == [{"code": case["code"]}]
    # RW2 is an administrator, and learns a number only.
    assert leave(network, "rw1", 409, by="rw2")["count"] == 1
    for who in ("rw2", "colleague", "liaison"):
        network[who].call("GET", path, status=404)


def test_the_count_is_for_administrators(network, case):
    leave(network, "rw1", 403, by="colleague")
    leave(network, "coordinator", 422)
    network["coordinator"].call(
        "POST", f"/api/v1/professionals/{case['id']}/deactivation", status=404
    )


def test_after_the_handover_the_account_closes_with_all_it_held(network, case):
    second = open_shared_case(network)
    for each in (case, second):
        join(network, each, "rw2", "generalist")
        take_over(network, propose(network, each, stays=True), "rw2")
    days = {"first_day": "2026-07-20", "last_day": "2026-08-14"}
    network["colleague"].post(
        "/api/v1/me/substitutions", {"substitute_id": network["rw1"].id, **days}
    )
    network.rows(
        "INSERT INTO login_sessions (id, token_hash, professional_id, csrf_token, created_at,"
        " last_seen_at, expires_at, user_agent) VALUES (gen_random_uuid(), '\\x01', %s, 'x',"
        " %s, %s, %s, '-') RETURNING id",
        network["rw1"].id,
        network.clock.now(),
        network.clock.now(),
        datetime(2026, 7, 21, tzinfo=UTC),
    )
    assert leave(network, "rw1", 200) == {"id": network["rw1"].id, "active": False}
    network["rw1"].call("GET", "/api/v1/cases", status=401)
    left = network.rows(
        "SELECT (SELECT count(*) FROM login_sessions WHERE revoked_at IS NULL),"
        " (SELECT count(*) FROM participations WHERE professional_id = %s AND state <> 'ended'),"
        " (SELECT count(*) FROM substitutions WHERE ended_at IS NULL),"
        " (SELECT count(*) FROM access_grants WHERE principal_id = %s)",
        network["rw1"].id,
        network["rw1"].id,
    )
    assert left == [(0, 0, 0, 0)]
    leave(network, "rw1", 409)
    network["coordinator"].call("GET", f"/api/v1/professionals/{network['rw1'].id}", status=404)


def test_tasks_of_somebody_who_leaves_become_the_reference_workers(network, case):
    join(network, case, "rw2", "generalist")
    task = {
        "category": "procedure",
        "title": "Ask for the file",
        "assignee_id": network["rw2"].id,
        "remind_at": "2026-08-10T09:00:00+02:00",
    }
    network["rw1"].post(f"/api/v1/cases/{case['id']}/tasks", task)
    leave(network, "rw2", 200)
    (listed,) = network["rw1"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    assert listed["assignee_id"] is None
    network.clock.set(datetime(2026, 8, 10, 7, 0, 1, tzinfo=UTC))
    network.work()
    assert len(mails_about(network, "rw1", "tâche")) == 1


def test_nobody_can_hand_over_to_a_closed_account(network, case):
    leave(network, "specialist", 200)
    body = {"to_id": network["specialist"].id, "reason": "x", "former_stays": False}
    network["rw1"].call("POST", f"/api/v1/cases/{case['id']}/handovers", body, status=404)


def test_an_orphan_is_reported_to_the_coordinators_once(network, case):
    sweep(network)
    assert mails_about(network, "coordinator", case["code"]) == []
    network.rows(
        "UPDATE professionals SET active = false WHERE id = %s RETURNING id", network["rw1"].id
    )
    for _ in range(3):
        network.clock.advance(hours=1)
        sweep(network)
    assert len(mails_about(network, "coordinator", case["code"])) == 1
