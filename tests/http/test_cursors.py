"""Keyset pages: every item once, and no cursor but our own."""

import base64
import json
import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from case_api.http.paging import decode, encode
from case_api.problems import Problem

NUMBERS = "/api/v1/probe/numbers"
KEY = UUID("6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a")


def cursor_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_following_the_links_gives_every_item_once(client, bearer):
    seen, path = [], f"{NUMBERS}?limit=3&kind=a&kind=b"
    while path:
        answer = client.get(path, headers=bearer)
        seen += [item["number"] for item in answer.json["items"]]
        assert set(answer.json) == {"items"}
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        path = link[1] if link else None
        assert path is None or "limit=3&kind=a&kind=b&cursor=" in path
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_a_short_list_is_an_object_too(client, bearer):
    assert client.get("/api/v1/probe/few", headers=bearer).json == {"items": [{"number": 1}]}


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "a",
        "Wy",
        "eyJhIjoxfQ",
        cursor_of("1"),
        cursor_of(1),
        cursor_of([]),
        cursor_of([1, 2]),
        cursor_of(["1"]),
        cursor_of([1.5]),
        cursor_of([True]),
        cursor_of([None]),
        cursor_of([[1]]),
        cursor_of([2**63]),
        cursor_of({"number": 1}),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 250).decode(),
    ],
)
def test_a_forged_cursor_is_400(client, bearer, cursor):
    answer = client.get(NUMBERS, query_string={"cursor": cursor}, headers=bearer)
    assert (answer.status_code, answer.json["code"]) == (400, "cursor-malformed")


def test_an_endless_cursor_is_422(client, bearer):
    answer = client.get(NUMBERS, query_string={"cursor": "a" * 401}, headers=bearer)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("Été-2", ()),
        ((3,), (int,)),
        ((datetime(2027, 3, 1, 8, 0, 0, 5, UTC), KEY), (datetime, UUID)),
        ((date(2027, 3, 1), "a", KEY), (date, str, UUID)),
    ],
)
def test_a_key_survives_the_way_out_and_back(key, kinds):
    assert decode(encode(key), kinds) == key


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (["2027-03-01T08:00:00"], (datetime,)),
        (["x"], (UUID,)),
        (["2027-02-30"], (date,)),
        (["a\u0000"], (str,)),
        ("a\u0000b", ()),
        (["a"], ()),
    ],
)
def test_a_key_of_the_wrong_kind_is_refused(value, kinds):
    with pytest.raises(Problem) as refusal:
        decode(cursor_of(value), kinds)
    assert refusal.value.status == 400
