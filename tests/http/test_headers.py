"""Security headers on every route and every status (OWASP ASVS 5, 3.4)."""

import re
from itertools import product

import pytest

from case_api.auth.gate import is_public
from case_api.http.headers import API_POLICY, FIXED, PAGE_POLICY
from tests.probe import FAILURES

STATUSES = {
    "200": ("GET", "/api/v1/probe/few"),
    "200 public": ("GET", "/healthz"),
    "200 page": ("GET", "/"),
    "200 docs": ("GET", "/api/docs"),
    "200 style": ("GET", "/static/maillage.css"),
    "200 asset": ("GET", "/api/docs/assets/swagger-ui.css"),
    "201": ("POST", "/api/v1/probe/echo"),
    "204": ("DELETE", "/api/v1/probe/things/6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"),
    "308": ("GET", "//api/v1/me"),
    "400": ("GET", "/api/v1/probe/fail/a%00b"),
    "404": ("GET", "/nowhere"),
    "404 asset": ("GET", "/static/nothing.css"),
    "405": ("PATCH", "/api/v1/me"),
    "414": ("GET", "/" + "x" * 3000),
    "428": ("PUT", "/api/v1/probe/things/6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"),
    **{kind: ("GET", f"/api/v1/probe/fail/{kind}") for kind in FAILURES},
}


def assert_guarded(answer):
    for name, value in FIXED.items():
        assert answer.headers.getlist(name) == [value]
    wanted = PAGE_POLICY if answer.mimetype == "text/html" else API_POLICY
    assert answer.headers.getlist("Content-Security-Policy") == [wanted]
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("method", "path"), STATUSES.values(), ids=STATUSES.keys())
def test_every_status_is_guarded(client, bearer, method, path):
    body = {} if method == "POST" else None
    answer = client.open(path, method=method, headers=bearer, json=body, buffered=True)
    assert_guarded(answer)
    is_asset = path.startswith(("/static/", "/api/docs/assets/")) and answer.status_code == 200
    expected = "public, max-age=3600" if is_asset else "no-store"
    assert answer.headers.getlist("Cache-Control") == [expected]


def test_every_route_is_guarded_for_a_stranger(app, network):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<uuid:[^>]+>", "6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a", rule.rule)
        path = re.sub(r"<[^>]+>", "x", path)
        for method in rule.methods - {"OPTIONS"}:
            answer = client.open(path, method=method, buffered=True)
            assert_guarded(answer)
            assert answer.status_code < 500 or path == "/auth/login", path


def test_every_route_is_closed_unless_it_is_on_this_list(app):
    """A new public route must be added here by somebody who thought about it."""
    found = {name for name, view in app.view_functions.items() if is_public(view)}
    assert found == {
        # Sends a stranger to the login and back.
        "alert_pages.show_alert",
        "auth.callback",
        "auth.login",
        # A token of 256 bits in the path, for programs that cannot log in.
        "calendar.show_calendar",
        "docs.asset",
        "docs.document",
        "docs.problem",
        "docs.reader",
        "home.index",
        # The household's door: a one-time code, and few wrong ones an hour (services.portal.door).
        "household.enter_household",
        "mailbox.list_all",
        "mailbox.read_one",
        "operations.healthz",
        "operations.metrics",
        "operations.readyz",
        "probe.open_door",
        "static",
    }


def test_a_stranger_is_refused_before_the_body_is_read(app, network):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or rule.endpoint in (
            "probe.open_door",
            "household.enter_household",
        ):
            continue
        path = re.sub(r"<uuid:[^>]+>", "6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a", rule.rule)
        path = re.sub(r"<int:[^>]+>", "1", path)
        path = re.sub(r"<[^>]+>", "x", path)
        for method in rule.methods - {"OPTIONS"}:
            answer = client.open(path, method=method, data=b"{" * 300_000)
            assert answer.status_code == 401, path
            kind = "HouseholdCode" if rule.rule.startswith("/api/v1/household") else "Bearer"
            assert answer.headers["WWW-Authenticate"] == f'{kind} realm="maillage"'


ORIGINS = (
    *("https://evil.example", "null", "http://localhost.evil.example"),
    *("http://localhost:8080", "file://", "http://localhost"),
)


def test_no_origin_is_ever_allowed(client, bearer):
    for origin, method in product(ORIGINS, ("GET", "OPTIONS")):
        headers = {**bearer, "Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = client.open("/api/v1/me", method=method, headers=headers)
        allowed = [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert allowed == [], (origin, method)


def test_request_ids_are_ours(client):
    first = client.get("/healthz", headers={"X-Request-Id": "mine\tx"})
    second = client.get("/healthz")
    assert first.headers["X-Request-Id"] != "mine"
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_pages_hold_no_inline_script_or_style(client, bearer):
    for path in ("/", "/api/docs", "/dev/mailbox", "/api/problems/not-found"):
        text = client.get(path).text
        assert not re.search(
            r"<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=|javascript:", text
        )
