"""`python -m bench.textbook_rq`: the textbook RQ design, under kills, beside ours.

Deadline alerts as RQ's manual has them: `enqueue_at`, `Retry`, a scheduler in the workers, two
queues, results kept, an append-only file. Its jobs note each "mail" in a file when it is sent; lost
is a job that was accepted and noted nowhere once nothing moves any more. Nothing of it is used by
the program; `make faults` runs it on the same kinds of kill.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry, Worker

from bench.figures import say
from infra.embedded.process import die_with_parent
from infra.embedded.redis import Valkey

ROOT = Path(__file__).parents[1]
QUEUES = ("urgent", "normal")
WORKERS = 2
JOB = "bench.textbook_rq.send"
PER_SECOND = 100.0
# A worker's death is noticed after 90 s and by the maintenance after that: let it have its chance.
QUIET_SECONDS = 240.0
FAULTS = ("sigterm", "sigterm", "worker", "worker", "horse", "worker and horse", "redis")


@dataclass(frozen=True)
class Losses:
    accepted: int
    lost: int
    doubled: int
    refused: int
    kills: Counter[str]


def send(number: int) -> None:
    """The job: hands over one mail, which the receiver notes at once."""
    log = os.open(os.environ["TEXTBOOK_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{number}\n".encode())
    os.close(log)
    time.sleep(0.005)


def work(url: str) -> None:
    """As `rq worker --with-scheduler urgent normal` would."""
    connection = Redis.from_url(url)
    queues = [Queue(name, connection=connection) for name in QUEUES]
    Worker(queues, connection=connection, maintenance_interval=15).work(
        with_scheduler=True, logging_level="ERROR"
    )


class Textbook:
    def __init__(self, folder: Path, seed: int) -> None:
        self.valkey = Valkey(folder / "valkey")
        self.log = folder / "received"
        self.log.touch()
        self.chance = random.Random(seed)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.kills: Counter[str] = Counter()

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "bench.textbook_rq", "--work", self.valkey.url]
        self.workers.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "TEXTBOOK_LOG": str(self.log)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one C call
            )
        )

    def start(self) -> None:
        self.valkey.start()
        self.valkey.wait_ready()
        for _ in range(WORKERS):
            self.start_worker()

    def stop(self) -> None:
        for worker in self.workers:
            for process in [*_children(worker.pid), worker.pid]:
                _kill(process, signal.SIGKILL)
            worker.wait()
        self.valkey.stop()

    def revive(self) -> None:
        """What a supervisor does: whoever ended is started again."""
        ended = [worker for worker in self.workers if worker.poll() is not None]
        for worker in ended:
            self.workers.remove(worker)
            self.start_worker()

    def do(self, fault: str) -> None:
        self.kills[fault] += 1
        victim = self.chance.choice(self.workers)
        if fault == "redis":
            assert self.valkey.process is not None
            self.valkey.process.kill()
            self.valkey.process.wait()
            self.valkey.recover()
            self.valkey.start()
            self.valkey.wait_ready()
        if fault == "sigterm":
            _kill(victim.pid, signal.SIGTERM)
        if "horse" in fault:
            for child in _children(victim.pid):
                _kill(child, signal.SIGKILL)
        if fault.startswith("worker"):
            _kill(victim.pid, signal.SIGKILL)

    def received(self) -> Counter[int]:
        return Counter(map(int, self.log.read_text().split()))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return list(map(int, listed.read_text().split())) if listed.exists() else []


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _enqueue(textbook: Textbook, number: int) -> bool:
    """Accepted, as far as the caller can know."""
    try:
        with Redis.from_url(textbook.valkey.url, socket_timeout=5) as connection:
            queue = Queue(QUEUES[number % 2], connection=connection)
            retry = Retry(max=3)
            if number % 2:
                queue.enqueue(JOB, number, retry=retry)
            else:
                soon = datetime.now(UTC) + timedelta(seconds=3)
                queue.enqueue_at(soon, JOB, number, retry=retry)
    except RedisError:
        return False
    return True


def run(jobs: int, kills: int, seed: int, quiet: float = QUIET_SECONDS) -> Losses:
    folder = Path(tempfile.mkdtemp(prefix="maillage-textbook-"))
    textbook = Textbook(folder, seed)
    textbook.start()
    try:
        accepted = _under_kills(textbook, jobs, kills)
        _until_quiet(textbook, accepted, quiet)
        received = textbook.received()
        return Losses(
            accepted=len(accepted),
            lost=len(accepted - set(received)),
            doubled=sum(count - 1 for count in received.values()),
            refused=jobs - len(accepted),
            kills=textbook.kills,
        )
    finally:
        textbook.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _under_kills(textbook: Textbook, jobs: int, kills: int) -> set[int]:
    accepted = set()
    every = max(1, jobs // (kills + 1))
    began = time.monotonic()
    for number in range(jobs):
        if number and number % every == 0 and textbook.kills.total() < kills:
            textbook.do(textbook.chance.choice(FAULTS))
        if _enqueue(textbook, number):
            accepted.add(number)
        textbook.revive()
        time.sleep(max(0.0, began + (number + 1) / PER_SECOND - time.monotonic()))
    return accepted


def _until_quiet(textbook: Textbook, accepted: set[int], quiet: float) -> None:
    """All received, or nothing new for so long that nothing will come."""
    last, seen = time.monotonic(), -1
    while time.monotonic() - last < quiet:
        textbook.revive()
        received = textbook.received()
        if received.total() != seen:
            last, seen = time.monotonic(), received.total()
        if not accepted - set(received):
            return
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.textbook_rq", description=__doc__)
    parser.add_argument("--work", metavar="URL", help="be a worker (used by the run itself)")
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20260329)
    parser.add_argument("--quiet", type=float, default=QUIET_SECONDS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.work)
        return
    say(f"textbook RQ: {asked.jobs} jobs, {asked.kills} kills, seed {asked.seed}")
    losses = run(asked.jobs, asked.kills, asked.seed, asked.quiet)
    print(
        f"textbook RQ: accepted {losses.accepted:,}, lost {losses.lost:,}, doubled"
        f" {losses.doubled:,} (none flagged), refused while Redis was away {losses.refused:,};"
        f" kills {dict(losses.kills)}"
    )


if __name__ == "__main__":
    main()
