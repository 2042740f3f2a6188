"""What is dangerous asks for a fresh login (RFC 9470), with a token and in a browser."""

import time

import pytest

GLASS = "/api/v1/break-glass"
BODY = {"case_code": "BX-2222", "danger": "violence", "reason": "Twenty characters, at least."}


def by_token(client, issuer, **claims):
    bearer = {"Authorization": f"Bearer {issuer.token(**claims)}"}
    return client.post(GLASS, json=BODY, headers=bearer)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"auth_time": -270}, 404),
        ({"auth_time": -302}, 401),
        ({"auth_time": None}, 404),
        ({"auth_time": None, "iat": -302}, 401),
        ({"auth_time": -302, "iat": 0}, 401),
    ],
)
def test_a_token_says_when_its_holder_logged_in(client, issuer, person, claims, status):
    """Seconds from now; 404 is the answer past the gate, for this code leads nowhere."""
    now = int(time.time())
    dated = {k: None if v is None else now + v for k, v in claims.items()}
    answer = by_token(client, issuer, **dated)
    assert answer.status_code == status


@pytest.mark.parametrize("odd", ["now", True, -1, 10**30, [1], {}])
def test_an_odd_time_makes_no_token(client, issuer, person, odd):
    answer = by_token(client, issuer, auth_time=odd)
    assert (answer.status_code, answer.json["code"]) == (401, "token-invalid")


def test_a_session_is_fresh_for_five_minutes(browser, clock, opened, person):
    headers = {"X-CSRF-Token": opened.csrf_token}
    clock.advance(minutes=5)
    assert browser.post(GLASS, json=BODY, headers=headers).status_code == 404
    clock.advance(microseconds=1)
    answer = browser.post(GLASS, json=BODY, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "step-up-required")
    assert 'max_age="300"' in answer.headers["WWW-Authenticate"]


def test_the_contract_says_so(client, bearer):
    paths = client.get("/api/openapi.json").json["paths"]
    answers = paths[GLASS]["post"]["responses"]
    assert "WWW-Authenticate" in answers["401"]["headers"]
    assert "Retry-After" in answers["429"]["headers"]
