"""The real parts as processes of their own, forked from a server that has imported them already."""

import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import make_url

from infra.embedded import api
from infra.embedded.process import die_with_parent
from infra.settings import Settings
from notifications import vocabulary as known
from notifications.catalogue import CATALOGUE
from notifications.planning import escalation
from services.evictions.events import HearingPosted
from services.shared.events import REGISTRY
from tests.faults.kit import sink
from tests.faults.kit.sink import Temper
from tests.guards.setting_up import SET_UP
from workers import heartbeat, main
from workers.routing import ROUTES

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.kit.warm"])
MAIL_FROM = "alerts@maillage.example"
# Nobody listens there.
NO_REDIS = "redis://127.0.0.1:1/0"
GONE_SECONDS = 20.0
LEASE = 20


class TooLate(AssertionError):
    """What should happen did not; says what stood where."""


def wait_for(condition: Callable[[], Any], seconds: float, tell: Callable[[], str] = str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TooLate(tell())
        time.sleep(0.02)


def _run(part: str, log: Path, *given: Any) -> None:
    die_with_parent(signal.SIGKILL)()
    os.setpgid(0, 0)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    RUN[part](*given)


def run_strictly(part: str, log: Path, *given: Any) -> None:
    """As `_run`; a warning ends the process."""
    warnings.simplefilter("error")
    _run(part, log, *given)


def _serve_api(settings: Settings) -> None:
    """Two processes, so that one of them may be killed."""
    os.environ["API_PROCESSES"] = "2"
    # It sends nothing; its start refuses a lease as short as some tests have.
    api.serve(replace(settings, lease_seconds=LEASE))


def _run_older(settings: Settings) -> None:
    """A sweeper of the release before: it has not heard of posted hearings."""
    name = HearingPosted.name
    for table in (REGISTRY, ROUTES, CATALOGUE):
        table.pop(name)
    known.KINDS.remove(name)
    escalation.CLIMBING = tuple(kind for kind in escalation.CLIMBING if kind != name)
    main.run_sweeper(settings)


def _run_brisk(settings: Settings) -> None:
    """A worker that says that it lives, and looks for Redis, as often as a test can wait for."""
    heartbeat.EVERY_SECONDS = main.REDIS_PAUSE_SECONDS = 0.1
    main.run_worker(settings)


RUN: dict[str, Callable[..., None]] = {
    "sink": sink.serve,
    "worker": main.run_worker,
    "brisk": _run_brisk,
    "sweeper": main.run_sweeper,
    "older": _run_older,
    "api": _serve_api,
}


def settings_for(folder: Path, *, worker_url: str, redis_url: str, port: int) -> Settings:
    return Settings(
        database_url="",
        worker_database_url=worker_url,
        owner_database_url="",
        redis_url=redis_url,
        smtp_url=f"smtp://{sink.HOST}:{port}",
        mail_from=MAIL_FROM,
        public_url="https://maillage.example",
        oidc_issuer="https://login.example",
        oidc_client_id="c",
        oidc_client_secret="",
        api_audience="a",
        secret_key="0Yq8v4kZr1bT7xWm3nHs9uDc5eGfLpJa",
        documents_dir=folder / "documents",
        embedded=True,
        lease_seconds=LEASE,
    )


@dataclass
class Parts:
    """Started by name, so that whoever kills one can start it again."""

    folder: Path
    settings: Settings
    port: int
    temper: Temper = field(default_factory=Temper)
    running: dict[str, BaseProcess] = field(default_factory=dict)

    @property
    def mails(self) -> Path:
        return self.folder / "received.jsonl"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start(self, name: str, **changes: Any) -> BaseProcess:
        """`name` begins with what it is: sink, api, worker, brisk, sweeper or older."""
        part = name.rstrip("0123456789")
        url = make_url(self.settings.worker_database_url)
        named = url.update_query_dict({"application_name": name}).render_as_string()
        settings = replace(self.settings, worker_database_url=named)
        given: tuple[Any, ...] = (replace(settings, **changes),)
        if part == "sink":
            given = (self.port, self.mails, self.temper)
        # A daemon of multiprocessing may not fork, and the API does.
        daemon = part != "api"
        process = CONTEXT.Process(target=_run, args=(part, self.log(name), *given), daemon=daemon)
        process.start()
        SET_UP["processes started"] += 1
        self.running[name] = process
        return process

    def signal(self, name: str, number: int) -> None:
        process = self.running[name]
        if process.is_alive():
            os.kill(process.pid or 0, number)

    def kill(self, name: str) -> None:
        """And what it forked: as a supervisor ends a whole control group."""
        forked = self.forked(name)
        self.signal(name, signal.SIGKILL)
        for each in forked:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self.running.pop(name).join(GONE_SECONDS)

    def forked(self, name: str) -> list[psutil.Process]:
        try:
            return psutil.Process(self.running[name].pid).children()
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def tail(self, lines: int = 5) -> str:
        """The last words of everybody, for the message of a failure."""
        logs = sorted(self.folder.glob("*.log"))
        said = [
            f"--- {log.name}\n" + "\n".join(log.read_text().splitlines()[-lines:]) for log in logs
        ]
        return "\n".join(said)
