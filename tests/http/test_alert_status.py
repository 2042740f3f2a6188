"""Administrators see how the alerts do, and nothing of a case; nobody else sees that."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

PATH = "/api/v1/operations/alerts"


@pytest.fixture
def administrator(network, person):
    network.connection.execute(
        "INSERT INTO professional_roles VALUES (%s, 'administrator')", (person.id,)
    )
    return person


@pytest.fixture
def broken(network, person):
    """An event that fails for ever, and the code of the case it is about."""
    key = uuid4()
    network.connection.execute(
        "INSERT INTO outbox_events (id, name, case_id, payload, occurred_at, attempts,"
        " last_error, set_aside_at) VALUES (%s, 'cases.opened', %s, '{}', now(), 3,"
        " 'ValueError', '2020-01-01')",
        (key, uuid4()),
    )
    return key


def test_only_administrators_ask(client, bearer, network):
    answer = client.get(PATH, headers=bearer)
    assert (answer.status_code, answer.json["code"]) == (403, "role-required")
    sent = {"ids": [str(uuid4())]}
    assert client.post(f"{PATH}/retries", json=sent, headers=bearer).status_code == 403


def test_the_attempts_at_a_delivery(client, bearer, network, person):
    """Instants and codes for administrators; of an id that was never given out, none."""
    alert, told = uuid4(), uuid4()
    network.connection.execute(
        "INSERT INTO alerts (id, kind, object_id, object_version, rung, recipient_role, due_at,"
        " planned_at, facts) VALUES (%s, 'k', %s, 1, 'r', 'liaison', now(), now(), '{}')",
        (alert, alert),
    )
    network.connection.execute(
        "INSERT INTO deliveries (id, alert_id, professional_id, channel, next_at, message_id,"
        " fence) VALUES (%s, %s, %s, 'email', now(), '<m@x>', 1)",
        (told, alert, person.id),
    )
    network.connection.execute(
        "INSERT INTO delivery_attempts VALUES (%s, 1, now(), NULL, now(), 'pending',"
        " 'smtp-rcpt-451', true)",
        (told,),
    )
    path = f"/api/v1/operations/deliveries/{told}/attempts"
    assert client.get(path, headers=bearer).status_code == 403
    network.connection.execute(
        "INSERT INTO professional_roles VALUES (%s, 'administrator')", (person.id,)
    )
    (attempt,) = client.get(path, headers=bearer).json["items"]
    assert {attempt.pop(name) is None for name in ("claimed_at", "ended_at")} == {False}
    assert attempt == {
        "fence": 1,
        "marked_at": None,
        "outcome": "pending",
        "code": "smtp-rcpt-451",
        "reached_nobody": True,
    }
    absent = path.replace(str(told), str(uuid4()))
    assert client.get(absent, headers=bearer).json["items"] == []


def test_figures_and_what_needs_a_person(client, bearer, administrator, broken):
    answer = client.get(PATH, headers=bearer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"]
    told = answer.json
    codes = {each["code"] for each in told["concerns"]}
    assert codes == {"MaillageSweepersGone", "MaillageWorkersGone", "MaillageSetAside"}
    assert told["parts"][0] == {"part": "sweeper", "alive": 0, "age_seconds": None}
    assert told["due_by_urgency"] == {"legal": 0, "important": 0, "digest": 0}
    (row,) = told["set_aside"]
    assert row == {
        "what": "event",
        "id": str(broken),
        "about": "cases.opened",
        "code": "ValueError",
        "since": row["since"],
    }
    assert datetime.fromisoformat(row["since"]) == datetime(2020, 1, 1, tzinfo=UTC)


def test_put_back_by_hand_and_audited(client, bearer, administrator, broken, network):
    sent = {"ids": [str(broken), str(uuid4())], "dry_run": True}
    answer = client.post(f"{PATH}/retries", json=sent, headers=bearer)
    assert [row["id"] for row in answer.json["items"]] == [str(broken)]
    state = "SELECT attempts, set_aside_at IS NULL FROM outbox_events WHERE id = %s"
    assert network.connection.execute(state, (broken,)).fetchone() == (3, False)
    answer = client.post(f"{PATH}/retries", json={**sent, "dry_run": False}, headers=bearer)
    assert answer.status_code == 200
    assert network.connection.execute(state, (broken,)).fetchone() == (0, True)
    entry = "SELECT actor_id, action, subject_kind, subject_id, before FROM audit_entries"
    ((actor, *what, before),) = network.connection.execute(entry).fetchall()
    assert (actor, *what) == (administrator.id, "put_back", "outbox_events", broken)
    assert before["code"] == "ValueError"
    assert client.get(PATH, headers=bearer).json["set_aside"] == []
