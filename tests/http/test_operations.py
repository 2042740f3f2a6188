"""Probes, figures and log lines."""

import io
import json
import logging
from dataclasses import replace

import pytest
import structlog

from infra import logs
from tests.probe import CANARY, FAILURES


def test_alive_and_ready(client, network):
    assert client.get("/healthz").json == {"status": "alive"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    parts = answer.json["parts"]
    assert {parts[name] for name in ("database", "schema", "self_test")} == {"up"}
    assert {parts[name] for name in ("redis", "mail")} == {"down"}


@pytest.mark.parametrize(
    ("revision", "expected"),
    [("0000", (503, "down")), ("9999", (200, "up"))],
    ids=["an older schema is not ready", "a newer one is, during a rolling release"],
)
def test_readiness_looks_at_the_schema(client, superuser, revision, expected):
    kept = superuser.execute("SELECT version_num FROM alembic_version").fetchone()
    superuser.execute("UPDATE alembic_version SET version_num = %s", (revision,))
    try:
        answer = client.get("/readyz")
    finally:
        superuser.execute("UPDATE alembic_version SET version_num = %s", kept)
    assert (answer.status_code, answer.json["parts"]["schema"]) == expected


def test_a_role_that_is_too_strong_is_not_ready(furnished, settings, clock, cluster, issuer):
    owner = replace(settings, database_url=cluster.url("maillage_owner"))
    app = furnished(owner, clock=clock).app
    answer = app.test_client().get("/readyz")
    app.extensions["maillage"].database.dispose()
    assert (answer.status_code, answer.json["parts"]["self_test"]) == (503, "down")


def test_figures_name_operations_and_no_person(client, bearer, person):
    client.get("/api/v1/me", headers=bearer)
    client.open("/api/v1/me", method="BREW", headers=bearer)
    text = client.get("/metrics").text
    assert (
        'maillage_http_requests_total{endpoint="me.who_am_i",method="GET",status="2xx"} 1.0' in text
    )
    assert 'method="other"' in text
    assert "BREW" not in text
    for name in ("maillage_oldest_due_alert_age_seconds", "maillage_alerts_due"):
        assert f"{name} 0.0" in text
    assert "maillage_outbox_waiting" in text
    assert "maillage_database_up 1.0" in text
    assert str(person.id) not in text


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.5", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.5"}, 404),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.5"}, 404),
        ("10.0.0.5", {"Authorization": "Bearer wrong"}, 404),
        ("10.0.0.5", {"Authorization": "Bearer "}, 404),
        ("10.0.0.5", {"Authorization": "Bearer let-me-see"}, 200),
        ("", {}, 404),
    ],
)
def test_figures_are_for_neighbours_and_holders_of_the_token(app, peer, headers, status):
    app.config["METRICS_TOKEN"] = "let-me-see"
    answer = app.test_client().get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == status


def test_without_a_token_set_no_token_opens(app):
    answer = app.test_client().get(
        "/metrics",
        headers={"Authorization": "Bearer "},
        environ_overrides={"REMOTE_ADDR": "10.0.0.5"},
    )
    assert answer.status_code == 404


@pytest.fixture
def lines():
    stream = io.StringIO()
    before, handlers = structlog.get_config(), logging.root.handlers[:]
    logs.configure(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)
    logging.root.handlers[:] = handlers


@pytest.mark.parametrize("kind", FAILURES)
def test_lines_hold_ids_and_places_but_no_content(client, bearer, person, lines, kind):
    path = f"/api/v1/probe/fail/{kind}?secret={CANARY}"
    client.get(path, headers={**bearer, "Cookie": f"a={CANARY}", "User-Agent": CANARY})
    answer = client.get(f"/api/v1/probe/fail/{kind}", headers=bearer)
    client.post("/api/v1/probe/echo", json={"line": CANARY}, headers=bearer)
    written = lines()
    assert CANARY not in json.dumps(written, ensure_ascii=False)
    assert bearer["Authorization"][7:] not in json.dumps(written)
    refusal = next(line for line in written if line.get("error_id") == answer.json["error_id"])
    assert refusal["request_id"] == answer.headers["X-Request-Id"]
    assert refusal["error"]
    assert ":" in refusal["origin"]
    done = [line for line in written if line["event"] == "request.answered"]
    assert {line["operation"] for line in done} == {"probe.fail_so", "probe.echo_value"}
    assert all(line["actor_id"] == str(person.id) for line in done)
    assert all(line["timestamp"].endswith("Z") for line in written)


def test_fields_nobody_named_are_dropped(lines):
    structlog.contextvars.clear_contextvars()
    structlog.get_logger().info("x", name=CANARY, exc_info=True, status=200)
    (line,) = lines()
    assert set(line) == {"event", "level", "timestamp", "status"}


def test_libraries_speak_without_their_message(lines, leaks_on_purpose):
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("urllib3").exception("failed for %s", CANARY)
    (line,) = lines()
    assert (line["logger"], line["error"]) == ("urllib3", "ValueError")
    assert CANARY not in json.dumps(line)
