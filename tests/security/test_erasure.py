"""Abuse case 20 and drill G12: what was erased or revoked does not come back with a backup.

A real backup (pg_dump, and a copy of the documents), a real restore over it, and the ledger and the
keys where a restore does not reach.
"""

import json
import shutil
import subprocess
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import requests
from sqlalchemy import make_url

from infra.audit.anchors import read_anchors, ways_out
from infra.audit.chain import Tampered, verify
from infra.audit.keys import read_signer
from infra.cli import main
from infra.embedded.install import program
from infra.embedded.postgres import SUPERUSER, Cluster
from infra.erasure.ledger import LedgerBroken
from infra.erasure.replaying import LedgerAhead, Replayed, replay, require_replayed
from infra.migrations.run import upgrade
from services.audit.commands import seal_entries
from services.shared.errors import Unreadable
from tests.conftest import FAST
from tests.guards.erasures import (
    book_of,
    canaries,
    confirmed,
    erasing_of,
    keys_of,
    set_state,
    with_ledger,
)
from tests.journeys.steps import consent, join, note, open_shared_case, org, propose, take_over
from tests.once.beginnings import beginning
from tests.once.databases import Databases, Superuser
from tests.outside.issuer import free_port
from tests.outside.serving import served
from workers.chores.anchoring import Anchoring

ERASED, KEPT = "Marker-e5a1", "Marker-c0de"
LETTER = {"category": "procedure", "kind": "court_letter"}


@pytest.fixture(scope="module")
def cluster(reachable_folder):
    """One of its own: it is restored over."""
    cluster = Cluster(reachable_folder / "drill", settings=FAST)
    cluster.prepare()
    cluster.start()
    cluster.wait_ready()
    upgrade(cluster.url("maillage_owner"))
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="module")
def connected(cluster):
    superuser = Superuser(cluster)
    yield superuser
    superuser.close()


@pytest.fixture(scope="module")
def databases(cluster):
    databases = Databases(cluster)
    yield databases
    databases.close()


@pytest.fixture
def settings(settings, tmp_path, cluster):
    return with_ledger(settings, tmp_path, cluster.url("maillage_owner"))


class Backup:
    """The database and the documents; neither the ledger nor the keys."""

    def __init__(self, cluster: Cluster, settings) -> None:
        self._cluster, self._documents = cluster, settings.documents_dir
        self._files = settings.documents_dir.with_name("documents.backup")
        self._documents.mkdir(exist_ok=True)
        shutil.copytree(self._documents, self._files)
        self.dump = self._run("pg_dump", "-Fc", "maillage")

    def restore(self) -> None:
        self._run("pg_restore", "--clean", "--if-exists", "-d", "maillage", input=self.dump)
        shutil.rmtree(self._documents)
        shutil.copytree(self._files, self._documents)

    def _run(self, name: str, *options: str, input: bytes = b"") -> bytes:
        account = self._cluster.account
        reach = ["-h", str(self._cluster.sockets), "-U", SUPERUSER]
        ran = subprocess.run(
            [program(name, account), *reach, *options],
            input=input,
            capture_output=True,
            check=False,
            cwd=self._cluster.home,
            **account.switch(),
        )
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout


@pytest.fixture
def doomed(network):
    """A case full of canaries, one document among them."""
    case = open_shared_case(network)
    path = f"/api/v1/cases/{case['id']}"
    join(network, case, "rw2", "generalist")
    note(network, case, "rw1", f"{ERASED} note")
    network["rw1"].post(f"{path}/tasks", {"category": "tenancy", "title": f"{ERASED} task"})
    network["rw1"].upload(
        f"{path}/documents", "a.txt", f"{ERASED} letter".encode(), title=ERASED, **LETTER
    )
    return case


@pytest.fixture
@beginning
def shared(network):
    """A case that stays, read by rw2 under a consent of their own, and by the specialist."""
    case = open_shared_case(network)
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    case["consent"] = consent(network, case, to, ["health", "tenancy"])
    join(network, case, "specialist", "specialist")
    case["place"] = join(network, case, "rw2", "generalist")
    note(network, case, "rw1", f"{KEPT} note")
    network.work()
    return case


def end_things(network, shared) -> None:
    """After the backup: a consent renewed and then withdrawn, a place ended, somebody refused."""
    path = f"/api/v1/cases/{shared['id']}"
    renewed = network["rw1"].post(
        f"{path}/consents/{shared['consent']['id']}/renewal",
        {
            **{"evidence": "oral", "witness": "W", "language": "fr"},
            "valid_until": (network.clock.now() + timedelta(days=300)).isoformat(),
        },
        If_Match='"v1"',
    )
    network.clock.advance(seconds=1)
    network["rw1"].post(f"{path}/consents/{renewed['id']}/withdrawal", status=200, If_Match='"v1"')
    network["rw1"].call(
        "POST", f"{path}/team/{shared['place']['id']}/end", status=200, If_Match='"v2"'
    )
    refused = {"professional_id": network["colleague"].id, "reason": "Refused"}
    network["rw1"].post(f"{path}/exclusions", refused)


def principals(network, case) -> set[str]:
    rows = network.rows("SELECT principal_id FROM access_grants WHERE case_id = %s", case["id"])
    return {str(who) for (who,) in rows}


def seal(network) -> None:
    with network.runtime.transaction() as uow:
        seal_entries(uow=uow)


def ready(app) -> requests.Response:
    """As a probe sees it that comes when the last answer is not remembered any more."""
    app.extensions["maillage"].readiness._asked_at = None
    with served(app) as port:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5)


@pytest.fixture
def passed_on(network, shared):
    """Another case that stays; after the backup rw1 hands it over to rw2."""
    return open_shared_case(network)


def test_the_restore_drill(
    network, doomed, shared, passed_on, settings, cluster, owner_database, app, monkeypatch, capsys
):
    erasing = erasing_of(settings)
    erasing.take_turn(network.runtime)
    backup = Backup(cluster, settings)
    assert ERASED.encode() not in b"".join(
        file.read_bytes() for file in (settings.documents_dir / "kept").glob("*/*")
    )
    set_state(owner_database, network, doomed, "closed")
    confirmed(network, doomed)
    end_things(network, shared)
    take_over(network, propose(network, passed_on), "rw2")
    network.work()
    erasing.take_turn(network.runtime)
    assert ERASED not in canaries(network)
    seal(network)
    assert principals(network, shared) == {network["rw1"].id}
    after = [principals(network, case) for case in (shared, passed_on)]
    kinds = [each.line.kind for each in book_of(settings).read()]
    assert sorted(kinds) == [
        *("case_erased", "consent_renewed", "consent_withdrawn", "exclusion_set"),
        *("participation_ended", "reference_changed"),
    ]

    Anchoring(read_signer(settings.anchor_key), ways_out(settings)).take_turn(network.runtime)
    key = read_signer(settings.anchor_key).verifier
    assert verify(network.database, read_anchors(settings.anchor_file), key).anchors == 1

    backup.restore()
    with pytest.raises(Tampered, match="anchor"):
        verify(network.database, read_anchors(settings.anchor_file), key)
    nothing_serves_what_came_back(network, (shared, passed_on), settings, app)
    with as_environment(settings, monkeypatch):
        for part in ("api", "worker", "sweeper"):
            assert main([part]) == 2
            assert "run maillage erasure replay" in capsys.readouterr().err
        assert main(["erasure", "replay"]) == 0
    assert "1 cases erased again, 5 endings repeated" in capsys.readouterr().out
    nothing_is_back(network, doomed, shared, settings, app)
    assert [principals(network, case) for case in (shared, passed_on)] == after
    assert network["rw1"].id not in after[1]
    assert network["rw2"].id in after[1]
    with app.extensions["maillage"].database.engine.connect() as connection:
        require_replayed(settings.erasure_ledger, connection)
    assert replay(settings) == Replayed()
    seal(network)
    assert verify(network.database, (), None).waiting == 0
    print("restore drill: 0 erased canaries readable, 0 revoked grants alive")


@contextmanager
def as_environment(settings, monkeypatch):
    """Parts of the program that begin here have these settings."""
    with monkeypatch.context() as patched:
        for name, value in settings.to_environment().items():
            patched.setenv(name, value)
        patched.setenv("PORT", str(free_port()))
        yield


def nothing_serves_what_came_back(network, cases, settings, app):
    """The rows are there again, and rights with them, but no probe lets anybody in."""
    shared, passed_on = cases
    assert ERASED in canaries(network)
    assert network["specialist"].id in principals(network, shared)
    assert network["rw1"].id in principals(network, passed_on)
    answer = ready(app)
    assert answer.status_code == 503
    assert "erasure_ledger" in answer.text
    (name,) = [file.name for file in (settings.documents_dir / "kept").glob("*/*")]
    with pytest.raises(Unreadable):
        network.runtime.documents.open(name)


def nothing_is_back(network, doomed, shared, settings, app):
    assert ERASED not in canaries(network)
    assert KEPT in canaries(network)
    assert list((settings.documents_dir / "kept").glob("*/*")) == []
    for person in network.people.values():
        assert person.call("GET", f"/api/v1/cases/{doomed['id']}").status_code == 404
        for case in person.get("/api/v1/cases")["items"]:
            assert case["id"] != doomed["id"]
    network["specialist"].call("GET", f"/api/v1/cases/{shared['id']}", status=404)
    network["rw2"].call("GET", f"/api/v1/cases/{shared['id']}", status=404)
    assert network["rw1"].get(f"/api/v1/cases/{shared['id']}")["id"] == shared["id"]
    assert ready(app).status_code == 200


def test_keys_that_came_back_with_their_backup_go_again(network, doomed, settings, owner_database):
    key = keys_of(settings).key(UUID(doomed["id"]))
    assert len(key) == 32
    copy = settings.case_keys.with_name("keys.backup")
    shutil.copytree(settings.case_keys, copy)
    set_state(owner_database, network, doomed, "closed")
    confirmed(network, doomed)
    erasing_of(settings).take_turn(network.runtime)
    shutil.rmtree(settings.case_keys)
    shutil.copytree(copy, settings.case_keys)
    assert keys_of(settings).key(UUID(doomed["id"])) == key
    replay(settings)
    with pytest.raises(Unreadable):
        keys_of(settings).key(UUID(doomed["id"]))
    with pytest.raises(Unreadable):
        keys_of(settings).key_for_writing(UUID(doomed["id"]))


def test_a_ledger_that_was_cut_or_changed_opens_nothing(network, shared, settings, database):
    end_things(network, shared)
    network.work()
    erasing_of(settings).take_turn(network.runtime)
    whole = settings.erasure_ledger.read_bytes()
    lines = whole.splitlines(keepends=True)
    with database.engine.connect() as connection:
        require_replayed(settings.erasure_ledger, connection)
        settings.erasure_ledger.write_bytes(b"".join(lines[:-1]))
        with pytest.raises(LedgerAhead, match="put the right file back"):
            require_replayed(settings.erasure_ledger, connection)
    first = json.loads(lines[0])
    forged = {**first, "subject": str(UUID(int=1))}
    settings.erasure_ledger.write_bytes(json.dumps(forged).encode() + b"\n" + b"".join(lines[1:]))
    with pytest.raises(LedgerBroken, match="line 1 of the ledger is not signed"):
        book_of(settings).read()
    settings.erasure_ledger.write_bytes(b"".join([lines[0], *lines[2:]]))
    with pytest.raises(LedgerBroken, match="line 2 of the ledger does not follow"):
        book_of(settings).read()
    settings.erasure_ledger.write_bytes(whole + b'{"position": 99')
    assert len(book_of(settings).read()) == len(lines)


def test_a_dump_holds_no_document_and_no_address(network, doomed, settings, cluster):
    """Case 12: what a thief of the backup has opens nothing without the keys."""
    (member, *_) = network.rows("SELECT id FROM members WHERE role = 'adult'")
    place = f"/api/v1/cases/{doomed['id']}/members/{member[0]}/compartment"
    network["rw1"].post(place)
    network["rw1"].call("PUT", place, {"address": "Marker-5afe"}, status=200, If_Match='"v1"')
    assert network["rw1"].get(f"{place}/address") == {"text": "Marker-5afe"}
    plain = make_url(cluster.url(SUPERUSER)).set(drivername="postgresql").render_as_string()
    dumped = subprocess.run(
        [program("pg_dump", cluster.account), plain],
        capture_output=True,
        check=True,
        cwd=cluster.home,
        **cluster.account.switch(),
    ).stdout
    assert b"Marker-5afe" not in dumped
    keys_of(settings).destroy(UUID(doomed["id"]))
    answer = network["rw1"].call("GET", f"{place}/address", status=503)
    assert answer.json()["code"] == "case-key-missing"
