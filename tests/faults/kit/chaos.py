"""Random faults, drawn from a seed, while alerts are stored and delivered."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psutil
import psycopg

from infra.embedded.postgres import Cluster
from infra.embedded.redis import Valkey
from tests.faults.kit.facts import HEARING
from tests.faults.kit.parts import GONE_SECONDS, Parts, wait_for

SENDERS = ("worker1", "worker2", "sweeper1", "sweeper2")
# How often each is drawn, after the proportions of the measured run.
WEIGHTS = {
    "api": 21,
    "api's fork": 10,
    "worker": 40,
    "worker and sweeper": 10,
    "sweeper": 30,
    "flush": 6,
    "valkey": 12,
    "outage": 6,
    "freeze": 14,
    "mail": 14,
    "postgres": 10,
    "leave": 8,
}
# By this the freeze outlasts the lease: whoever thaws holds nothing any more.
LONGER_SECONDS = 2.0
OUTAGE_SECONDS = 20.0
# Longer than the next share of all takes to be stored under any fault.
STORED_SECONDS = 400.0
_AS_IN_PRODUCTION = """
    SELECT set_config('session_replication_role', 'replica', true),
           set_config('synchronous_commit', 'on', true)
"""
_STORE = """
    INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role,
                        due_at, planned_at, facts)
    VALUES (%s, %s, 'evictions.hearing_approaching', %s, 1, '7d', 'reference_worker',
            clock_timestamp(), clock_timestamp(), %s) ON CONFLICT DO NOTHING
"""


@dataclass
class Producer:
    """Stores alerts like the API: acknowledged only once committed, asked again until then. Never
    more than `ahead` are stored and not taken yet.
    """

    url: str
    cases: list[UUID]
    count: int
    ahead: int
    waiting: Callable[[], int]
    acknowledged: list[UUID] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def has_stored(self, share: float) -> bool:
        """That share of all; or it will store no more."""
        return self._stop.is_set() or len(self.acknowledged) >= self.count * share

    def stop(self) -> None:
        self._stop.set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._store)
        self._thread.start()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _store(self) -> None:
        connection = None
        for number in range(self.count):
            key = uuid4()
            facts = psycopg.types.json.Jsonb({"hearing_at": HEARING, "days_left": 7})
            values = (key, self.cases[number % len(self.cases)], uuid4(), facts)
            while not self._stop.is_set():
                try:
                    connection = connection or psycopg.connect(self.url, autocommit=True)
                    with connection.transaction():
                        connection.execute(_AS_IN_PRODUCTION)
                        connection.execute(_STORE, values)
                        connection.execute("SELECT pg_notify('maillage_due', '')")
                    break
                except psycopg.Error:
                    connection = None
                    self._stop.wait(0.1)
            if self._stop.is_set():
                return
            self.acknowledged.append(key)
            while self.waiting() >= self.ahead and not self._stop.wait(0.02):
                continue
        if connection is not None:
            connection.close()


@dataclass
class Chaos:
    """Does one fault after the other, and brings back what it took away."""

    parts: Parts
    valkey: Valkey
    cluster: Cluster
    seed: int
    # Ends at once the lease of whom a process of this name sends to; without it a freeze lasts
    # until it is over.
    end_lease: Callable[[str], Any] | None = None
    done: Counter[str] = field(default_factory=Counter)
    _later: list[tuple[float, Callable[[], Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def run(
        self, plan: Sequence[str], *, stored: Callable[[float], bool], say: Callable[[str], None]
    ) -> None:
        """Each fault once so large a share of all is stored."""
        for number, fault in enumerate(plan, start=1):
            share = (number + self._chance.uniform(-0.4, 0.4)) / (len(plan) + 1)
            self._await(lambda: stored(share))  # noqa: B023
            self._do(fault)
            self.done[fault] += 1
            say(f"fault {number}: {fault}")
        self._await(lambda: not self._later)

    def plan(self, count: int) -> list[str]:
        """Each kind once before any comes twice, as far as `count` goes."""
        kinds = list(WEIGHTS)
        self._chance.shuffle(kinds)
        drawn = self._chance.choices(kinds, [WEIGHTS[kind] for kind in kinds], k=count)
        return [*kinds, *drawn][:count]

    def _await(self, condition: Callable[[], bool]) -> None:
        """Meanwhile what was frozen thaws and what was away comes back."""

        def is_so() -> bool:
            now = time.monotonic()
            ripe = [act for at, act in self._later if at <= now]
            self._later = [(at, act) for at, act in self._later if at > now]
            for act in ripe:
                act()
            self.revive()
            return condition()

        wait_for(is_so, STORED_SECONDS, self.parts.tail)

    def _do(self, fault: str) -> None:
        names = {"worker": SENDERS[:2], "sweeper": SENDERS[2:]}
        {
            "api": lambda: self._again("api"),
            "api's fork": self._kill_fork,
            "worker": lambda: self._again(self._chance.choice(names["worker"])),
            "sweeper": lambda: self._again(self._chance.choice(names["sweeper"])),
            "worker and sweeper": lambda: [self._again(SENDERS[0]), self._again(SENDERS[2])],
            "flush": self._flush,
            "valkey": self._valkey_again,
            "outage": self._outage,
            "freeze": lambda: self._freeze(self._chance.choice(SENDERS)),
            "mail": lambda: self._again("sink"),
            "postgres": self._postgres_again,
            "leave": lambda: self._leave(self._chance.choice(SENDERS)),
        }[fault]()

    def _again(self, name: str) -> None:
        self.parts.kill(name)
        self.parts.start(name)

    def _kill_fork(self) -> None:
        """The processes that answer; others are forked."""
        for each in self.parts.forked("api"):
            with suppress(psutil.NoSuchProcess):
                each.kill()

    def _leave(self, name: str) -> None:
        """A deploy: asked to leave, and replaced."""
        self.parts.signal(name, signal.SIGCONT)
        self.parts.signal(name, signal.SIGTERM)
        self.parts.running[name].join(GONE_SECONDS)
        self._again(name)

    def _freeze(self, name: str) -> None:
        process = self.parts.running[name]
        self.parts.signal(name, signal.SIGSTOP)

        def thaw() -> None:
            if self.parts.running.get(name) is process:
                self.parts.signal(name, signal.SIGCONT)

        seconds = LONGER_SECONDS
        if self.end_lease is None:
            seconds += self.parts.settings.lease_seconds
        else:
            self.end_lease(name)
        self._later.append((time.monotonic() + seconds, thaw))

    def _flush(self) -> None:
        if self.valkey.answers():
            with self.valkey.client() as client:
                client.flushall()

    def _valkey_down(self) -> None:
        if self.valkey.process is not None:
            self.valkey.process.kill()
            self.valkey.process.wait()
            self.valkey.process = None

    def _valkey_up(self) -> None:
        """Empty: what it kept is gone with it."""
        if self.valkey.process is None:
            self.valkey.recover()
            for kept in self.valkey.home.glob("appendonlydir/*"):
                kept.unlink()
            self.valkey.start()

    def _valkey_again(self) -> None:
        self._valkey_down()
        self._valkey_up()

    def _outage(self) -> None:
        self._valkey_down()
        self._later.append((time.monotonic() + OUTAGE_SECONDS, self._valkey_up))

    def _postgres_again(self) -> None:
        """As `pg_ctl -m immediate restart`: no checkpoint, recovery from the log."""
        restart_immediately(self.cluster)

    def revive(self) -> None:
        """Whatever is dead of those that a supervisor would have started again."""
        for name, process in list(self.parts.running.items()):
            if not process.is_alive():
                self.parts.start(name)


def restart_immediately(cluster: Cluster) -> None:
    assert cluster.process is not None
    cluster.process.send_signal(signal.SIGQUIT)
    cluster.process.wait(GONE_SECONDS)
    cluster.recover()
    cluster.start()
    wait_for(cluster.answers, 60)
