"""From an event's commit to its handler, with the real processes, against bare LISTEN/NOTIFY."""

import os
import queue
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.alerts import logs_discarded, running_parts
from bench.figures import Figure, in_turns, ratios, say
from bench.stage import ROOT, Stage, plain_url
from infra.embedded.process import die_with_parent
from infra.embedded.redis import Valkey
from infra.settings import Settings
from services.intervisions.agenda_events import FollowUpClosed
from workers.runtime import Runtime

PAUSE = 0.02
START = "import sys; from infra.cli import main; sys.exit(main(sys.argv[1:]))"
PARTS = ("worker", "sweeper", "sweeper")
_HANDLED = "SELECT dispatched_at FROM outbox_events WHERE case_id = %s"
_ALIVE = "SELECT count(*) FROM heartbeats"
# Dispatched already, so that nobody takes it up.
_EVENT = """
    INSERT INTO outbox_events (id, name, payload, occurred_at, dispatched_at)
    VALUES (gen_random_uuid(), 'cases.participant_declined', '{}', now(), now())
"""
Latency = Callable[[], float]


class NotHandled(Exception):
    """Nobody took the event up within ten seconds."""


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    rounds, events = (15, 60) if full else (7, 30)
    stage.empty()
    with ExitStack() as opened:
        valkey = opened.enter_context(valkey_in(stage.folder))
        opened.enter_context(_processes(stage, valkey))
        runtime = opened.enter_context(running_parts(stage))
        opened.enter_context(logs_discarded())
        watcher = opened.enter_context(stage.superuser())
        bare = opened.enter_context(_Bare.listening(stage))
        _wait(lambda: _row(watcher, _ALIVE) == PARTS.count("sweeper"))
        ours_all: list[float] = []
        bare_all: list[float] = []

        def block(one: Latency, kept: list[float]) -> Callable[[], float]:
            def run() -> float:
                times = [one() for _ in range(events)]
                kept.extend(times)
                return statistics.median(times)

            return run

        say(f"wake: {rounds} rounds of {events} events")
        ours = block(lambda: _handled_after(runtime, watcher), ours_all)
        sides = in_turns(rounds, ours, block(bare.latency, bare_all))
        valkey.stop()
        away = [_handled_after(runtime, watcher) for _ in range(events)]
    _tell("with Valkey and a worker", ours_all)
    _tell("bare LISTEN/NOTIFY", bare_all)
    _tell("Valkey stopped, by the sweepers", away)
    n = f"{rounds} × {events}"
    what = "event committed → handler started, {}"
    return [
        _figure("wake-p50", what.format("p50"), n, ratios(*sides)),
        _figure("wake-p99", what.format("p99"), n, [_high(ours_all) / _high(bare_all)]),
    ]


def _figure(name: str, what: str, n: str, values: list[float]) -> Figure:
    return Figure(name=name, what=what, peer="bare LISTEN/NOTIFY", kind="time", ratios=values, n=n)


def _high(times: list[float]) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[98]


def _tell(what: str, times: list[float]) -> None:
    middle, high = statistics.median(times) * 1000, _high(times) * 1000
    say(f"wake: {what}: p50 {middle:.1f} ms, p99 {high:.1f} ms, n = {len(times)}")


def _handled_after(runtime: Runtime, watcher: psycopg.Connection) -> float:
    """`dispatched_at` is the instant at which the dispatcher's transaction began, by the database's
    clock; this machine's clock is the same one.
    """
    time.sleep(PAUSE)
    mark = uuid4()
    event = FollowUpClosed(case_id=mark, follow_up_id=mark)
    with runtime.transaction() as uow:
        uow.record(event, actor=None)
        committed = datetime.now(UTC)
    _wait(lambda: _row(watcher, _HANDLED, mark) is not None)
    handled = _row(watcher, _HANDLED, mark)
    assert isinstance(handled, datetime)
    return max((handled - committed).total_seconds(), 0.0)


def _row(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        if time.monotonic() > until:
            raise NotHandled
        time.sleep(0.001)


class _Bare:
    """A connection that commits the same event and notifies, and one that listens; no more."""

    def __init__(self, stage: Stage) -> None:
        url = plain_url(stage.cluster, "maillage_worker")
        self._speaker = psycopg.connect(url, autocommit=True)
        self._listener = psycopg.connect(url, autocommit=True)
        self._listener.execute("LISTEN bench")
        self._heard: queue.Queue[float] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @classmethod
    @contextmanager
    def listening(cls, stage: Stage) -> Iterator["_Bare"]:
        bare = cls(stage)
        yield bare
        bare._speaker.execute("NOTIFY bench, 'end'")
        bare._speaker.close()

    def latency(self) -> float:
        time.sleep(PAUSE)
        with self._speaker.transaction():
            self._speaker.execute(_EVENT)
            self._speaker.execute("NOTIFY bench")
            started = time.time()
        return self._heard.get(timeout=10) - started

    def _listen(self) -> None:
        with self._listener:
            for notice in self._listener.notifies():
                self._heard.put(time.time())
                if notice.payload == "end":
                    return


@contextmanager
def valkey_in(folder: Path) -> Iterator[Valkey]:
    server = Valkey(folder / "valkey")
    server.start()
    server.wait_ready()
    yield server
    server.stop()


@contextmanager
def _processes(stage: Stage, valkey: Valkey) -> Iterator[None]:
    """As `maillage worker` and `maillage sweeper` run them, at their production settings."""
    environment = {**os.environ, **settings_for(stage, valkey).to_environment()}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", START, part],
            env=environment,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one C call
        )
        for part in PARTS
    ]
    yield
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


def settings_for(stage: Stage, valkey: Valkey) -> Settings:
    return Settings(
        database_url="",
        worker_database_url=stage.cluster.url("maillage_worker"),
        owner_database_url="",
        redis_url=valkey.url,
        smtp_url=f"smtp://{stage.mail.host}:{stage.mail.port}",
        mail_from="alerts@maillage.example",
        public_url="https://maillage.example",
        oidc_issuer="https://login.example",
        oidc_client_id="c",
        oidc_client_secret="",
        api_audience="a",
        secret_key=str(uuid4()) + str(uuid4()),
        documents_dir=stage.folder / "documents",
    )
