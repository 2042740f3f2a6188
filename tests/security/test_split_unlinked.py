"""Abuse case 6: somebody flees with a child. Whatever anybody around the old file can reach, joined
with whatever can be reached around the new one, matches nowhere: no id, instant, number or text.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from tests.journeys.steps import consent, join, note, org, propose, set_hearing, take_over
from tests.once.beginnings import beginning
from tests.people import Network
from tests.security.database.sql import ALL_TABLES, CONTEXT, PARTLY

# The same for everybody in the network; who belongs to no case.
OF_THE_NETWORK = {
    *("organisations", "professionals", "professional_roles", "professional_cantons"),
    *("protocols", "protocol_signatures", "network_settings", "login_sessions", "identities"),
    *("rule_changes", "recomputations", "courts", "court_corrections", "shared_folders"),
    "rule_set_confirmations",
}
ADDRESS = "Rue du Refuge 17"
NEAR = timedelta(minutes=5)
# Codes of ours: states, roles, kinds, actions, categories, languages. And single digits.
ENUMERATION = re.compile(r"[a-z_.:-]+|[A-Z][a-z]+|-?infinity")


@pytest.fixture
def case(network: Network) -> Any:
    network["rw1"].claims["auth_time"] = int(time.time())
    return _begun(network)


@beginning
def _begun(network: Network) -> Any:
    """Two adults and a child; RW2 for CPAS-N takes part, the liaison sees the procedure."""
    network.clock.set(datetime(2026, 7, 20, 8, 0, 13, 123456, tzinfo=UTC))
    members = [
        {
            **{"role": "adult", "pseudonym": "Flees", "given_name": "Fatou"},
            **{"family_name": "Zxquell", "birth_date": "1988-03-04"},
        },
        {"role": "adult", "pseudonym": "Stays", "given_name": "Samson"},
        {"role": "child", "pseudonym": "Little", "birth_date": "2019-02-03"},
    ]
    body = {"language": "fr", "commune": "Schaerbeek", "members": members}
    case = network["rw1"].post("/api/v1/cases", body)
    shared = ["identity", "tenancy", "procedure"]
    cpas = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, cpas, shared)
    court = {"recipient_kind": "role", "recipient_role": "liaison"}
    consent(network, case, court, ["procedure"])
    join(network, case, "rw2", "generalist")
    set_hearing(network, case, "2026-08-25T09:00:00+02:00")
    note(network, case, "rw2", "Fatou was here")
    compartment = f"{_member(case, 'Flees')}/compartment"
    network["rw1"].post(compartment)
    seal = {"address": ADDRESS}
    network["rw1"].call("PUT", compartment, seal, status=200, If_Match='"v1"')
    network.work()
    network.clock.advance(days=1, hours=3, seconds=7)
    return case


def _id(case: Any, pseudonym: str) -> str:
    members = case["household"]["members"]
    return next(m["id"] for m in members if m["pseudonym"] == pseudonym)


def _member(case: Any, pseudonym: str) -> str:
    return f"/api/v1/cases/{case['id']}/members/{_id(case, pseudonym)}"


def split(network: Network, case: Any, *who: str, status: int = 201, **more: Any) -> Any:
    leavers = [{"member_id": _id(case, name), "pseudonym": f"New {name}"} for name in who]
    body = {"members": leavers, "left_on": "2026-07-21", **more}
    headers = {"Idempotency_Key": "split-once"}
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/split", body, status=status, **headers)


def test_the_preview_says_what_moves_and_does_nothing(network, case):
    path = f"/api/v1/cases/{case['id']}/split/preview"
    ids = {"member_ids": [_id(case, "Flees"), _id(case, "Little")]}
    before = network.rows("SELECT count(*) FROM cases")
    seen = network["rw1"].post(path, ids, status=200)
    assert {c["member_id"]: (c["role"], c["names"], c["compartment"]) for c in seen["copied"]} == {
        _id(case, "Flees"): ("adult", True, True),
        _id(case, "Little"): ("child", False, False),
    }
    assert (seen["stays"]["notes"], seen["stays"]["procedures"]) == (1, 1)
    assert ADDRESS not in str(seen)
    assert network.rows("SELECT count(*) FROM cases") == before
    file = network["rw1"].get(f"/api/v1/cases/{case['id']}")
    assert all(m["left_on"] is None for m in file["household"]["members"])


def test_the_new_file_holds_the_leavers_and_nothing_else(network, case):
    made = split(network, case, "Flees", "Little")
    path = f"/api/v1/cases/{made['id']}"
    file = network["rw1"].get(path)
    assert file["code"] == made["code"]
    assert file["code"] != case["code"]
    people = {m["pseudonym"]: m for m in file["household"]["members"]}
    assert set(people) == {"New Flees", "New Little"}
    moved = people["New Flees"]
    assert (moved["given_name"], moved["birth_date"]) == ("Fatou", "1988-03-04")
    assert (file["household"]["language"], file["household"]["commune"]) == ("fr", None)
    assert (file["tenancy"], file["team"], file["notes"]) == (None, [], [])
    assert network["rw1"].get(f"{path}/consents")["items"] == []
    address = network["rw1"].get(f"{path}/members/{moved['id']}/compartment/address")
    assert address["text"] == ADDRESS
    for who in ("rw2", "liaison", "colleague"):
        network[who].call("GET", path, status=404)


def test_in_the_old_file_they_simply_left(network, case):
    split(network, case, "Flees", "Little")
    path = f"/api/v1/cases/{case['id']}"
    file = network["rw1"].get(path)
    gone = {m["pseudonym"]: m for m in file["household"]["members"] if m["left_on"]}
    assert set(gone) == {"Flees", "Little"}
    assert {m["given_name"] for m in gone.values()} == {None}
    network["rw1"].call("GET", f"{_member(case, 'Flees')}/compartment/address", status=404)
    lines = [line["action"] for line in network["rw1"].get(f"{path}/history")["items"]]
    assert lines.count("end_membership") == 2
    assert not {line for line in lines if "split" in line}
    read = {line["what"] for line in network["rw1"].get(f"{path}/access-log")["items"]}
    assert not {what for what in read if "split" in what}
    network["rw2"].get(path)


def test_it_is_refused_clearly(network, case):
    assert split(network, case, "Flees", "Stays", status=422)["code"] == "split-takes-every-adult"
    assert split(network, case, "Little", status=422)["code"] == "split-without-adult"
    body = {"left_on": "2026-07-21"}
    path = f"/api/v1/cases/{case['id']}/split"
    same = {**body, "members": [{"member_id": _id(case, "Flees"), "pseudonym": "fatou"}]}
    assert network["rw1"].post(path, same, status=422)["code"] == "split-same-name"
    absent = {**body, "members": [{"member_id": case["id"], "pseudonym": "X"}]}
    network["rw1"].post(path, absent, status=404)
    late = split(network, case, "Flees", status=422, left_on="2026-07-22")
    assert late["code"] == "day-in-the-future"
    split(network, case, "Flees")
    assert split(network, case, "Flees", status=422)["code"] == "member-already-left"
    leavers = [{"member_id": _id(case, "Stays"), "pseudonym": "X"}]
    for who, status in (("rw2", 403), ("colleague", 404), ("liaison", 403), ("coordinator", 404)):
        network[who].claims["auth_time"] = int(time.time())
        network[who].call("POST", path, {**body, "members": leavers}, status=status)
    network["rw1"].claims["auth_time"] = int(time.time()) - 400
    assert split(network, case, "Stays", status=401)["code"] == "step-up-required"


def test_no_row_anywhere_names_both_files(network, case):
    made = split(network, case, "Flees", "Little")
    old = {case["id"], case["code"], *(m["id"] for m in case["household"]["members"])}
    rows = network.rows("SELECT id FROM members WHERE case_id = %s", made["id"])
    new = {made["id"], made["code"], *(str(row[0]) for row in rows)}
    for table in ALL_TABLES:
        for (row,) in network.rows(f"SELECT to_jsonb(t)::text FROM {table} t"):
            assert not (any(i in row for i in old) and any(i in row for i in new)), table
    assert network.rows("SELECT key FROM idempotency_keys WHERE key = 'split-once'") == []
    network.work()
    texts = [str(mail) for mail in network.postbox.received]
    assert [text for text in texts if made["code"] in text] == []


def test_the_join_attack_finds_nothing(network, case, cluster, capsys):
    made = split(network, case, "Flees", "Little")
    # Both change hands, days apart, so that each side is read by people who lead it.
    network.clock.advance(days=2, hours=1)
    take_over(network, propose(network, case), "rw2")
    network.work()
    network.clock.advance(days=2, hours=3)
    body = {"to_id": network["specialist"].id, "reason": "Nearer", "former_stays": False}
    offer = network["rw1"].post(f"/api/v1/cases/{made['id']}/handovers", body)
    take_over(network, offer, "specialist")
    network.work()
    with _api(cluster) as gate:
        network.clock.advance(days=3, hours=5)
        old = list(_reached(network, gate, case, ("rw2", "liaison", "coordinator", "colleague")))
        network.clock.advance(days=3, hours=7)
        new = list(_reached(network, gate, made, ("specialist",)))
    shared = {network["rw1"].id, *_about_rw1(network)}
    assert (len(old), len(new)) > (200, 80)
    assert matches(old, new, shared) == []
    with capsys.disabled():
        print(f"\nsplit: {len(old)} values around the old file, {len(new)} around the new: 0 match")


def test_the_attack_itself_would_find_a_link(network, case):
    """The net has no hole: each kind of value is caught when it is planted."""
    for planted in (case["id"], case["code"], "1988-03-04", "Fatou was here", 123456):
        assert matches([planted], [planted], set()) == [(planted, planted)]
    at = "2026-07-21T11:00:00+00:00"
    assert matches([at], ["2026-07-21T11:04:59.5+00:00"], set()) != []
    assert matches([at], ["2026-07-21T11:05:01+00:00"], set()) == []


def _about_rw1(network: Network) -> Iterator[str]:
    for row in network.rows(
        "SELECT x.name, x.organisation_id::text, o.name FROM professionals x"
        " JOIN organisations o ON o.id = x.organisation_id WHERE x.id = %s",
        network["rw1"].id,
    ):
        yield from row
    # Which key of the installation seals: the same for every file.
    for (key,) in network.rows("SELECT DISTINCT key_id FROM sealed_contacts"):
        yield str(key)


def _api(cluster: Any) -> psycopg.Connection:
    url = make_url(cluster.url("maillage_api")).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string())


OPERATIONS = (
    *("", "/notes", "/tasks", "/consents", "/history", "/access-log", "/compartments"),
    *("/closings", "/worker-requests", "/procedures", "/documents", "/break-glass"),
    "/exclusions",
)


def _reached(
    network: Network, gate: psycopg.Connection, case: Any, people: tuple[str, ...]
) -> Iterator[Any]:
    """Every value that these people are shown: by the API, in mails, and by SQL as its role."""
    for who in people:
        for operation in OPERATIONS:
            answer = network[who].call("GET", f"/api/v1/cases/{case['id']}{operation}")
            if answer.status_code == 200:
                yield from _leaves(answer.json())
                # Lists with nothing in them look the same wherever they are.
                yield answer.headers.get("ETag", "") if answer.json().get("items") != [] else ""
        for path in ("/api/v1/cases", "/api/v1/alerts", "/api/v1/closings"):
            yield from _leaves(network[who].get(path))
        for mail in network.mails(who):
            yield from re.findall(r"BX-\w{4}", str(mail))
        yield from _by_sql(network, gate, who)


def _by_sql(network: Network, gate: psycopg.Connection, who: str) -> Iterator[Any]:
    at = network.clock.now().isoformat()
    for table in (t for t in ALL_TABLES if t not in OF_THE_NETWORK):
        with gate.cursor() as cursor:
            cursor.execute(CONTEXT, (network[who].id, at))
            may = "SELECT has_table_privilege(%s, 'SELECT')"
            if table in PARTLY or cursor.execute(may, (table,)).fetchone() == (True,):
                shown = f"SELECT {PARTLY.get(table, '*')} FROM {table}"
                for (row,) in cursor.execute(f"SELECT to_jsonb(t) FROM ({shown}) t").fetchall():
                    yield from _leaves(row)
        gate.rollback()


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def matches(old: list[Any], new: list[Any], shared: set[str]) -> list[tuple[Any, Any]]:
    """Pairs that join the two: equal values that are no code of ours, instants within minutes."""
    ours, theirs = (set(filter(lambda v: _tells(v, shared), side)) for side in (old, new))
    found = [(value, value) for value in ours & theirs if _moment(value) is None]
    mine = [(m, v) for v in ours if (m := _moment(v))]
    other = [(m, v) for v in theirs if (m := _moment(v))]
    near = [(v, w) for m, v in mine for n, w in other if abs(m - n) <= NEAR]
    return found + near


def _tells(value: Any, shared: set[str]) -> bool:
    """Numbers of versions and masks, codes, and who split are the same everywhere."""
    if isinstance(value, str):
        return bool(value) and value not in shared and not ENUMERATION.fullmatch(value)
    return isinstance(value, int) and not isinstance(value, bool) and value > 1023


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:", value):
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
