"""G4: the ways in which RQ loses, doubles or delays a job, each done to our worker.

R1 to R28 are those of docs/decisions/0034, which says of each where it is covered or why it cannot
occur. What takes longer than a test may is in the kills (tests/faults/kit/chaos.py).
"""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import psutil
import pytest
from rq.registry import StartedJobRegistry

from infra.embedded.redis import Valkey
from infra.redis import connect
from tests.faults.kit.facts import (
    cases,
    due_alerts,
    have_waited,
    is_listening,
    standing,
    still_open,
)
from tests.faults.kit.oracle import judge, received
from tests.faults.kit.parts import Parts, wait_for
from tests.faults.kit.sink import Temper
from tests.slices import WHOLE, some, times
from tests.world import World
from workers.queues import JOB, NAME, hints, wake

ALERTS = 30


@dataclass
class Scene:
    world: World
    parts: Parts
    valkey: Valkey
    owed: list

    def due(self, count: int = ALERTS) -> None:
        self.owed += due_alerts(self.world, count, self.among)

    def __post_init__(self) -> None:
        self.among = cases(self.world, 5)

    @property
    def queue(self):
        return hints(connect(self.valkey.url))

    def is_ready(self) -> bool:
        """The worker waits for hints, and a sweeper hears what falls due."""
        return bool(self.valkey.client().keys("rq:worker:*")) and is_listening(self.world)

    def is_done(self) -> bool:
        return still_open(self.world) == 0

    def hears(self) -> bool:
        """A hint is in the worker's hands, or its work is done already."""
        return bool(_running(self)) or self.is_done()

    def await_first(self, count: int = 1) -> None:
        wait_for(lambda: len(received(self.parts.mails)) >= count, 30, self.parts.tail)


def _now() -> bool:
    return True


def rolling_deploys(scene: Scene) -> None:
    """R1: SIGTERM in every state of the worker: idle, busy, just born, done."""
    for state in (_now, scene.hears, _now, scene.is_done):
        scene.due(5)
        wait_for(state, 30, scene.parts.tail)
        scene.parts.signal("worker1", signal.SIGTERM)
        scene.parts.running["worker1"].join(20)
        assert scene.parts.running["worker1"].exitcode in (0, -signal.SIGTERM)
        scene.parts.start("worker1")


def frozen_worker(scene: Scene) -> None:
    """R2, R3: the hint is given to a worker that is frozen, and stays with it."""
    scene.parts.signal("worker1", signal.SIGSTOP)
    scene.due()
    if not WHOLE:
        wait_for(lambda: scene.queue.count, 30, scene.parts.tail)
        have_waited(scene.world)
    wait_for(scene.is_done, 30, lambda: standing(scene.world))
    scene.parts.signal("worker1", signal.SIGCONT)


def killed_in_a_hint(scene: Scene) -> None:
    """R4, R7, R11: the worker dies with the hint in its hands and leaves no child."""
    scene.due()
    scene.await_first()
    worker = psutil.Process(scene.parts.running["worker1"].pid)
    children = worker.children(recursive=True)
    scene.parts.kill("worker1")
    assert children == []
    scene.parts.start("worker1")
    _lease_over(scene)


def lost_answer(scene: Scene) -> None:
    """R5, R17: hints disappear without having run."""
    for _ in range(times(10, 4)):
        scene.due(3)
        wait_for(lambda: scene.queue.count or scene.is_done(), 30, scene.parts.tail)
        scene.queue.empty()


def doubled_hints(scene: Scene) -> None:
    """R6, R24: every hint many times."""
    scene.due()
    for _ in range(20):
        scene.queue.enqueue(JOB, description="-", result_ttl=0, failure_ttl=60, job_timeout=30)


def full_in_a_hint(scene: Scene) -> None:
    """R9: Redis refuses to note that the hint has run."""
    scene.due()
    scene.await_first()
    with scene.valkey.client() as client:
        client.config_set("maxmemory", "1")
    if not WHOLE:
        # Where the hints that nobody can take are as many as may wait, no more are pushed.
        have_waited(scene.world)
    wait_for(scene.is_done, 30, lambda: standing(scene.world))
    with scene.valkey.client() as client:
        client.config_set("maxmemory", "0")
    scene.due()


def gone_in_a_hint(scene: Scene) -> None:
    """R8, R15, R16, R18: Redis dies with everything in it while a hint runs."""
    scene.due()
    scene.await_first()
    scene.valkey.stop()
    scene.due()
    wait_for(scene.is_done, 30, lambda: standing(scene.world))
    for kept in scene.valkey.home.glob("appendonlydir/*"):
        kept.unlink()
    scene.valkey.start()
    scene.valkey.wait_ready()
    scene.due()


def watched(scene: Scene) -> None:
    """R12: dashboards ask for the registries all the time."""
    scene.due()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: _running(scene), range(200)))


def _running(scene: Scene) -> int:
    return len(StartedJobRegistry(NAME, connection=connect(scene.valkey.url)))


def poisoned(scene: Scene) -> None:
    """R20: a hint whose state this version of RQ does not know."""
    job = scene.queue.enqueue(JOB, description="-", result_ttl=0, job_timeout=30)
    with scene.valkey.client() as client:
        client.hset(job.key, "status", "from_the_future")
        client.rpush(scene.queue.key, job.id)
    scene.due()


def unknown_function(scene: Scene) -> None:
    """R22: hints of a newer release."""
    for _ in range(3):
        scene.queue.enqueue("workers.jobs.from_the_future", result_ttl=0, failure_ttl=60)
    scene.due()


def timed_out(scene: Scene) -> None:
    """R26: RQ's alarm in the middle of a mail."""
    # Frozen, it is given this hint before those that the sweeper pushes.
    scene.parts.signal("worker1", signal.SIGSTOP)
    job = scene.queue.enqueue(JOB, description="-", result_ttl=0, failure_ttl=60, job_timeout=1)
    scene.due(times(2, 1))
    wait_for(lambda: scene.queue.count, 30, scene.parts.tail)
    scene.parts.signal("worker1", signal.SIGCONT)
    wait_for(lambda: job.id in scene.queue.failed_job_registry, 30, scene.parts.tail)
    _lease_over(scene)


def _lease_over(scene: Scene) -> None:
    scene.world.run("UPDATE deliveries SET lease_until = clock_timestamp() WHERE state = 'sending'")


# What each may double. Redis is empty after the last of those that double nothing.
DOUBLES: dict[Callable[[Scene], None], int] = {
    rolling_deploys: 0,
    frozen_worker: 0,
    lost_answer: 0,
    doubled_hints: 0,
    full_in_a_hint: 0,
    watched: 0,
    poisoned: 0,
    unknown_function: 0,
    gone_in_a_hint: 0,
    killed_in_a_hint: 1,
    timed_out: 2,
}
ALONE = [(mode,) for mode in DOUBLES]
# In the slice the same processes live through all that doubles nothing, one mode after the other.
QUIET = [mode for mode, doubles in DOUBLES.items() if not doubles]
TOGETHER = [tuple(some(QUIET, 3, gone_in_a_hint)), *some(ALONE[-2:], 1)]


@pytest.mark.parametrize(
    "modes",
    ALONE if WHOLE else TOGETHER,
    ids=lambda modes: modes[0].__name__ if len(modes) == 1 else "nothing doubled",
)
def test_a_mode_of_rq_loses_and_doubles_nothing(modes, world, parts, valkey):
    slow = modes in ((killed_in_a_hint,), (timed_out,))
    seconds = 1.2 if modes == (timed_out,) else 0.03
    parts.temper = Temper(slow=float(slow), slow_seconds=seconds)
    parts.settings = replace(parts.settings, redis_url=valkey.url)
    for name in ("sink", "worker1", "sweeper1"):
        parts.start(name)
    scene = Scene(world, parts, valkey, [])
    for mode in modes:
        wait_for(scene.is_ready, 30, parts.tail)
        mode(scene)
        wait_for(scene.is_done, 60, lambda: f"{standing(world)}\n{parts.tail()}")
        told = f"{mode.__name__}\n{parts.tail()}"
        verdict = judge(world, parts.mails, scene.owed)
        assert verdict.faults == {}, told
        assert verdict.doubled <= DOUBLES[mode], told
        # Exit code 0 is a death as well: whoever fell over a hint would fall over it again.
        dead = [name for name, each in parts.running.items() if not each.is_alive()]
        assert dead == [], told


def test_the_worker_works_again_after_the_poison(world, parts, valkey):
    """R20: not only the sweepers: the worker itself goes on following hints."""
    parts.settings = replace(parts.settings, redis_url=valkey.url)
    for name in ("sink", "worker1"):
        parts.start(name)
    wait_for(lambda: valkey.client().keys("rq:worker:*"), 30, parts.tail)
    scene = Scene(world, parts, valkey, [])
    poisoned(scene)

    def done() -> bool:
        wake(scene.queue)
        return scene.is_done()

    wait_for(done, 30, lambda: f"{standing(world)}\n{parts.tail()}")
    assert judge(world, parts.mails, scene.owed).faults == {}
