"""ETag, If-Match and If-None-Match (RFC 9110 §8.8.3, §13.1)."""

import pytest

THING = "/api/v1/probe/things/6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"


def change(client, bearer, **headers):
    return client.put(
        THING, headers={**bearer, **{k.replace("_", "-"): v for k, v in headers.items()}}
    )


def test_the_version_is_the_tag(client, bearer):
    assert client.get(THING, headers=bearer).headers["ETag"] == '"v3"'


@pytest.mark.parametrize("given", ['"v3"', 'W/"v3"', '"v1", "v3"', "*"])
def test_an_unchanged_record_is_304_without_a_body(client, bearer, given):
    answer = client.get(THING, headers={**bearer, "If-None-Match": given})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == '"v3"'
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("given", ['"v2"', "v", '"v33"', ""])
def test_a_changed_record_is_sent(client, bearer, given):
    answer = client.get(THING, headers={**bearer, "If-None-Match": given})
    assert (answer.status_code, answer.json) == (200, {"number": 3})


def test_304_does_not_open_what_is_closed(client):
    assert client.get(THING, headers={"If-None-Match": "*"}).status_code == 401


def test_the_right_version_may_change_and_gets_the_next_tag(client, bearer):
    answer = change(client, bearer, If_Match='"v3"')
    assert (answer.status_code, answer.json, answer.headers["ETag"]) == (200, {"number": 4}, '"v4"')


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ('"v2"', 412, "stale-version"),
        ('"v4"', 412, "stale-version"),
        ('"of-somebody-else"', 412, "stale-version"),
        ('"v99999999999999999999"', 412, "stale-version"),
        ('"v03"', 412, "stale-version"),
        ('W/"v3"', 400, "version-malformed"),
        ("*", 400, "version-malformed"),
        ("v3", 400, "version-malformed"),
        ("3", 400, "version-malformed"),
        ('"v3', 400, "version-malformed"),
        ('"v3", "v4"', 400, "version-malformed"),
        ('"v٣"', 400, "version-malformed"),
        ("", 428, "version-required"),
    ],
)
def test_any_other_version_may_not(client, bearer, given, status, code):
    answer = change(client, bearer, If_Match=given)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_no_version_at_all_is_428(client, bearer):
    assert change(client, bearer).status_code == 428
