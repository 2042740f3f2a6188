"""Every operation against a dictionary of hostile values, by five kinds of caller."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from case_api.http.headers import FIXED
from services.shared.words.catalogue import has_text
from tests.security.matrix.operations import Call, bodies, operations
from tests.slices import SEED, WHOLE, times

RANDOM = times(10_000, 300)
CALLERS = ("lead", "partner", "liaison", "stranger", None)
HOSTILE: tuple[Any, ...] = (
    *(
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff x",
        "",
        " ",
        "\u202eevil\u2066",
        "\u2028",
        "a\nb",
        "\x85",
    ),
    *("x" * 300_000, "é" * 501, "e\u0301" * 60, "-1", "NaN", "Infinity", "1e400", "1E+999999999"),
    *(
        "99999999.99",
        "999999",
        "-0",
        "0.005",
        "1_000",
        "٣",
        "true",
        "null",
        "' OR 1=1 --",
        "{{7*7}}",
    ),
    *(2**63, -(2**63) - 1, 2**63 - 1, 10**40, -1, 0, 1.5, 1e300, True, False, None),
    *([], {}, [[]], [None], {"a": {"b": []}}, ["x"] * 60, [{}], {"": ""}, {"__class__": "x"}),
    *("0001-01-01", "9999-12-31", "1900-01-01", "2200-12-31", "2026-02-30", "2026-2-3"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2200-12-31T23:59:59-23:59"),
    *("1900-01-01T00:00:00+23:59", "2026-03-02T09:00:00", "2026-03-02T24:00:00Z"),
    *("2026-03-02T09:00:60Z", "2026-03-29T02:30:00+99:99", "2026-03-02t09:00:00z", "26-03-02"),
    *(str(uuid4()), "00000000-0000-0000-0000-000000000000", "{" + str(uuid4()) + "}", "urn:uuid:x"),
)
RAW_BODIES = (
    *(b"", b" ", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b'{"a":1,"a":2}', b"\xff\xfe{}"),
    *(b"[" * 5_000, b'{"a":' * 30 + b"1" + b"}" * 30, b'{"a":1e400}', b'{"a":NaN}', b'{"a":-0}'),
    *(b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":' + b"9" * 5_000 + b"}", b"\xef\xbb\xbf{}"),
    *(b'{"a":[' + b"0," * 3_000 + b"0]}", b"x" * 300_000, b'{"\\u0000":1}', b"{}{}", b"a=1&b=2"),
)
TYPES = (
    "text/plain",
    "application/xml",
    "application/json; charset=latin-1",
    "",
    "multipart/form-data",
)
VERSIONS = ("", "*", 'W/"v1"', "v1", '"v1"', '"v999999999"', '"v99999999999"', '"x"', '"v-1"', "é")
KEYS = ("", " ", "x" * 201, "a b", "é", "x" * 200, "\x7f", "k1", "k1")
CURSORS = (
    *("x", "!!!", "W10", "bnVsbA", "W251bGwsbnVsbF0", "WyJ4IiwieCJd", "e30", "MQ", "x" * 500, ""),
    *(
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0",
    ),
    *(
        "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0",
    ),
)
QUERIES = (
    "limit=0",
    "limit=101",
    "limit=1e3",
    "limit=9" * 8,
    "limit=%00",
    "limit=1&limit=2",
    "x=1",
)
SEGMENTS = ("x", "%00", "..%2f..", "%ff", "%ed%a0%80", "0" * 40, "1' OR 1=1", "%09", "a" * 3_000)


@pytest.fixture(scope="module")
def calls(town) -> list[Call]:
    document = json.loads(town.app.test_client().get("/api/openapi.json").data)
    return list(operations(document))


class Attacker:
    """Sends one request at a time and keeps what came of it."""

    def __init__(self, town: Any, calls: list[Call]) -> None:
        self.town, self.calls, self.dice = town, calls, Random(SEED)
        self.sound = bodies(town.people["colleague"].id)
        (alert,) = town.rows("SELECT id FROM alerts LIMIT 1")[0]
        (protocol,) = town.rows("SELECT id FROM protocols LIMIT 1")[0]
        someone = town.people["lead"].id
        self.ids = {**town.ids, "alert_id": alert, "protocol_id": protocol}
        self.ids |= {"professional_id": someone, "login_session_id": uuid4()}
        self.ids |= {"session_id": uuid4(), "series_id": uuid4(), "ballot_id": uuid4()}
        self.ids |= {"change_id": uuid4(), "recomputation_id": uuid4()}
        self.ids |= {"confirmation_id": uuid4(), "rule_set": "BXL-2023-09"}
        self.ids |= {"court_id": uuid4(), "correction_id": uuid4()}
        self.ids |= {"list_id": uuid4(), "row_id": uuid4(), "feed_id": uuid4()}

    def requests(self) -> Iterator[tuple[str | None, Call, dict[str, Any]]]:
        """First hostile values in every field once, as the one who may do most; then each
        operation once, then whatever comes."""
        for call in self.calls:
            for name in self.sound.get(call.name, {}):
                drawn = HOSTILE if WHOLE else self.dice.sample(HOSTILE, 1)
                for value in drawn:
                    yield "lead", call, self._sent(call, {**self.sound[call.name], name: value})
        for number in range(RANDOM):
            call = self.calls[number] if number < len(self.calls) else self.dice.choice(self.calls)
            who = self.dice.choice(CALLERS)
            yield who, call, getattr(self, self.dice.choice(WAYS))(call)

    def _sent(self, call: Call, body: Any, **more: Any) -> dict[str, Any]:
        headers = {"If-Match": '"v1"'} if call.expects_version else {}
        data = json.dumps(body).encode() if call.takes else b""
        kind = "application/json" if call.takes else None
        sent = {"headers": headers, "data": data, "content_type": kind}
        return {**sent, "query_string": call.query, **more}

    def by_value(self, call: Call) -> dict[str, Any]:
        body = dict(self.sound.get(call.name, {}))
        for _ in range(self.dice.randint(1, 3)):
            name = self.dice.choice([*body, "case_id", "id", "unknown"])
            body[name] = self.dice.choice(HOSTILE)
        return self._sent(call, body)

    def by_body(self, call: Call) -> dict[str, Any]:
        sent = self._sent(call, {}, data=self.dice.choice(RAW_BODIES))
        return {**sent, "content_type": "application/json"}

    def by_type(self, call: Call) -> dict[str, Any]:
        sent = self._sent(call, self.sound.get(call.name, {}))
        return {**sent, "content_type": self.dice.choice(TYPES)}

    def by_header(self, call: Call) -> dict[str, Any]:
        sent = self._sent(call, self.sound.get(call.name, {}))
        wanted = {"If-Match": VERSIONS, "Idempotency-Key": KEYS, "If-None-Match": VERSIONS}
        chosen = {name: self.dice.choice(values) for name, values in wanted.items()}
        return {**sent, "headers": {**sent["headers"], **chosen}}

    def by_query(self, call: Call) -> dict[str, Any]:
        query = self.dice.choice([*QUERIES, *(f"cursor={each}" for each in CURSORS)])
        return {**self._sent(call, self.sound.get(call.name, {})), "query_string": query}

    def by_path(self, call: Call) -> dict[str, Any]:
        return {
            **self._sent(call, self.sound.get(call.name, {})),
            "odd": self.dice.choice(SEGMENTS),
        }

    def by_absence(self, call: Call) -> dict[str, Any]:
        body = dict(self.sound.get(call.name, {}))
        for name in list(body):
            if self.dice.random() < 0.4:
                del body[name]
        return self._sent(call, body)

    def send(self, who: str | None, call: Call, request: dict[str, Any]) -> Any:
        odd = request.pop("odd", None)
        ids = {**self.ids, self.dice.choice(call.parameters or ["x"]): odd} if odd else self.ids
        return self.town.call(who, call.method, call.at(ids), **request)


WAYS = (
    *("by_value", "by_value", "by_body", "by_type", "by_header", "by_query", "by_path"),
    "by_absence",
)


def fault(answer: Any) -> str | None:
    """What is wrong with an answer, whatever was asked."""
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    missing = [name for name, value in FIXED.items() if answer.headers.get(name) != value]
    if missing or "Content-Security-Policy" not in answer.headers:
        return f"headers {missing}"
    if answer.headers.get("Cache-Control") != "no-store":
        return "may be stored"
    if answer.status_code < 400:
        return None
    if answer.mimetype != "application/problem+json":
        return f"type {answer.mimetype}"
    problem = answer.get_json()
    if not has_text(f"problem.{problem['code']}.title") or problem["status"] != answer.status_code:
        return f"problem {problem}"
    return None


def test_no_input_is_an_internal_error(town, mails, calls, log_lines, record_testsuite_property):
    attacker = Attacker(town, calls)
    told: Counter[int] = Counter()
    faults: Counter[str] = Counter()
    reached: set[str] = set()
    for who, call, request in attacker.requests():
        shown = {**request, "data": request["data"][:150]}
        answer = attacker.send(who, call, request)
        told[answer.status_code] += 1
        reached.add(call.name)
        wrong = fault(answer)
        if wrong:
            code = (answer.get_json(silent=True) or {}).get("code")
            faults[f"{who} {call.name} {wrong} {code} {shown}"] += 1
    assert reached == {call.name for call in calls}
    record_testsuite_property("fuzz", {str(status): n for status, n in told.items()})
    print(f"\n{told.total()} hostile requests: {dict(sorted(told.items()))}")
    assert told.total() >= times(2_500, 450)
    assert "Traceback" not in log_lines.getvalue()
    assert not faults, "\n".join(list(faults)[:15])
