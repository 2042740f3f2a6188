"""F19: what is sensitive is closed by default; what is sealed opens for nobody else, anywhere."""

import base64
import random
import secrets
import stat
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from infra.cli import main
from services.households.sealed_contacts import SealedField, place
from services.shared.categories import SENSITIVE, names_of
from services.shared.errors import Unreadable
from services.shared.vault.sealing import Keyring, SealedAt, new_key_line
from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network
from tests.slices import times

ADDRESS, PHONE = "Refuge-zq7w41, rue Cachée 7", "+32 470 99 41 17"
NONCES = times(20_000, 2_000)
BOTH = {"address": ADDRESS, "phone": PHONE}


@pytest.fixture
def keyring(tmp_path) -> Keyring:
    path = tmp_path / "keys"
    path.write_text(new_key_line())
    return Keyring(path)


@pytest.fixture
@beginning
def case(network: Network):
    """The specialist has violence as a member of her organisation; rw2 as a person."""
    case = open_shared_case(network)
    union = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    person = {"recipient_kind": "person", "recipient_id": network["rw2"].id}
    consent(network, case, union, ["identity", "violence"])
    consent(network, case, person, ["violence"])
    join(network, case, "specialist", "specialist")
    join(network, case, "rw2", "generalist")
    return case


def compartment(case, nth: int = 0) -> str:
    member = case["household"]["members"][nth]["id"]
    return f"/api/v1/cases/{case['id']}/members/{member}/compartment"


def seal(network: Network, case, nth: int = 0, **texts: str):
    path = compartment(case, nth)
    network["rw1"].post(path)
    texts = texts or BOTH
    return network["rw1"].call("PUT", path, texts, status=200, If_Match='"v1"')


# What is sensitive is closed by default.


@pytest.mark.parametrize("category", names_of(SENSITIVE))
def test_a_sensitive_category_opens_only_by_its_own_name(network, category):
    case = open_shared_case(network)
    everyday = ["identity", "tenancy", "procedure", "income", "family", "work"]
    person = {"recipient_kind": "person", "recipient_id": network["specialist"].id}
    consent(network, case, person, everyday)
    join(network, case, "specialist", "specialist")
    path = f"/api/v1/cases/{case['id']}"
    network["rw1"].post(f"{path}/notes", {"category": category, "body": "Marker-77aa"})
    network["rw1"].post(f"{path}/tasks", {"category": category, "title": "Marker-77aa"})
    for page in ("", "/notes", "/tasks"):
        seen = network["specialist"].call("GET", path + page, status=200).text
        assert "Marker-77aa" not in seen
        assert category not in seen
    consent(network, case, person, [category])
    assert "Marker-77aa" in network["specialist"].call("GET", f"{path}/notes", status=200).text


# Who opens a seal.


def test_the_reference_worker_and_whom_a_provision_names_in_person(network, case):
    answer = seal(network, case)
    assert answer.json()["has_address"]
    assert ADDRESS not in answer.text
    path = compartment(case)
    for who in ("rw1", "rw2"):
        assert network[who].get(f"{path}/address") == {"text": ADDRESS}
        assert network[who].get(f"{path}/phone") == {"text": PHONE}
        assert len(network[who].get(f"/api/v1/cases/{case['id']}/compartments")["items"]) == 1
    network["rw2"].call("PUT", path, {"phone": "x"}, status=403, If_Match='"v2"')
    logged = network.rows(
        "SELECT what FROM read_entries WHERE actor_id = %s AND what LIKE 'sealed%%' ORDER BY seq",
        network["rw2"].id,
    )
    assert logged == [("sealed-address",), ("sealed-phone",)]


def test_for_everybody_else_there_is_no_compartment(network, case):
    seal(network, case)
    path, other = compartment(case), compartment(case, 1)
    specialist = network["specialist"]
    assert "violence" in specialist.get(f"/api/v1/cases/{case['id']}")["categories"]
    for end in ("", "/address", "/phone"):
        hidden = specialist.call("GET", path + end, status=404).json()
        absent = specialist.call("GET", other + end, status=404).json()
        assert {**hidden, "error_id": ""} == {**absent, "error_id": ""}
    assert specialist.get(f"/api/v1/cases/{case['id']}/compartments")["items"] == []
    network["colleague"].call("GET", f"{path}/address", status=404)
    network["colleague"].call("GET", f"/api/v1/cases/{case['id']}/compartments", status=404)


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_a_denial_closes_it(network, case, kind):
    seal(network, case)
    whom = network["rw2"].id if kind == "person" else org(network, "rw2")
    denied = {"effect": "deny", "recipient_kind": kind, "recipient_id": whom}
    network["rw2"].call("GET", f"{compartment(case)}/address", status=200)
    consent(network, case, denied, ["violence"])
    network["rw2"].call("GET", f"{compartment(case)}/address", status=404)


def test_it_ends_with_the_consent_to_the_second(network, case):
    seal(network, case)
    network.clock.advance(days=181, seconds=-1)
    network["rw2"].call("GET", f"{compartment(case)}/address", status=200)
    network.clock.advance(seconds=1)
    network["rw2"].call("GET", f"{compartment(case)}/address", status=404)


def test_it_ends_with_the_place_in_the_team(network, case):
    seal(network, case)
    path = f"/api/v1/cases/{case['id']}"
    places = network["rw1"].get(path)["team"]
    place_of = next(p for p in places if p["professional_id"] == network["rw2"].id)
    network["rw1"].post(f"{path}/team/{place_of['id']}/end", status=200, If_Match='"v2"')
    network["rw2"].call("GET", f"{compartment(case)}/address", status=404)


def test_a_withdrawal_closes_it(network, case):
    seal(network, case)
    path = f"{compartment(case)}/address"
    given = network["rw1"].get(f"/api/v1/cases/{case['id']}/consents")["items"]
    personal = next(c for c in given if c["provisions"][0]["recipient_kind"] == "person")
    network["rw2"].call("GET", path, status=200)
    closing = f"/api/v1/cases/{case['id']}/consents/{personal['id']}/withdrawal"
    network["rw1"].post(closing, status=200, If_Match='"v1"')
    network["rw2"].call("GET", path, status=404)


def test_break_glass_opens_every_category_and_no_seal(network, case):
    seal(network, case)
    body = {"case_code": case["code"], "danger": "violence", "reason": "x" * 20}
    for who in ("colleague", "specialist"):
        network[who].post("/api/v1/break-glass", body)
        assert len(network[who].get(f"/api/v1/cases/{case['id']}")["categories"]) == 10
        for end in ("", "/address", "/phone"):
            network[who].call("GET", compartment(case) + end, status=404)
        assert network[who].get(f"/api/v1/cases/{case['id']}/compartments")["items"] == []


def test_the_database_hides_the_ciphertext_too(network, case, database):
    seal(network, case)
    for who, seen in (("rw1", 1), ("rw2", 1), ("specialist", 0), ("colleague", 0)):
        actor = network[who].actor
        with database.transaction(clock=network.clock, actor=actor) as uow:
            rows = uow.session.connection().exec_driver_sql("SELECT * FROM sealed_contacts").all()
        assert len(rows) == seen


def test_only_right_after_a_login(network, case):
    seal(network, case)
    network["rw1"].claims["auth_time"] = 1
    refused = network["rw1"].call("GET", f"{compartment(case)}/address", status=401)
    assert refused.json()["code"] == "step-up-required"
    network["rw1"].call("GET", f"/api/v1/cases/{case['id']}", status=200)


def test_the_text_stands_nowhere_else(network, case, capfd):
    seal(network, case)
    path = f"/api/v1/cases/{case['id']}"
    for page in ("", "/notes", "/tasks", "/compartments", "/consents"):
        seen = network["rw1"].call("GET", path + page, status=200)
        assert ADDRESS not in seen.text
        assert PHONE not in seen.text
    field = network["rw1"].call("GET", f"{compartment(case)}/phone", status=200)
    assert field.headers["ETag"] == '"v2"'
    wrong = {"address": ADDRESS, "phone": PHONE * 9}
    refused = network["rw1"].call("PUT", compartment(case), wrong, status=422, If_Match='"v2"')
    assert PHONE not in refused.text
    network.work()
    tables = network.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        stored = str(network.rows(f"SELECT to_jsonb(t) FROM {table} t"))
        assert "zq7w41" not in stored, table
        assert "99 41 17" not in stored, table
    output = "".join(capfd.readouterr())
    assert "zq7w41" not in output
    assert "99 41 17" not in output


# The cryptography.


def test_a_moved_ciphertext_never_opens(keyring):
    """1,000 swaps to another row, column, table or key id."""
    dice = random.Random(41)
    key = keyring.newest()
    rows = [place(uuid4(), field) for _ in range(50) for field in SealedField]
    rows += [SealedAt(table="elsewhere", row=r.row, column=r.column) for r in rows]
    sealed = {at: keyring.seal(f"text of {at.row}", at, key) for at in rows}
    refused = 0
    for _ in range(1000):
        here, there = dice.sample(rows, 2)
        with pytest.raises(Unreadable):
            keyring.unseal(sealed[here], there, key)
        refused += 1
    print(f"ciphertext swaps: 1000, refused: {refused}")
    assert all(keyring.unseal(s, at, key) == f"text of {at.row}" for at, s in sealed.items())


def test_a_changed_bit_or_a_cut_never_opens(keyring):
    here, key = place(uuid4(), SealedField.PHONE), keyring.newest()
    sealed = keyring.seal(PHONE, here, key)
    broken = [sealed[:n] for n in range(len(sealed))]
    broken += [
        sealed[:n] + bytes([sealed[n] ^ 1 << bit]) + sealed[n + 1 :]
        for n in range(len(sealed))
        for bit in range(8)
    ]
    for each in broken:
        with pytest.raises(Unreadable):
            keyring.unseal(each, here, key)


def test_no_nonce_twice(keyring):
    here, key = place(uuid4(), SealedField.PHONE), keyring.newest()
    nonces = {keyring.seal(PHONE, here, key)[:12] for _ in range(NONCES)}
    assert len(nonces) == NONCES


def test_the_same_id_with_another_key_does_not_open(tmp_path):
    here = place(uuid4(), SealedField.PHONE)
    rings = []
    for name in ("a", "b"):
        path = tmp_path / name
        path.write_text(f"k1 {base64.b64encode(secrets.token_bytes(32)).decode()}\n")
        rings.append(Keyring(path))
    sealed = rings[0].seal(PHONE, here, "k1")
    with pytest.raises(Unreadable, match="seal-unreadable"):
        rings[1].unseal(sealed, here, "k1")


@pytest.mark.parametrize("text", ["", "\n", "k1\n", "k1 AAAA\n", "k1 ?\n", "é é\n", "k 1 x\n"])
def test_a_file_that_is_no_keyring(tmp_path, text):
    (tmp_path / "keys").write_text(text)
    with pytest.raises(Unreadable, match="seal-keys-missing"):
        Keyring(tmp_path / "keys").newest()


# Keys that are lost, wrong, or new.


def test_swapped_rows_fail_for_that_field_only(network, case):
    seal(network, case)
    seal(network, case, 1, phone="+32 2 000 00 00")
    network.database.execute(
        "UPDATE sealed_contacts a SET phone = b.phone FROM sealed_contacts b WHERE a.id <> b.id"
    )
    for nth in (0, 1):
        failed = network["rw1"].call("GET", f"{compartment(case, nth)}/phone", status=503)
        assert failed.json()["code"] == "seal-unreadable"
        assert failed.json()["field"] == "phone"
    assert network["rw1"].get(f"{compartment(case)}/address") == {"text": ADDRESS}


@pytest.mark.parametrize("code", ["seal-keys-missing", "seal-key-missing"])
def test_without_its_key_everything_else_works(network, case, settings, code):
    seal(network, case)
    settings.seal_keys.write_text(new_key_line() if code == "seal-key-missing" else "")
    refused = network["rw1"].call("GET", f"{compartment(case)}/address", status=503)
    assert refused.json()["code"] == code
    path = f"/api/v1/cases/{case['id']}"
    assert network["rw1"].get(compartment(case))["has_address"]
    opened = network["rw1"].post(f"{path}/procedures", {"canton": "Schaerbeek 1"})
    network["rw1"].get(f"/api/v1/procedures/{opened['id']}")
    reminder = {
        "category": "tenancy",
        "title": "Call",
        "remind_at": network.clock.now().isoformat(),
    }
    network["rw1"].post(f"{path}/tasks", reminder)
    before = len(network.mails("rw1"))
    network.work()
    assert len(network.mails("rw1")) == before + 1


def test_rotation_keeps_everything_readable(network, case, settings, cluster, monkeypatch, capsys):
    for nth in range(3):
        seal(network, case, nth)
    owner = make_url(cluster.url("maillage_owner")).render_as_string(hide_password=False)
    monkeypatch.setenv("OWNER_DATABASE_URL", owner)
    monkeypatch.setenv("SEAL_KEYS", str(settings.seal_keys))
    monkeypatch.setenv("CASE_KEYS_DIR", str(settings.case_keys))
    old = settings.seal_keys.read_text()
    before = network.rows("SELECT id, version, address FROM sealed_contacts ORDER BY id")
    assert main(["seal", "key"]) == 0
    assert network["rw1"].get(f"{compartment(case)}/address") == {"text": ADDRESS}
    assert main(["seal", "rotate"]) == 0
    assert "3 re-encrypted" in capsys.readouterr().out
    settings.seal_keys.write_text(settings.seal_keys.read_text().removeprefix(old))
    for nth in range(3):
        assert network["rw1"].get(f"{compartment(case, nth)}/phone") == {"text": PHONE}
    after = network.rows("SELECT id, version, address FROM sealed_contacts ORDER BY id")
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert not {row[2] for row in after} & {row[2] for row in before}
    assert main(["seal", "rotate"]) == 0
    assert "0 re-encrypted" in capsys.readouterr().out


def test_rotation_leaves_what_it_cannot_open(network, case, settings, cluster, monkeypatch, capsys):
    seal(network, case)
    old = settings.seal_keys.read_text()
    settings.seal_keys.write_text(new_key_line())
    owner = make_url(cluster.url("maillage_owner")).render_as_string(hide_password=False)
    monkeypatch.setenv("OWNER_DATABASE_URL", owner)
    monkeypatch.setenv("SEAL_KEYS", str(settings.seal_keys))
    assert main(["seal", "rotate"]) == 2
    assert "1 could not be opened" in capsys.readouterr().err
    settings.seal_keys.write_text(old)
    assert network["rw1"].get(f"{compartment(case)}/address") == {"text": ADDRESS}


def test_the_embedded_keyring_is_for_its_user_alone(settings):
    assert stat.S_IMODE(settings.seal_keys.stat().st_mode) == 0o600
