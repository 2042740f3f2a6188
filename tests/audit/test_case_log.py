"""F67: the reference worker sees who read a case and what was changed in it; nobody else does."""

import pytest
from sqlalchemy import text

from tests.journeys.steps import join, open_shared_case, take_over
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def case(network: Network):
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    return case


def log(network: Network, case, page: str = "access-log"):
    return network["rw1"].get(f"/api/v1/cases/{case['id']}/{page}")["items"]


def test_who_read_what_and_when_the_newest_first(network, case):
    network.clock.advance(minutes=5)
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    newest = log(network, case)[0]
    assert (newest["name"], newest["organisation"]) == ("Ward Raes", "CPAS-N")
    assert newest["professional_id"] == network["rw2"].id
    assert (newest["what"], newest["at"]) == ("case", "2026-02-18T09:05:00Z")
    assert newest["categories"] == ["identity", "tenancy", "procedure"]


def test_reading_the_log_is_logged(network, case):
    log(network, case)
    log(network, case, "history")
    assert [entry["what"] for entry in log(network, case)[:2]] == ["history", "access-log"]


def test_the_log_is_paged_without_gaps(network, case):
    for _ in range(5):
        network["rw2"].get(f"/api/v1/cases/{case['id']}")
    path, seen = f"/api/v1/cases/{case['id']}/access-log?limit=2", []
    while path:
        answer = network["rw1"].call("GET", path, status=200)
        seen += answer.json()["items"]
        path = answer.links.get("next", {}).get("url", "")
    total = network.rows("SELECT count(*) FROM read_entries WHERE case_id = %s", case["id"])
    pages_read_meanwhile = sum(entry["what"] == "access-log" for entry in seen)
    assert pages_read_meanwhile == 0
    assert len([e for e in seen if e["what"] == "case" and e["name"] == "Ward Raes"]) == 5
    assert total[0][0] == len(seen) + (len(seen) + 1) // 2


def test_the_history_says_what_changed(network, case):
    path = f"/api/v1/cases/{case['id']}"
    place = next(p for p in network["rw1"].get(path)["team"] if p["name"] == "Ward Raes")
    network["rw1"].post(f"{path}/team/{place['id']}/end", status=200, If_Match='"v2"')
    newest = log(network, case, "history")[0]
    assert (newest["action"], newest["name"]) == ("end_participation", "Rosa Willems")
    assert (newest["subject_kind"], newest["subject_id"]) == ("participations", place["id"])
    assert newest["before"] == {"state": "accepted", "version": 2}
    assert newest["after"] == {
        "state": "ended",
        "ended_at": "2026-02-18T09:00:00+00:00",
        "version": 3,
    }
    actions = {entry["action"] for entry in log(network, case, "history")}
    assert {"open_case", "record_consent", "invite", "answer_invitation"} <= actions


def test_the_history_holds_no_content(network, case):
    note = {"category": "tenancy", "body": "Marker-77aa owes two months."}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/notes", note)
    answer = network["rw1"].call("GET", f"/api/v1/cases/{case['id']}/history", status=200)
    assert "write_note" in answer.text
    for canary in ("Marker-77aa", "Schaerbeek", "receptionist", "Keep the home", "Tenant"):
        assert canary not in answer.text


@pytest.mark.parametrize("page", ["access-log", "history"])
def test_nobody_else_sees_the_logs(network, case, page):
    path = f"/api/v1/cases/{case['id']}/{page}"
    network["rw2"].call("GET", path, status=403)
    for who in ("coordinator", "specialist", "liaison", "colleague"):
        hidden = network[who].call("GET", path, status=404)
        absent = network[who].call(
            "GET", f"/api/v1/cases/00000000-0000-4000-8000-000000000000/{page}", status=404
        )
        assert {**hidden.json(), "error_id": ""} == {**absent.json(), "error_id": ""}


@pytest.mark.parametrize("table", ["audit_entries", "read_entries"])
def test_the_database_shows_the_journals_to_the_reference_worker_alone(
    network, case, database, clock, table
):
    count = {
        "audit_entries": text("SELECT count(*) FROM audit_entries"),
        "read_entries": text("SELECT count(*) FROM read_entries"),
    }[table]
    seen = {}
    for who in ("rw1", "rw2", "coordinator", "liaison"):
        with database.transaction(clock=clock, actor=network[who].actor) as uow:
            seen[who] = uow.session.scalar(count)
    assert seen.pop("rw1") > 3
    assert set(seen.values()) == {0}


def test_after_a_handover_the_log_is_the_new_reference_workers(network, case):
    path = f"/api/v1/cases/{case['id']}"
    handover = network["rw1"].post(
        f"{path}/handovers",
        {"to_id": network["rw2"].id, "reason": "Moved", "former_stays": False},
    )
    network.clock.advance(minutes=1)
    take_over(network, handover, "rw2")
    network["rw1"].call("GET", f"{path}/access-log", status=404)
    assert network["rw2"].get(f"{path}/access-log")["items"][-1]["name"] == "Rosa Willems"
