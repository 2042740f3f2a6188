"""The real processes, as `maillage worker` and `maillage sweeper` run them."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from infra.embedded.redis import Valkey
from infra.settings import Settings
from tests.faults.kit.parts import CONTEXT, run_strictly
from tests.guards.setting_up import SET_UP
from tests.slices import WHOLE, some, times

# Leaving is meant to take under five seconds; how long it took is recorded, never asserted: this
# bound only tells a process that hangs from one on a busy machine.
HANGS = 30


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


class Processes:
    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self.running: list[BaseProcess] = []

    def start(self, part: str, **changed: str) -> BaseProcess:
        """With these settings instead of the fixture's."""
        log = self._folder / f"{part}{len(self.running)}.log"
        process = CONTEXT.Process(
            target=run_strictly,
            args=(part, log, replace(self._settings, **changed)),
            daemon=True,
        )
        process.start()
        SET_UP["processes started"] += 1
        self.running.append(process)
        return process

    def terminate(self, process: BaseProcess) -> int | None:
        """Its exit code; None if it hangs."""
        process.terminate()
        process.join(HANGS)
        return process.exitcode


@pytest.fixture
def processes(cluster, mail_server, valkey, tmp_path) -> Iterator[Processes]:
    settings = Settings(
        database_url="",
        worker_database_url=cluster.url("maillage_worker"),
        owner_database_url="",
        redis_url=valkey.url,
        smtp_url=f"smtp://127.0.0.1:{mail_server.port}",
        mail_from="alerts@maillage.example",
        public_url="https://maillage.example",
        oidc_issuer="https://login.example",
        oidc_client_id="c",
        oidc_client_secret="",
        api_audience="a",
        secret_key="0Yq8v4kZr1bT7xWm3nHs9uDc5eGfLpJa",
        documents_dir=tmp_path / "documents",
    )
    processes = Processes(settings, tmp_path)
    yield processes
    for process in processes.running:
        process.kill()
        process.join(10)


def now() -> datetime:
    return datetime.now(UTC)


def due(world, count: int) -> None:
    """Alerts of one case, due now by the real clock."""
    worker = world.professional()
    case = world.case(worker)
    planned = {"case_id": case, "due_at": now(), "planned_at": now()}
    facts = {"hearing_at": (now() + timedelta(days=7)).isoformat()}
    for number in range(count):
        world.alert(rung=str(number), facts=facts, **planned)
    world.run("SELECT pg_notify('maillage_due', '')")


def subscribed(world) -> bool:
    """A sweeper hears notices: not yet when it first is alive, and what it misses waits."""
    return bool(world.run("SELECT 1 FROM pg_stat_activity WHERE starts_with(query, 'LISTEN')"))


def beating(world) -> int:
    return len(world.run("SELECT 1 FROM heartbeats WHERE at IS NOT NULL"))


def test_a_worker_that_dies_at_its_start_is_never_alive_but_seen(world, processes, tmp_path):
    """By a fault that is real: redis-py cannot read the path of such a socket."""
    server = Valkey(tmp_path / "valkey")
    server.socket = tmp_path / "a b" / "valkey.sock"
    server.socket.parent.mkdir()
    (tmp_path / "link").symlink_to(server.socket)
    server.start()
    server.wait_ready()
    try:
        for _ in range(2):
            worker = processes.start("worker", redis_url=f"unix://{tmp_path}/link")
            worker.join(HANGS)
            assert worker.exitcode == 1
    finally:
        server.stop()
    seen = world.run("SELECT part, at, died_at IS NOT NULL FROM heartbeats ORDER BY started_at")
    assert seen == [("worker", None, True), ("worker", None, False)]
    figures = "SELECT alive, age, crashed FROM part_figures() WHERE part = 'worker'"
    assert world.run(figures) == [(0, None, 1)]


def distinct(postbox) -> int:
    return len({mail["Message-ID"] for mail in postbox.received})


def test_worker_and_sweepers_deliver_while_redis_is_flushed(
    world, postbox, processes, valkey, record_property
):
    processes.start("worker")
    for _ in range(2):
        processes.start("sweeper")
    wait_for(lambda: beating(world) == 3 and subscribed(world), 60.0)
    bursts = times(3, 2)
    for burst in range(1, bursts + 1):
        due(world, 20)
        with valkey.client() as client:
            client.flushall()
        wait_for(lambda: distinct(postbox) == 20 * burst)  # noqa: B023 - asked at once
    assert len(postbox.received) == 20 * bursts
    assert all(process.is_alive() for process in processes.running)
    started = time.monotonic()
    assert [processes.terminate(process) for process in processes.running] == [0, 0, 0]
    record_property("seconds_to_leave", round(time.monotonic() - started, 2))
    assert world.run("SELECT 1 FROM heartbeats") == []


def test_the_worker_follows_hints_again_after_redis_was_away(world, postbox, processes, valkey):
    processes.start("worker" if WHOLE else "brisk")
    wait_for(lambda: bool(valkey.client().keys("rq:worker:*")))
    valkey.stop()
    processes.start("sweeper")
    due(world, 5)
    wait_for(lambda: distinct(postbox) == 5)
    valkey.start()
    valkey.wait_ready()
    wait_for(lambda: bool(valkey.client().keys("rq:worker:*")))
    due(world, 5)
    wait_for(lambda: distinct(postbox) == 10)
    assert all(process.is_alive() for process in processes.running)
    assert len(postbox.received) == 10


def test_a_sweeper_outlives_its_connections(world, postbox, processes, valkey):
    valkey.stop()
    sweeper = processes.start("sweeper")
    wait_for(lambda: subscribed(world))
    world.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'maillage_worker'"
    )
    due(world, 3)
    wait_for(lambda: distinct(postbox) == 3)
    assert sweeper.is_alive()


def flagged(postbox):
    return [mail for mail in postbox.received if mail["X-Possible-Duplicate"] == "yes"]


def test_a_killed_sender_loses_nothing(world, postbox, processes, valkey):
    """Killed in the middle of DATA: the mail is sent again, flagged, before its lease is over."""
    valkey.stop()
    first = processes.start("sweeper")

    def kill() -> None:
        postbox.on_data = lambda: None
        first.kill()

    postbox.on_data = kill
    wait_for(lambda: subscribed(world))
    due(world, 3)
    wait_for(lambda: not first.is_alive())
    processes.start("sweeper")
    # All three may have arrived before the one that is sent again.
    wait_for(lambda: distinct(postbox) == 3 and flagged(postbox))
    assert len(flagged(postbox)) == 1
    assert len(postbox.received) <= 4


@pytest.mark.parametrize("part", ["worker", "sweeper"])
def test_sigterm_at_any_moment_ends_the_process(part, world, processes):
    """Also between the start, the first wait and the hand-over of the signals to RQ."""
    for step in some(range(6), 2, 0):
        process = processes.start(part)
        time.sleep(step * 0.06)
        # Before the program could set its handlers, the signal itself ends the process.
        assert processes.terminate(process) in (0, -signal.SIGTERM)


def test_sigterm_in_the_middle_of_work_finishes_the_mail_at_hand(world, postbox, processes, valkey):
    valkey.stop()
    sweeper = processes.start("sweeper")

    def leave() -> None:
        postbox.on_data = lambda: None
        sweeper.terminate()
        time.sleep(0.3)

    postbox.on_data = leave
    wait_for(lambda: subscribed(world))
    due(world, 10)
    sweeper.join(HANGS)
    assert sweeper.exitcode == 0
    states = dict(
        world.run("SELECT state, count(*) FROM deliveries WHERE channel='email' GROUP BY 1")
    )
    assert states == {"sent": 1, "pending": 9}
    assert len(postbox.received) == 1
