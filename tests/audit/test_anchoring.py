"""Signed heads leave the database: in time, once, and never two that differ."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.audit.anchors import AnchorFile, AnchorWebhook, ExportFailed, read_anchors, sign
from infra.audit.chain import verify
from infra.audit.keys import make_keys, read_signer, read_verifier
from infra.files.store import DocumentStore
from infra.settings import SettingsError
from notifications.channels.email import EmailChannel
from workers.chores.anchoring import Anchoring
from workers.runtime import Runtime


@pytest.fixture
def runtime(worker_database, clock, mail_server, tmp_path) -> Runtime:
    email = EmailChannel(server=mail_server, sender="alerts@maillage.example", timeout=3)
    return Runtime(
        database=worker_database,
        clock=clock,
        email=email,
        documents=DocumentStore(tmp_path / "documents"),
        public_url="",
        mail_domain="x",
    )


@pytest.fixture
def file(tmp_path) -> AnchorFile:
    return AnchorFile(tmp_path / "outside" / "anchors.jsonl")


@pytest.fixture
def anchoring(signer, file) -> Anchoring:
    return Anchoring(signer, [file])


def positions(file: AnchorFile) -> list[int]:
    return [anchor.position for anchor in read_anchors(file.path)]


def add(journals, count: int) -> None:
    journals.read(count)
    journals.seal()


def test_an_anchor_every_five_minutes_if_anything_was_sealed(
    journals, runtime, anchoring, file, clock
):
    anchoring.take_turn(runtime)
    assert not file.path.exists()
    add(journals, 3)
    anchoring.take_turn(runtime)
    add(journals, 2)
    clock.advance(minutes=4, seconds=59)
    anchoring.take_turn(runtime)
    assert positions(file) == [3]
    clock.advance(seconds=1)
    anchoring.take_turn(runtime)
    anchoring.take_turn(runtime)
    assert positions(file) == [3, 5]
    clock.advance(hours=1)
    anchoring.take_turn(runtime)
    assert positions(file) == [3, 5]
    assert verify(journals.owner, read_anchors(file.path), anchoring._signer.verifier).anchors == 2


def test_an_anchor_at_a_thousand_seals(journals, runtime, anchoring, file):
    add(journals, 1)
    anchoring.take_turn(runtime)
    add(journals, 999)
    anchoring.take_turn(runtime)
    assert positions(file) == [1]
    add(journals, 1)
    anchoring.take_turn(runtime)
    assert positions(file) == [1, 1001]


def test_two_sweepers_write_each_anchor_once(journals, runtime, signer, file, clock):
    sweepers = [Anchoring(signer, [file]) for _ in range(3)]
    for _ in range(4):
        add(journals, 5)
        clock.advance(minutes=5)
        threads = [threading.Thread(target=one.take_turn, args=(runtime,)) for one in sweepers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    sweepers[0].take_turn(runtime)
    assert positions(file) == [5, 10, 15, 20]


def test_a_line_cut_short_by_a_crash_is_replaced(journals, runtime, anchoring, file, clock):
    add(journals, 2)
    anchoring.take_turn(runtime)
    with file.path.open("ab") as torn:
        torn.write(b'{"position": 4, "chain_')
    add(journals, 2)
    clock.advance(minutes=5)
    anchoring.take_turn(runtime)
    assert positions(file) == [2, 4]
    assert len(file.path.read_bytes().splitlines()) == 2


def test_another_content_for_a_position_is_never_written(file, signer, clock):
    file.export(sign(7, b"a" * 32, clock.now(), signer))
    file.export(sign(7, b"a" * 32, clock.now(), signer))
    with pytest.raises(ExportFailed, match="contradiction"):
        file.export(sign(7, b"b" * 32, clock.now(), signer))
    with pytest.raises(ExportFailed, match="contradiction"):
        file.export(sign(6, b"c" * 32, clock.now(), signer))
    assert positions(file) == [7]


class Notary(HTTPServer):
    """Keeps what it is sent, when it is in the mood."""

    status = 201

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.kept: list[dict[str, object]] = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 201:
            self.server.kept.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def notary() -> Iterator[Notary]:
    server = Notary()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_that_refused_is_asked_again(journals, runtime, signer, file, notary):
    webhook = AnchorWebhook(f"http://127.0.0.1:{notary.server_port}/anchors")
    notary.status = 503
    add(journals, 2)
    Anchoring(signer, [file, webhook]).take_turn(runtime)
    waiting = "SELECT position FROM audit_anchors WHERE exported_at IS NULL"
    assert journals.owner.execute(waiting).fetchall() == [(2,)]
    notary.status = 201
    Anchoring(signer, [file, webhook]).take_turn(runtime)
    assert journals.owner.execute(waiting).fetchall() == []
    assert [kept["position"] for kept in notary.kept] == [2]
    assert positions(file) == [2]


def test_a_failure_is_followed_by_a_pause(journals, runtime, signer, notary):
    """A way out that hangs costs its time-out once a round, not once a sweep."""
    notary.status = 302
    impatient = Anchoring(signer, [AnchorWebhook(f"http://127.0.0.1:{notary.server_port}/")])
    add(journals, 1)
    impatient.take_turn(runtime)
    notary.status = 201
    impatient.take_turn(runtime)
    assert notary.kept == []


def test_figures_tell_what_waits_and_since_when(journals, runtime, anchoring, clock):
    figures = (
        "SELECT unsealed, last_anchor_age_seconds, unanchored_age_seconds FROM audit_figures()"
    )
    assert journals.worker.execute(figures).fetchone() == (0, None, 0)
    journals.read(2)
    assert journals.worker.execute(figures).fetchone() == (2, None, 0)
    journals.seal()
    unsealed, _, unanchored = journals.worker.execute(figures).fetchone()
    assert unsealed == 0
    assert 0 < unanchored < 60
    anchoring.take_turn(runtime)
    _, age, unanchored = journals.worker.execute(figures).fetchone()
    assert age > 0
    assert unanchored == 0


def test_the_key_is_made_once_and_its_public_half_is_enough(tmp_path):
    first = read_signer(make_keys(tmp_path))
    assert read_signer(make_keys(tmp_path)).verifier.key_id == first.verifier.key_id
    public = read_verifier(tmp_path / "public.pem")
    assert public.accepts(b"text", first.sign(b"text"))
    assert not public.accepts(b"text", first.sign(b"other"))
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


def test_a_file_without_a_key_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "key.pem").write_text("nothing")
    with pytest.raises(SettingsError, match="holds no Ed25519 private key"):
        read_signer(tmp_path / "key.pem")
    with pytest.raises(SettingsError, match="holds no Ed25519 public key"):
        read_verifier(tmp_path / "absent.pem")
