"""`maillage up` as a process, on ports and in a folder of its own: started, asked and ended.

Nothing here shares a part with other tests, and nothing of it is left behind.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from infra.cli import main
from infra.embedded.stack import SWITCHES
from tests.faults.kit.commands import Command, begun, ended

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

    process: subprocess.Popen[bytes] | Command
    data: Path
    port: int
    said: str
    _tokens: dict[str, str] = field(default_factory=dict)

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

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that is told the folder, whether Maillage still runs there or not."""
        return subprocess.run(
            command(*words, "--data", str(self.data)),
            env=environment(self.data, self.port),
            capture_output=True,
            text=True,
            check=False,
            timeout=START_LIMIT,
        )

    def warmly(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The same by a process that has imported the program already."""
        env, out = environment(self.data, self.port), self.data.parent / "asked.out"
        return ended(main, (*words, "--data", str(self.data)), env, out, START_LIMIT)

    def token(self, email: str) -> str:
        if email not in self._tokens:
            self._tokens[email] = self.warmly("token", email).stdout.strip()
        return self._tokens[email]

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
def started(data: Path, *, warm: bool = False, **more: str) -> Iterator[Started]:
    """`maillage up` until the block ends, however it ends; `warm` has imported itself already."""
    port, log = free_port(), data.parent / f"{data.name}.out"
    env = environment(data, port, **more)
    process: subprocess.Popen[bytes] | Command
    if warm:
        process = begun(main, ["up"], env, log)
    else:
        with log.open("wb") as out:
            process = subprocess.Popen(command("up"), env=env, stdout=out, stderr=out)
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


def until(condition: Callable[[], Any], limit: float) -> Any:
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
