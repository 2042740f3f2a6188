"""From quarantine to a verdict, with a scanner that answers, finds, hangs, and is away."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from infra.files.scanner import ClamAV
from services.documents import scanning
from services.documents.model import ScanState
from services.shared.vault.folders import MARK
from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.outside.scanners import EICAR, clamd
from workers.chores.scanning import sweep_orphans
from workers.draining import drain
from workers.timetable import file_chores

FIELDS = {"category": "health", "kind": "medical", "title": "Marker-2c19"}


@pytest.fixture
def scanner():
    with clamd() as server:
        yield server


@pytest.fixture
@beginning
def case(network):
    case = open_shared_case(network)
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    consent(network, case, to, ["health"])
    join(network, case, "specialist", "specialist")
    return case


def with_scanner(network, url: str, timeout: int = 3):
    network.runtime = replace(network.runtime, scanner=ClamAV(url, timeout=timeout))
    return network


def send(network, case, content: bytes, who: str = "specialist") -> str:
    path = f"/api/v1/cases/{case['id']}/documents"
    return network[who].upload(path, "n.txt", content, **FIELDS).json()["id"]


def state(network, document: str) -> str:
    return network["rw1"].get(f"/api/v1/documents/{document}")["scan_state"]


def test_what_is_clean_is_served(network, case, scanner):
    document = send(network, case, b"He sleeps badly")
    with_scanner(network, scanner.url).work()
    assert scanner.scanned == [b"He sleeps badly"]
    assert state(network, document) == "clean"
    path = f"/api/v1/documents/{document}/content"
    assert network["rw1"].call("GET", path, status=200).content == b"He sleeps badly"


def test_eicar_is_never_served_and_both_are_told(network, case, scanner):
    document = send(network, case, EICAR)
    with_scanner(network, scanner.url).work()
    assert state(network, document) == "infected"
    path = f"/api/v1/documents/{document}/content"
    refused = network["rw1"].call("GET", path, status=403)
    assert refused.json()["code"] == "document-infected"
    assert EICAR not in refused.content
    network.work()
    for who in ("rw1", "specialist"):
        mail = [m for m in network.mails(who) if "irus" in m["Subject"]]
        assert len(mail) == 1, who
        assert "Marker-2c19" not in mail[0].as_string()


def test_a_reference_worker_who_uploads_is_told_once(network, case, scanner):
    send(network, case, EICAR, "rw1")
    with_scanner(network, scanner.url).work()
    network.work()
    assert len([m for m in network.mails("rw1") if "irus" in m["Subject"]]) == 1


def test_a_scanner_that_is_away_is_asked_again_later(network, case, scanner):
    first, second = send(network, case, b"one"), send(network, case, b"two")
    with_scanner(network, "tcp://127.0.0.1:1").work()
    assert {state(network, first), state(network, second)} == {"quarantined"}
    network["rw1"].call("GET", f"/api/v1/documents/{first}/content", status=409)
    attempts = "SELECT scan_attempts FROM document_versions ORDER BY 1"
    assert network.rows(attempts) == [(0,), (1,)]
    with_scanner(network, scanner.url).work()
    assert scanner.scanned == []
    network.clock.advance(hours=1)
    network.work()
    assert {state(network, first), state(network, second)} == {"clean"}


def test_a_scanner_that_keeps_silent_is_left_after_its_time(network, case, scanner):
    document = send(network, case, b"one")
    scanner.silent.set()
    with_scanner(network, scanner.url, timeout=1).work()
    assert state(network, document) == "quarantined"


def test_an_answer_that_is_no_verdict_is_none(network, case, scanner):
    document = send(network, case, b"one")
    scanner.silent.set()
    scanner.released.set()
    with_scanner(network, scanner.url).work()
    assert state(network, document) == "quarantined"


def test_without_a_scanner_nothing_leaves_quarantine(network, case):
    document = send(network, case, b"one")
    network.clock.advance(days=30)
    network.work()
    assert state(network, document) == "quarantined"


def test_a_verdict_after_its_lease_is_not_written(network, case):
    document = send(network, case, b"one")
    with network.runtime.transaction() as uow:
        late = scanning.claim(uow=uow)
    network.clock.advance(minutes=2)
    with network.runtime.transaction() as uow:
        assert scanning.claim(uow=uow).attempts == 2
    with network.runtime.transaction() as uow:
        assert scanning.finish(late, ScanState.CLEAN, uow=uow) is False
    assert state(network, document) == "quarantined"


def test_one_round_scans_all_that_waits(network, case, scanner):
    documents = [send(network, case, b"%d" % n) for n in range(5)]
    assert drain(with_scanner(network, scanner.url).runtime) >= 5
    assert {state(network, d) for d in documents} == {"clean"}


def test_files_without_a_row_go_to_a_dated_trash_and_wait_there(network, case, tmp_path):
    send(network, case, b"one")
    store = network.runtime.documents
    orphan, left = store.new_incoming(), store.new_incoming()
    for path in (orphan, left):
        path.write_bytes(b"x")
    name = store.keep(orphan, uuid4())
    assert len(files(tmp_path)) == 3
    hour_ago = network.clock.now() - timedelta(hours=1)
    aged(files(tmp_path), hour_ago + timedelta(seconds=1))
    assert swept(network) == 0
    aged(files(tmp_path), hour_ago - timedelta(seconds=1))
    assert swept(network) == 1
    assert not left.exists()
    aged(files(tmp_path), network.clock.now() - timedelta(days=8, seconds=1))
    assert swept(network) == 1
    trash = tmp_path / "documents" / "trash" / network.clock.now().date().isoformat() / name
    assert trash.exists()
    assert len(files(tmp_path)) == 2
    network.clock.advance(days=30)
    assert swept(network) == 0
    network.clock.advance(days=1)
    assert swept(network) == 1
    assert name not in {p.name for p in files(tmp_path)}


def test_the_sweep_is_in_the_timetable(network):
    assert [row.every for row in file_chores(network.runtime.documents)] == [timedelta(hours=1)]


def files(folder: Path) -> list[Path]:
    """Of documents, whatever their state."""
    found = (folder / "documents").rglob("*")
    return sorted(path for path in found if path.is_file() and path.name != MARK)


def aged(paths: list[Path], moment) -> None:
    for path in paths:
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def swept(network) -> int:
    with network.runtime.transaction() as uow:
        return sweep_orphans(network.runtime.documents, uow=uow)
