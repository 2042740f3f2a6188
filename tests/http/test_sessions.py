"""Sessions end when they should, and a cookie alone changes nothing."""

from datetime import timedelta

import pytest

from services.network.sessions import ABSOLUTE, IDLE, OpenSession, open_session

ME, MINE, ECHO = "/api/v1/me", "/api/v1/me/sessions", "/api/v1/probe/echo"


def csrf(opened, **more):
    return {"X-CSRF-Token": opened.csrf_token, **more}


def test_the_cookie_opens_and_shows_its_token(browser, opened, person):
    me = browser.get(ME).json
    assert (me["id"], me["csrf_token"]) == (str(person.id), opened.csrf_token)


def test_idle_and_absolute_limits_to_the_second(client, database, clock, person, browser):
    clock.at += IDLE - timedelta(seconds=1)
    assert browser.get(ME).status_code == 200
    clock.at += IDLE
    assert browser.get(ME).status_code == 401


def test_use_keeps_a_session_until_its_absolute_end(browser, clock):
    end = clock.at + ABSOLUTE
    while clock.at + timedelta(minutes=25) < end:
        clock.advance(minutes=25)
        assert browser.get(ME).status_code == 200
    clock.at = end - timedelta(seconds=1)
    assert browser.get(ME).status_code == 200
    clock.at = end
    assert browser.get(ME).status_code == 401


def test_the_limits_are_within_the_policy():
    assert timedelta(minutes=30) >= IDLE
    assert timedelta(hours=10) >= ABSOLUTE


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 43, "é", "a" * 5000, "' OR 1=1 --", "a\x00b", "a; sid=b"]
)
def test_other_tokens_open_nothing(client, person, opened, token):
    answer = client.get(ME, headers={"Cookie": f"sid={token}".encode().decode("latin-1")})
    assert answer.status_code == 401


def test_the_hash_is_no_token(client, superuser, opened):
    (stored,) = superuser.execute("SELECT token_hash FROM login_sessions").fetchone()
    for guess in (stored.hex(), stored.hex().upper()):
        assert client.get(ME, headers={"Cookie": f"sid={guess}"}).status_code == 401


def test_a_deactivated_person_is_out_at_the_next_request(browser, network, person):
    network.deactivate(person.id)
    assert browser.get(ME).status_code == 401


def test_a_lost_role_is_lost_at_the_next_request(browser, network, person):
    network.connection.execute("DELETE FROM professional_roles WHERE role = 'worker'")
    assert browser.get(ME).json["roles"] == ["facilitator"]


def test_one_sees_and_ends_ones_own_sessions(app, browser, database, clock, person, opened):
    clock.advance(minutes=5)
    with database.transaction(clock=clock, actor=person) as uow:
        stolen = open_session(OpenSession(user_agent="x" * 500), actor=person, uow=uow)
    thief = app.test_client()
    thief.set_cookie("sid", stolen.token, domain="localhost")
    assert thief.get(ME).status_code == 200
    listed = browser.get(MINE).json["items"]
    assert [(s["id"], s["current"]) for s in listed] == [
        (str(stolen.id), False),
        (str(opened.id), True),
    ]
    assert len(listed[0]["user_agent"]) == 120
    assert "token" not in str(listed[0].keys())
    answer = browser.delete(f"{MINE}/{stolen.id}", headers=csrf(opened))
    assert answer.status_code == 204
    assert thief.get(ME).status_code == 401
    assert browser.delete(f"{MINE}/{stolen.id}", headers=csrf(opened)).status_code == 204
    assert len(browser.get(MINE).json["items"]) == 1


def test_the_sessions_of_others_do_not_exist(browser, network, database, clock, opened):
    other = network.person("s2")
    with database.transaction(clock=clock, actor=other) as uow:
        theirs = open_session(OpenSession(user_agent=""), actor=other, uow=uow)
    assert browser.delete(f"{MINE}/{theirs.id}", headers=csrf(opened)).status_code == 404
    assert str(theirs.id) not in browser.get(MINE).text


def test_logout_ends_the_session_and_empties_the_browser(app, browser, opened):
    answer = browser.post("/auth/logout", data={"csrf_token": opened.csrf_token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "sid=;" in answer.headers["Set-Cookie"]
    replay = app.test_client()
    replay.set_cookie("sid", opened.token, domain="localhost")
    assert replay.get(ME).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_logout_is_a_post(browser, opened, method):
    assert browser.open("/auth/logout", method=method, headers=csrf(opened)).status_code == 405


FORGED = {
    "no token": ({}, 403),
    "empty token": ({"X-CSRF-Token": ""}, 403),
    "wrong token": ({"X-CSRF-Token": "x" * 43}, 403),
    "odd token": ({"X-CSRF-Token": "é"}, 403),
    "cross-site": ({"Sec-Fetch-Site": "cross-site", "good": ""}, 403),
    "same-site": ({"Sec-Fetch-Site": "same-site", "good": ""}, 403),
    "unheard-of site": ({"Sec-Fetch-Site": "x", "good": ""}, 403),
    "same origin": ({"Sec-Fetch-Site": "same-origin", "good": ""}, 201),
    "typed address": ({"Sec-Fetch-Site": "none", "good": ""}, 201),
    "old browser": ({"good": ""}, 201),
}


@pytest.mark.parametrize(("headers", "status"), FORGED.values(), ids=FORGED.keys())
def test_a_change_by_cookie_needs_the_sessions_token(browser, opened, network, headers, status):
    headers = dict(headers)
    if headers.pop("good", None) is not None:
        headers |= csrf(opened)
    answer = browser.post(ECHO, json={}, headers=headers)
    assert answer.status_code == status
    assert network.effects() == (1 if status == 201 else 0)
    assert status == 201 or answer.json["code"] == "csrf"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_token_is_asked_for_every_unsafe_method(browser, method):
    path = "/api/v1/probe/things/6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"
    answer = browser.open(ECHO if method == "POST" else path, method=method, json={})
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_foreign_form_changes_nothing(browser, network, content_type):
    answer = browser.post(
        ECHO, data=b'{"line": "x"}', content_type=content_type, headers={"Origin": "null"}
    )
    assert answer.status_code == 403
    assert network.effects() == 0


def test_the_token_of_another_session_is_not_enough(browser, database, clock, network):
    other = network.person("s2")
    with database.transaction(clock=clock, actor=other) as uow:
        theirs = open_session(OpenSession(user_agent=""), actor=other, uow=uow)
    assert browser.post(ECHO, json={}, headers=csrf(theirs)).status_code == 403


def test_a_bearer_needs_no_csrf_token(client, bearer):
    answer = client.post(ECHO, json={}, headers={**bearer, "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 201


def test_with_both_the_bearer_alone_counts(browser, network, issuer):
    other = network.person("s2")
    headers = {"Authorization": f"Bearer {issuer.token(sub='s2')}"}
    assert browser.get(ME, headers=headers).json["id"] == str(other.id)
    assert browser.get(ME, headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_bearer_has_no_session_to_log_out(client, bearer):
    assert client.post("/auth/logout", headers=bearer).status_code == 400


def test_public_operations_know_nobody(browser):
    assert browser.get("/api/v1/probe/open").json == {"number": 0}
