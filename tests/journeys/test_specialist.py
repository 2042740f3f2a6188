"""J4 (1, 2, 4): the protocol, sensitive notes, and a withdrawal that works at once."""

import pytest

from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def followed(network: Network):
    """A case with a health note by the specialist and a reminder for her at 17:00."""
    case = open_shared_case(network)
    given = consent(
        network,
        case,
        {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")},
        ["health"],
    )
    join(network, case, "specialist", "specialist")
    join(network, case, "rw2", "generalist")
    note = network["specialist"].post(
        f"/api/v1/cases/{case['id']}/notes",
        {"category": "health", "body": "Marker-3f81 sleeps badly."},
    )
    return case, given, note


def test_a_health_note_is_for_those_the_household_named(network, followed):
    case, _, note = followed
    path = f"/api/v1/cases/{case['id']}/notes/{note['id']}"
    assert "Marker-3f81" in network["specialist"].call("GET", path, status=200).text
    assert "Marker-3f81" in network["rw1"].call("GET", path, status=200).text
    network["rw2"].call("GET", path, status=404)
    for page in ("", "/notes", "/tasks", "/procedures"):
        seen = network["rw2"].call("GET", f"/api/v1/cases/{case['id']}{page}", status=200)
        assert "Marker-3f81" not in seen.text
        assert "health" not in seen.text


def test_the_specialist_sees_only_her_category(network, followed):
    case, _, _ = followed
    seen = network["specialist"].get(f"/api/v1/cases/{case['id']}")
    assert seen["categories"] == ["health"]
    assert seen["household"]["members"] == []
    assert seen["tenancy"] is None
    network["specialist"].call(
        "POST",
        f"/api/v1/cases/{case['id']}/notes",
        {"category": "tenancy", "body": "x"},
        status=403,
    )


def test_a_new_protocol_version_closes_until_it_is_signed(network, followed):
    case, _, _ = followed
    path = f"/api/v1/cases/{case['id']}"
    protocol = network["coordinator"].post(
        "/api/v1/protocols", {"title": "Version 2", "body": "All of it again."}
    )
    network["specialist"].call("GET", path, status=404)
    network["rw2"].call("GET", path, status=404)
    network["rw1"].call("GET", path, status=200)
    network["specialist"].post(f"/api/v1/protocols/{protocol['id']}/signatures")
    network["specialist"].call("GET", path, status=200)
    network["rw2"].call("GET", path, status=404)


def test_withdrawal_closes_the_file_and_cancels_what_is_queued(network, followed):
    case, given, note = followed
    path = f"/api/v1/cases/{case['id']}"
    reminder = network.clock.now().replace(hour=17)
    network["rw1"].post(
        f"{path}/tasks",
        {
            "category": "health",
            "title": "Home visit",
            "assignee_id": network["specialist"].id,
            "remind_at": reminder.isoformat(),
        },
    )
    network.work()
    before = len(network.mails("specialist"))
    network.clock.set(reminder.replace(hour=16))
    network["rw1"].post(f"{path}/consents/{given['id']}/withdrawal", status=200, If_Match='"v1"')
    network.clock.advance(seconds=1)
    hidden = network["specialist"].call("GET", path, status=404)
    absent = network["specialist"].call(
        "GET", "/api/v1/cases/00000000-0000-4000-8000-000000000000", status=404
    )
    assert {**hidden.json(), "error_id": ""} == {**absent.json(), "error_id": ""}
    assert network["specialist"].get("/api/v1/cases")["items"] == []
    for page in ("notes", "tasks", "procedures", f"notes/{note['id']}", "consents"):
        network["specialist"].call("GET", f"{path}/{page}", status=404)
    network.clock.set(reminder.replace(second=5))
    network.work()
    assert len(network.mails("specialist")) == before
    states = network.rows("SELECT DISTINCT state FROM alerts WHERE kind = 'cases.task_due'")
    assert states == [("no_recipient",)]
    kept = network["rw1"].get(f"{path}/notes/{note['id']}")
    assert "Marker-3f81" in kept["body"]


def test_a_denial_beats_a_permission(network, followed):
    case, _, _ = followed
    consent(
        network,
        case,
        {"effect": "deny", "recipient_kind": "person", "recipient_id": network["specialist"].id},
        ["health"],
    )
    network["specialist"].call("GET", f"/api/v1/cases/{case['id']}", status=404)


def test_an_expired_consent_is_closed_at_the_instant(network, followed):
    case, _given, _ = followed
    path = f"/api/v1/cases/{case['id']}"
    network.clock.advance(days=181, seconds=-1)
    network["specialist"].call("GET", path, status=200)
    network.clock.advance(seconds=1)
    network["specialist"].call("GET", path, status=404)


def test_leaving_the_team_closes_at_once(network, followed):
    case, _, _ = followed
    path = f"/api/v1/cases/{case['id']}"
    team = network["rw1"].get(path)["team"]
    place = next(p for p in team if p["professional_id"] == network["specialist"].id)
    network["rw1"].post(f"{path}/team/{place['id']}/end", status=200, If_Match='"v2"')
    network["specialist"].call("GET", path, status=404)


def test_every_read_is_in_the_read_log(network, followed):
    case, _, _ = followed
    before = network.rows("SELECT count(*) FROM read_entries WHERE case_id = %s", case["id"])
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    network["specialist"].get(f"/api/v1/cases/{case['id']}/notes")
    after = network.rows(
        "SELECT actor_id, what FROM read_entries WHERE case_id = %s ORDER BY seq DESC LIMIT 2",
        case["id"],
    )
    assert [(str(who), what) for who, what in after] == [
        (network["specialist"].id, "notes"),
        (network["rw2"].id, "case"),
    ]
    total = network.rows("SELECT count(*) FROM read_entries WHERE case_id = %s", case["id"])
    assert total[0][0] == before[0][0] + 2


def test_without_its_log_a_read_gives_nothing(network, followed):
    case, _, _ = followed
    network.database.execute("REVOKE INSERT ON read_entries FROM maillage_api")
    try:
        answer = network["rw2"].call("GET", f"/api/v1/cases/{case['id']}")
    finally:
        network.database.execute("GRANT INSERT ON read_entries TO maillage_api")
    assert answer.status_code == 500
    assert case["code"] not in answer.text


def test_a_stored_answer_is_not_given_again_after_a_withdrawal(network, followed):
    case, given, _ = followed
    path = f"/api/v1/cases/{case['id']}"
    note = {"category": "health", "body": "Marker-77c2"}
    specialist = network["specialist"]
    once = specialist.post(f"{path}/notes", note, Idempotency_Key="visit-1")
    again = specialist.call("POST", f"{path}/notes", note, status=201, Idempotency_Key="visit-1")
    assert again.json() == once
    assert again.headers["Idempotency-Replayed"] == "true"
    network["rw1"].post(f"{path}/consents/{given['id']}/withdrawal", status=200, If_Match='"v1"')
    closed = specialist.call("POST", f"{path}/notes", note, status=404, Idempotency_Key="visit-1")
    assert "Marker-77c2" not in closed.text
