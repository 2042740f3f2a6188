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
