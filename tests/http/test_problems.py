"""Every refusal is a problem (RFC 9457) in the reader's language, and gives nothing away."""

import re

import pytest

from case_api.problems import GENERIC
from services.shared.words.catalogue import keys, say
from tests.probe import CANARY, FAILURES

CODES = {key.split(".")[1] for key in keys("problem.")}
EXPECTED = {
    "not-found": (404, "not-found"),
    "refused": (403, "not-on-this-case"),
    "conflict": (409, "already-there"),
    "rule": (422, "hearing-before-filing"),
    "stale": (412, "stale-version"),
    "stale-row": (412, "stale-version"),
    "unexpected": (500, "internal-error"),
    "pool": (503, "unavailable"),
    "lost": (503, "unavailable"),
    "driver": (503, "unavailable"),
    "too-long": (503, "unavailable"),
    "taken": (409, "conflict"),
    "exclusive": (409, "conflict"),
    "foreign": (500, "internal-error"),
    "data": (400, "bad-request"),
    "syntax": (500, "internal-error"),
    "denied": (500, "internal-error"),
    "teapot": (418, "bad-request"),
    "gone": (410, "bad-request"),
    "too-many": (429, "too-many-requests"),
}


def test_every_failure_of_the_probe_is_expected():
    assert set(EXPECTED) == set(FAILURES)


@pytest.mark.parametrize("kind", FAILURES)
def test_every_exception_is_a_problem(client, bearer, kind):
    answer = client.get(f"/api/v1/probe/fail/{kind}", headers=bearer)
    status, code = EXPECTED[kind]
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, answer.json["status"], answer.json["code"]) == (
        status,
        status,
        code,
    )
    assert answer.json["type"] == f"http://localhost/api/problems/{code}"
    assert answer.json["title"]
    assert answer.json["detail"]
    assert re.fullmatch("[0-9a-f]{16}", answer.json["error_id"])


@pytest.mark.parametrize("kind", FAILURES)
def test_no_answer_shows_its_cause(client, bearer, kind):
    answer = client.get(f"/api/v1/probe/fail/{kind}", headers=bearer)
    shown = answer.text + str(answer.headers)
    for trace in (CANARY, "Traceback", "SELECT", "psycopg", "sqlalchemy", ".py", "werkzeug"):
        assert trace not in shown


@pytest.mark.parametrize("kind", ["pool", "lost", "too-long"])
def test_what_may_work_later_says_when(client, bearer, kind):
    assert client.get(f"/api/v1/probe/fail/{kind}", headers=bearer).headers["Retry-After"] == "2"


def test_werkzeugs_own_headers_stay(client, bearer):
    late = client.get("/api/v1/probe/fail/too-many", headers=bearer)
    assert late.headers["Retry-After"] == "7"
    wrong = client.delete("/api/v1/probe/few", headers=bearer)
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert len(wrong.headers.getlist("Content-Type")) == 1


def test_facts_become_members(client, bearer):
    answer = client.get("/api/v1/probe/fail/conflict", headers=bearer)
    assert answer.json["count"] == 2
    assert re.fullmatch("[0-9a-f-]{36}", answer.json["other"])


def test_a_hidden_thing_and_an_absent_one_look_the_same(client, bearer):
    hidden = client.get("/api/v1/probe/fail/not-found", headers=bearer)
    absent = client.get("/api/v1/probe/nowhere", headers=bearer)

    def shape(answer):
        body = {k: v for k, v in answer.json.items() if k != "error_id"}
        varies = ("X-Request-Id", "Vary")
        return body, sorted((k, v) for k, v in answer.headers if k not in varies)

    assert shape(hidden) == shape(absent)
    assert hidden.json["error_id"] != absent.json["error_id"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("nl-BE", "nl"),
        ("de", "en"),
        ("nl;q=0.3, fr;q=0.8, de", "fr"),
        ("fr;q=0, nl;q=0.1", "nl"),
        ("*", "en"),
        ("nonsense;q=x", "en"),
    ],
)
def test_titles_follow_accept_language(client, accepted, language):
    answer = client.get("/nowhere", headers={"Accept-Language": accepted})
    assert answer.json["title"] == say("problem.not-found.title", language)
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_each_status_has_its_texts():
    assert [code for code in GENERIC.values() if code not in CODES] == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_unknown_addresses_are_404_for_everybody(client, method):
    assert client.open("/api/v1/nowhere", method=method).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "OPTIONS"])
def test_methods_nobody_defined_are_405(client, bearer, method):
    assert client.open("/api/v1/me", method=method, headers=bearer).status_code == 405


def test_a_method_override_is_ignored(client, bearer):
    answer = client.post("/api/v1/me", headers={**bearer, "X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405


def test_each_problem_has_its_page(client):
    for code in CODES:
        answer = client.get(f"/api/problems/{code}", headers={"Accept-Language": "nl"})
        assert answer.status_code == 200
        assert code in answer.text
    assert client.get("/api/problems/unheard-of").status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil", ""])
def test_a_foreign_host_is_refused(client, bearer, host):
    answer = client.get("/api/v1/me", headers={**bearer, "Host": host})
    assert (answer.status_code, answer.json["code"]) == (400, "host-not-allowed")
    assert "evil" not in answer.text + str(answer.headers)


def test_forwarded_hosts_count_for_nothing(client):
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = client.get("/auth/logout/", headers=headers)
    assert "evil" not in answer.text + str(answer.headers)
