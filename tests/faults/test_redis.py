"""G3: Redis may forget, hang, refuse or be gone: no alert is lost, and the API does not notice."""

import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from infra.embedded.redis import Valkey
from infra.redis import connect
from tests.faults.kit.facts import cases, due_alerts, standing, still_open
from tests.faults.kit.oracle import judge, received
from tests.faults.kit.parts import NO_REDIS, wait_for
from tests.slices import WHOLE, some, times

SECONDS = 60.0 if WHOLE else 0.0
# The outage that the issue names is the one a night without a watchman is made of.
STOPPED_SECONDS = 600.0 if WHOLE else SECONDS
FLUSH_EVERY = 5.0 if WHOLE else 0.0
BURSTS = times(60, 3)
BURST = times(200, 12)
PAIRS = times(300, 8)

Between = Callable[[], None]
_nothing: Between = lambda: None  # noqa: E731 - the one who does nothing


@contextmanager
def black_hole() -> Iterator[str]:
    """Accepts every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@contextmanager
def flushed(valkey: Valkey) -> Iterator[tuple[str, Between]]:
    last = [time.monotonic()]

    def between() -> None:
        if time.monotonic() - last[0] > FLUSH_EVERY:
            last[0] = time.monotonic()
            with valkey.client() as client:
                client.flushall()

    yield valkey.url, between


@contextmanager
def stopped(valkey: Valkey) -> Iterator[tuple[str, Between]]:
    """Gone after the parts have found it running."""
    yield valkey.url, valkey.stop


@contextmanager
def black_holed(_valkey: Valkey) -> Iterator[tuple[str, Between]]:
    with black_hole() as url:
        yield url, _nothing


@contextmanager
def full(valkey: Valkey) -> Iterator[tuple[str, Between]]:
    with valkey.client() as client:
        client.config_set("maxmemory", "1")
    yield valkey.url, _nothing


@contextmanager
def read_only(valkey: Valkey) -> Iterator[tuple[str, Between]]:
    """As after a fail-over: it follows a master that nobody reaches."""
    with valkey.client() as client:
        client.replicaof("127.0.0.1", 1)
    yield valkey.url, _nothing


STATES = [flushed, stopped, black_holed, full, read_only]


@pytest.mark.parametrize(
    "state", some(STATES, 1, stopped, flushed), ids=lambda state: state.__name__
)
def test_no_alert_needs_redis(state, world, parts, valkey, figures):
    among, owed = cases(world, 10), []
    seconds = STOPPED_SECONDS if state is stopped else SECONDS
    with state(valkey) as (url, between):
        parts.settings = replace(parts.settings, redis_url=url)
        for name in ("sink", "worker1", "sweeper1", "sweeper2"):
            parts.start(name)
        began = time.monotonic()
        for number in range(1, BURSTS + 1):
            before, until = len(received(parts.mails)), began + seconds * number / BURSTS
            owed += due_alerts(world, BURST, among)
            # Amid the burst: some of it is taken, and some not.
            wait_for(lambda: len(received(parts.mails)) > before, 60, parts.tail)  # noqa: B023
            wait_for(lambda: time.monotonic() >= until, seconds)  # noqa: B023
            between()
        wait_for(lambda: still_open(world) == 0, 60, lambda: f"{standing(world)}\n{parts.tail()}")
    verdict = judge(world, parts.mails, owed)
    assert verdict.faults == {}, parts.tail()
    assert verdict.doubled == 0
    assert all(process.is_alive() for process in parts.running.values()), parts.tail()
    _say(figures, state.__name__, len(owed), verdict.late(0.99))


def _say(figures, name: str, count: int, p99: float) -> None:
    figures(f"Redis {name}", alerts=count, lost=0, longest_p99_seconds=round(p99, 2))


def test_the_api_answers_as_fast_without_redis(
    network, furnished, settings, database, valkey, figures
):
    """In pairs, one after the other: what slows the machine slows both. A ratio, not asserted."""
    person = next(iter(network.people.values()))
    with ExitStack() as stack:
        urls = (valkey.url, stack.enter_context(black_hole()), NO_REDIS)
        asked = [
            furnished(replace(settings, redis_url=url), clock=network.clock, database=database)
            for url in urls
        ]
        bases = [f"http://127.0.0.1:{each.port}" for each in asked]
        took: list[list[float]] = [[] for _ in urls]
        for _ in range(PAIRS):
            for base, each in zip(bases, took, strict=True):
                began = time.monotonic()
                replace(person, base=base).get("/api/v1/me")
                each.append(time.monotonic() - began)
    medians = [statistics.median(each) for each in took]
    figures(
        "API median beside a Redis that answers",
        longest_ratio_black_holed=round(medians[1] / medians[0], 2),
        longest_ratio_gone=round(medians[2] / medians[0], 2),
    )
    assert connect(valkey.url).dbsize() == 0
