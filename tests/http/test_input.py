"""The dictionary of hostile inputs: none is stored, none is a 500."""

import io
import json

import pytest

ECHO = "/api/v1/probe/echo"
NUL, SURROGATE = "\\u0000", "\\ud800"
MALFORMED = {
    "nothing": (b"", "json-malformed"),
    "space": (b"  ", "json-malformed"),
    "half": (b'{"line": "x"', "json-malformed"),
    "two values": (b'{"line": "x"}{"line": "y"}', "json-malformed"),
    "single quotes": (b"{'line': 'x'}", "json-malformed"),
    "comment": (b'{"line": "x"} // no', "json-malformed"),
    "trailing comma": (b'{"line": "x",}', "json-malformed"),
    "byte order mark": (b'\xef\xbb\xbf{"line": "x"}', "json-malformed"),
    "NaN": (b'{"number": NaN}', "json-malformed"),
    "Infinity": (b'{"number": -Infinity}', "json-malformed"),
    "leading zero": (b'{"number": 01}', "json-malformed"),
    "UTF-16": ('{"line": "x"}'.encode("utf-16"), "text-not-accepted"),
    "Latin-1": ('{"line": "é"}'.encode("latin-1"), "text-not-accepted"),
    "overlong UTF-8": (b'{"line": "\xc0\x80"}', "text-not-accepted"),
    "encoded surrogate": (b'{"line": "\xed\xa0\x80"}', "text-not-accepted"),
    "NUL": (f'{{"line": "a{NUL}b"}}'.encode(), "text-not-accepted"),
    "escape": (b'{"line": "a\\u001bb"}', "text-not-accepted"),
    "carriage return": (b'{"prose": "a\\rb"}', "text-not-accepted"),
    "C1 control": (b'{"line": "a\\u0085b"}', "text-not-accepted"),
    "delete": (b'{"line": "a\\u007fb"}', "text-not-accepted"),
    "lone surrogate": (f'{{"line": "{SURROGATE}"}}'.encode(), "text-not-accepted"),
    "NUL in a name": (f'{{"li{NUL}ne": "x"}}'.encode(), "text-not-accepted"),
    "raw control": (b'{"line": "a\nb"}', "json-malformed"),
    "duplicate": (b'{"line": "x", "line": "y"}', "duplicate-name"),
    "duplicate by normalisation": ('{"é": 1, "e\u0301": 2}'.encode(), "duplicate-name"),
    "nested duplicate": (b'{"people": [{"line": "x", "line": "y"}]}', "duplicate-name"),
    "2^63": (b'{"number": 9223372036854775808}', "number-out-of-range"),
    "below -2^63": (b'{"number": -9223372036854775809}', "number-out-of-range"),
    "10,000 digits": (b'{"number": ' + b"9" * 10_000 + b"}", "number-out-of-range"),
    "1e400": (b'{"number": 1e400}', "number-out-of-range"),
    "21 levels": (b"[" * 21 + b"]" * 21, "json-too-complex"),
    "100,000 levels": (b"[" * 100_000, "json-too-complex"),
    "100,000 objects": (b'{"a":' * 40_000, "json-too-complex"),
    "depth behind a text": (b'["\\"[", ' + b"[" * 21 + b"]" * 22, "json-too-complex"),
    "2,001 values": (json.dumps([1] * 2_000).encode(), "json-too-complex"),
}
REFUSED = {
    "a list": ([], "#"),
    "a text": ("x", "#"),
    "null": (None, "#"),
    "unknown member": ({"admin": True}, "#/admin"),
    "empty line": ({"line": ""}, "#/line"),
    "blank line": ({"line": " \t "}, "#/line"),
    "two lines": ({"line": "a\nb"}, "#/line"),
    "tab in a line": ({"line": "a\tb"}, "#/line"),
    "line separator": ({"line": "a\u2028b"}, "#/line"),
    "line too long": ({"line": "x" * 41}, "#/line"),
    "line is a number": ({"line": 12}, "#/line"),
    "line is null": ({"line": None}, "#/line"),
    "line is an object": ({"line": {"$ne": 1}}, "#/line"),
    "prose too long": ({"prose": "x" * 4001}, "#/prose"),
    "number as text": ({"number": "1"}, "#/number"),
    "number with a point": ({"number": 1.0}, "#/number"),
    "number 1.9": ({"number": 1.9}, "#/number"),
    "number is true": ({"number": True}, "#/number"),
    "number too large": ({"number": 10}, "#/number"),
    "number negative": ({"number": -1}, "#/number"),
    "naive moment": ({"moment": "2026-03-02T09:00:00"}, "#/moment"),
    "day for a moment": ({"moment": "2026-03-02"}, "#/moment"),
    "moment as number": ({"moment": 1772442000}, "#/moment"),
    "moment of 1899": ({"moment": "1899-12-31T23:00:00Z"}, "#/moment"),
    "moment of 2201": ({"moment": "2201-01-01T00:00:00Z"}, "#/moment"),
    "moment of year 1": ({"moment": "0001-01-01T00:00:00+14:00"}, "#/moment"),
    "moment of year 9999": ({"moment": "9999-12-31T23:59:59-14:00"}, "#/moment"),
    "25 o'clock": ({"moment": "2026-03-02T25:00:00Z"}, "#/moment"),
    "offset of 99 hours": ({"moment": "2026-03-02T09:00:00+99:00"}, "#/moment"),
    "Arabic digits": ({"day": "٢٠٢٦-٠٣-٠٢"}, "#/day"),
    "30 February": ({"day": "2026-02-30"}, "#/day"),
    "week date": ({"day": "2026-W10-1"}, "#/day"),
    "day of 1899": ({"day": "1899-12-31"}, "#/day"),
    "day of 2201": ({"day": "2201-01-01"}, "#/day"),
    "unknown category": ({"mask": ["health", "secret"]}, "#/mask/1"),
    "mask as number": ({"mask": 1023}, "#/mask"),
    "too many categories": ({"mask": ["health"] * 11}, "#/mask"),
    "UUID in braces": ({"id": "{6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a}"}, "#/id"),
    "UUID as urn": ({"id": "urn:uuid:6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"}, "#/id"),
    "UUID as number": ({"id": 5}, "#/id"),
    "no address": ({"email": "ana"}, "#/email"),
    "endless address": ({"email": "a" * 250 + "@b.be"}, "#/email"),
    "two header lines": ({"email": "a@b.be\nBcc: c@d.be"}, "#/email"),
    "truth as text": ({"truth": {}}, "#/truth"),
    "fault deep inside": ({"people": [{}, {"line": ""}]}, "#/people/1/line"),
    "pointer escapes": ({"a/b~c": 1}, "#/a~1b~0c"),
}


def send(client, bearer, body, content_type="application/json", **headers):
    return client.post(ECHO, data=body, content_type=content_type, headers={**bearer, **headers})


def otherwise(said, wanted):
    """What was not said as it is wanted, by the name of what was sent."""
    return {name: each for name, each in said.items() if each != wanted[name]}


def test_what_is_no_clean_json_is_400(client, bearer, network):
    answers = {name: send(client, bearer, body) for name, (body, _) in MALFORMED.items()}
    said = {name: (each.status_code, each.json["code"]) for name, each in answers.items()}
    assert otherwise(said, {name: (400, code) for name, (_, code) in MALFORMED.items()}) == {}
    assert network.effects() == 0


def test_what_breaks_the_schema_is_422_and_says_where(client, bearer, network):
    for name, (value, pointer) in REFUSED.items():
        answer = send(client, bearer, json.dumps(value))
        assert (answer.status_code, answer.json["code"]) == (422, "invalid-input"), name
        assert pointer in [error["pointer"] for error in answer.json["errors"]], name
        assert all(error["detail"] for error in answer.json["errors"]), name
        assert network.effects() == 0, name


def test_what_is_wrong_with_a_field_is_said_in_the_readers_language(client, bearer):
    value = {"line": "x" * 41, "number": 10, "day": "soon", "absent": 1}
    answer = send(client, bearer, json.dumps(value), **{"Accept-Language": "fr"})
    assert {error["pointer"]: error["detail"] for error in answer.json["errors"]} == {
        "#/line": "La longueur doit être de 1 à 40.",
        "#/number": "Doit être de 0 à 9.",
        "#/day": "Un jour est attendu, comme 2026-03-02.",
        "#/absent": "Champ inconnu.",
    }


NO_JSON = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=latin-1",
    "application/merge-patch+json",
    "text/json",
    "",
)


def test_only_json_is_read(client, bearer):
    said = {each: send(client, bearer, b"{}", each).status_code for each in NO_JSON}
    assert said == dict.fromkeys(NO_JSON, 415)


def test_compressed_bodies_are_not_unpacked(client, bearer):
    assert send(client, bearer, b"{}", **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize("size", [256 * 1024 + 1, 10_000_000])
def test_more_than_256_kib_is_413(client, bearer, size):
    body = b'{"prose": "' + b"x" * size + b'"}'
    answer = send(client, bearer, body)
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")


def test_more_than_256_kib_in_chunks_is_413(app, bearer):
    """Without a Content-Length the stream itself is cut."""
    body = io.BytesIO(b'{"prose": "' + b"x" * 300_000 + b'"}')
    with app.test_client() as client:
        answer = client.post(
            ECHO,
            input_stream=body,
            content_type="application/json",
            headers=bearer,
            environ_overrides={
                "CONTENT_LENGTH": "",
                "wsgi.input_terminated": True,
                "HTTP_TRANSFER_ENCODING": "chunked",
            },
        )
    assert answer.status_code == 413


def test_good_values_come_back_normalised(client, bearer):
    value = {
        "line": "  Zoe\u0308 ",
        "prose": "a\r\nb\tc\n",
        "number": 9,
        "moment": "2026-03-02T09:00:00+01:00",
        "day": "2026-03-02",
        "mask": ["violence", "identity"],
        "id": "6F1AD3A8-5F4B-4AE0-9F51-5BF0A2BD6A1A",
        "email": "ana@example.be",
        "truth": True,
    }
    answer = send(client, bearer, json.dumps(value))
    assert answer.status_code == 201
    assert answer.json == {
        **value,
        "line": "Zoë",
        "prose": "a\nb\tc",
        "moment": "2026-03-02T08:00:00Z",
        "mask": ["identity", "violence"],
        "id": "6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a",
    }


def test_twenty_levels_are_read(client, bearer):
    value: dict = {"line": "x"}
    for _ in range(9):
        value = {"people": [value]}
    assert send(client, bearer, json.dumps(value)).status_code == 201


def test_limits_are_reached_exactly(client, bearer):
    at_limit = json.dumps([1] * 1_999).encode()
    assert send(client, bearer, at_limit).status_code == 422
    assert send(client, bearer, b"[" * 20 + b"]" * 20).status_code == 422
    assert send(client, bearer, b'{"number": 9223372036854775807}').status_code == 422


@pytest.mark.parametrize("body", [b"{}", b""])
def test_an_operation_without_body_takes_an_empty_one(client, bearer, body):
    thing = "/api/v1/probe/things/6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"
    answer = client.delete(thing, data=body, content_type="application/json", headers=bearer)
    assert answer.status_code == 204
    assert answer.data == b""


def test_an_operation_without_body_refuses_one(client, bearer):
    thing = "/api/v1/probe/things/6f1ad3a8-5f4b-4ae0-9f51-5bf0a2bd6a1a"
    assert client.delete(thing, json={"a": 1}, headers=bearer).status_code == 422
    assert client.delete(thing, data=b"a=1", headers=bearer).status_code == 415


TARGETS = {
    "NUL": ("/api/v1/probe/fail/a%00b", 400),
    "line feed": ("/api/v1/probe/fail/a%0ab", 400),
    "carriage return": ("/api/v1/probe/fail/a%0d%0ab", 400),
    "very long": ("/api/v1/probe/fail/" + "x" * 2_100, 414),
    "no UUID": ("/api/v1/probe/things/1", 404),
    "no UUID but SQL": ("/api/v1/probe/things/'%20or%201=1", 404),
    "query NUL": ("/api/v1/probe/numbers?kind=a%00b", 400),
    "query UTF-8": ("/api/v1/probe/numbers?kind=%ff", 400),
    "query name": ("/api/v1/probe/numbers?%ff=1", 400),
    "query surrogate": ("/api/v1/probe/numbers?kind=%ed%a0%80", 400),
    "query too long": ("/api/v1/probe/numbers?kind=" + "x" * 4_100, 414),
    "query unknown": ("/api/v1/probe/numbers?admin=1", 422),
    "query where none is": ("/api/v1/probe/few?limit=1", 422),
    "query twice": ("/api/v1/probe/numbers?limit=1&limit=2", 400),
    "limit 0": ("/api/v1/probe/numbers?limit=0", 422),
    "limit 101": ("/api/v1/probe/numbers?limit=101", 422),
    "limit 1.0": ("/api/v1/probe/numbers?limit=1.0", 422),
    "limit 0x1": ("/api/v1/probe/numbers?limit=0x1", 422),
    "limit in Arabic": ("/api/v1/probe/numbers?limit=%D9%A1", 422),
    "limit 10^30": ("/api/v1/probe/numbers?limit=1" + "0" * 30, 422),
    "limit 2^63": ("/api/v1/probe/numbers?limit=9223372036854775808", 400),
    "empty cursor": ("/api/v1/probe/numbers?cursor=", 422),
    "item too long": ("/api/v1/probe/numbers?kind=" + "x" * 21, 422),
}


def test_hostile_paths_and_queries(client, bearer):
    answers = {name: client.get(target, headers=bearer) for name, (target, _) in TARGETS.items()}
    said = {name: (each.status_code, each.json["status"]) for name, each in answers.items()}
    assert otherwise(said, {name: (status, status) for name, (_, status) in TARGETS.items()}) == {}


@pytest.mark.parametrize("path", ["/api/v1/probe/fail/\xff", "/api/v1/probe/fail/\xc0\xae"])
def test_paths_that_are_no_utf_8(client, bearer, path):
    """As a server hands them on (PEP 3333: bytes as latin-1); the test client would mend them."""
    answer = client.get("/", headers=bearer, environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.json["code"]) == (400, "text-not-accepted")


def test_a_list_may_repeat(client, bearer):
    assert (
        client.get("/api/v1/probe/numbers?kind=a&kind=b&odd=true", headers=bearer).status_code
        == 200
    )


def test_hostile_targets_are_refused_before_anybody_asks_who_calls(client, network):
    assert client.get("/api/v1/probe/fail/a%00b").status_code == 400
