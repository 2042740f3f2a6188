"""What a newcomer meets: `maillage up` as a process, on ports and in a folder of its own.

Nothing here shares a part with other tests, and nothing of it is left behind.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from infra.embedded.stack import SWITCHES
from tests.journeys import tour

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from infra.cli import main; sys.exit(main())"
START_LIMIT = 120.0
STOP_LIMIT = 30.0
# Set in the tester's own shell they would lead to somebody's real servers.
EXTERNAL = {name for switch, companions in SWITCHES.values() for name in (switch, *companions)}
OURS = {"DATA", "PORT", "HOST", "PUBLIC_URL", "TRUSTED_HOSTS", "SECRET_KEY", "MAILBOX"}


@dataclass
class Started:
    """A Maillage that said it is ready."""

    process: subprocess.Popen[bytes]
    data: Path
    port: int
    said: str

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, token: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(self.base + path, headers=headers, timeout=20)

    def post(self, path: str, token: str, json: object) -> dict:
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.post(self.base + path, json=json, headers=headers, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def token(self, email: str) -> str:
        words = command("token", email)
        done = subprocess.run(
            words,
            env=environment(self.data, self.port),
            capture_output=True,
            text=True,
            check=True,
            timeout=STOP_LIMIT,
        )
        return done.stdout.strip()

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_LIMIT)

    def processes(self) -> list[psutil.Process]:
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, *words]


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in EXTERNAL | OURS}
    return {**kept, "PYTHONPATH": str(ROOT), "DATA": str(data), "PORT": str(port), **more}


@contextmanager
def folder() -> Iterator[Path]:
    """Short enough for sockets; PostgreSQL's user gets there even when the tests run as root."""
    path = Path(tempfile.mkdtemp(prefix="maillage-test-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def started(data: Path, **more: str) -> Iterator[Started]:
    """`maillage up` until the block ends, however it ends."""
    port, log = free_port(), data.parent / f"{data.name}.out"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command("up"), env=environment(data, port, **more), stdout=out, stderr=out
        )
    try:
        until(lambda: b"To stop" in log.read_bytes() or process.poll() is not None, START_LIMIT)
        said = log.read_text(encoding="utf-8")
        assert process.poll() is None, said
        yield Started(process, data, port, said)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_LIMIT)
        finally:
            process.kill()
            process.wait(STOP_LIMIT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, limit):
    """Bounded: what is not true by then is a failure."""
    deadline = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found


def alive(process: psutil.Process) -> bool:
    """A zombie is not: who takes it away is the machine's business."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def mentioning(path: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline"])
    return [p for p in found if any(str(path) in word for word in p.info["cmdline"] or [])]


@pytest.fixture(scope="module")
def running() -> Iterator[Started]:
    """A first start, in a folder that did not exist, named as people name theirs."""
    with folder() as place, started(place / "l'été = 100 %") as up:
        yield up


def test_it_says_where_who_and_how_to_stop(running):
    assert "Ready in" in running.said
    for words in (running.base, "/dev/mailbox", "nora@uln.example", "liaison", "Ctrl-C"):
        assert words in running.said


def test_every_part_lives_and_none_died(running):
    def states():
        return running.get("/readyz").json()["parts"]

    until(lambda: {*states().values()} == {"up"}, START_LIMIT)
    assert {"workers", "sweepers", "folders", "redis"} <= states().keys()
    died = [line for line in running.get("/metrics").text.splitlines() if "parts_crashed{" in line]
    assert len(died) == 2
    assert all(line.endswith(" 0.0") for line in died)


def test_the_first_page_names_the_demo_people(running):
    page = running.get("/")
    assert page.status_code == 200
    assert "Nora Lemaire" in page.text
    assert "lotte@cpas.example" in page.text


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/docs", "/dev/mailbox"],
)
def test_every_place_it_names_answers(running, path):
    assert running.get(path).status_code == 200


def test_a_token_is_for_one_person(running):
    me = running.get("/api/v1/me", running.token("ines@ssm.example")).json()
    assert me["organisation"] == "Service de Santé Mentale Le Canal"
    assert running.get("/api/v1/me").status_code == 401


def test_login_by_the_demo_provider_and_logout(running):
    with requests.Session() as browser:
        choice = browser.get(f"{running.base}/auth/login?next=/api/v1/me", timeout=20)
        proof = re.search(r'name="proof" value="([^"]+)"', choice.text)[1]
        back = browser.post(choice.url, data={"subject": "nora", "proof": proof}, timeout=20)
        assert back.url.startswith(f"{running.base}/auth/callback")
        assert "url=/api/v1/me" in back.text
        me = browser.get(f"{running.base}/api/v1/me", timeout=20).json()
        assert me["name"] == "Nora Lemaire"

        cases = f"{running.base}/api/v1/cases"
        forged = browser.post(cases, json={"language": "fr"}, timeout=20)
        assert forged.status_code == 403
        assert forged.json()["type"].endswith("/csrf")
        own = {"X-CSRF-Token": me["csrf_token"]}
        opened = browser.post(cases, json={"language": "fr"}, headers=own, timeout=20)
        assert opened.status_code == 201

        session = dict(browser.cookies)
        left = browser.post(f"{running.base}/auth/logout", headers=own, timeout=20)
        assert left.url == f"{running.base}/"
        again = requests.get(f"{running.base}/api/v1/me", cookies=session, timeout=20)
        assert again.status_code == 401


def test_every_line_of_the_readmes_tour_does_what_it_says(running, tmp_path):
    env = environment(running.data, running.port)
    done = tour.run(tour.commands(), command(), env, tmp_path)
    mailbox = running.get("/dev/mailbox").text

    assert [each for each in done if each[1] != 0] == []

    def said(fragment: str) -> list[str]:
        return [printed.strip() for line, _, printed in done if fragment in line]

    (code,) = re.findall(r"BX-\w{4}", said("The case is called")[0])
    assert said('"$NORA" "/cases/$CASE/notes" |') == ["Madame sleeps badly since the letter."]
    assert said('"$LOTTE" "/cases/$CASE/notes"') == ["[]"]
    assert "Madame M." in said('get "$LOTTE" "/cases/$CASE" | field')[0]
    assert '"steps"' in said("field deadlines")[-1]
    assert said("/acknowledgement") == ["acknowledged"]
    assert [line.lower() for line in said("^etag")] == ['etag: "v1"']
    assert said("http_code") == ["404", "404"]
    assert "2026-09-15" in said("maillage deadline")[0]
    told = re.findall(rf"{code}.*?<td>(.*?)</td>", mailbox, re.DOTALL)
    assert {"nora@uln.example", "joris@cass.example"} <= set(told)
