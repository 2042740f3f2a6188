"""G1: alerts under kills, freezes and outages of every part. The mail server's log is the truth."""

import os
import time
from dataclasses import replace

import pytest

from tests.faults.chaos import SENDERS, Chaos, Producer
from tests.faults.facts import cases, standing, still_open
from tests.faults.oracle import Verdict, judge
from tests.faults.parts import TooLate, wait_for
from tests.faults.sink import Temper

FULL = os.environ.get("FAULTS") == "full"
# The whole is 100,000 alerts and 150 faults, in rounds with a seed each.
ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "10" if FULL else "1"))
SEED = int(os.environ.get("FAULTS_SEED", "20260329"))
SEEDS = [SEED + number for number in range(ROUNDS)]
ALERTS = 10_000 if FULL else 600
KILLS = 15
# A producer slower than two workers on two cores.
PER_SECOND = 110.0
PEOPLE = 40
SETTLED_SECONDS = 400.0
# In the slice: what ends within it, each kind of part once.
SLICE = ["worker", "freeze", "postgres", "sweeper", "valkey", "mail"]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_alert_is_lost_under_kills(seed, world, cluster, parts, valkey, figures):
    """`FAULTS_SEED` goes on with a later round, or repeats one that failed."""
    parts.settings = replace(parts.settings, redis_url=valkey.url)
    parts.temper = Temper(seed=seed, deferred=0.02, dropped=0.002, slow=0.002, slow_seconds=2.0)
    world.run("CHECKPOINT")
    producer = Producer(world.connection.info.dsn, cases(world, PEOPLE), ALERTS, PER_SECOND)
    chaos = Chaos(parts, valkey, cluster, seed)
    for name in ("sink", *SENDERS):
        parts.start(name)
    began = time.monotonic()

    def say(text: str) -> None:
        chaos.revive()
        stored = len(producer.acknowledged)
        print(
            f"{time.monotonic() - began:7.1f} s  seed {seed}  {stored} stored  {text}", flush=True
        )

    producer.start()
    try:
        plan = chaos.plan(KILLS) if FULL else SLICE
        chaos.run(plan, every=ALERTS / PER_SECOND / (len(plan) + 1), say=say)
        producer.join()
    finally:
        producer.stopped = True
        producer.join()

    def settled() -> bool:
        chaos.revive()
        return still_open(world) == 0

    try:
        wait_for(settled, SETTLED_SECONDS, lambda: f"{standing(world)}\n{parts.tail()}")
    finally:
        say(f"done: {dict(chaos.done)}")
    verdict = judge(world, parts.mails, producer.acknowledged)
    _report(verdict, chaos, figures)
    assert len(producer.acknowledged) == ALERTS
    assert verdict.faults == {}, f"seed {seed}\n{verdict.faults}\n{parts.tail()}"


def _report(verdict: Verdict, chaos: Chaos, figures) -> None:
    figures(
        "alerts under kills",
        alerts=ALERTS,
        kills=chaos.done.total(),
        lost=len(verdict.lost),
        doubled_and_flagged=verdict.doubled,
        longest_p99_seconds=round(verdict.late(0.99), 1),
        longest_seconds=round(verdict.late(1.0), 1),
    )


def test_the_oracle_sees_what_is_wrong(world, parts):
    """A judge that finds nothing proves nothing: shown each fault, it names it."""
    owed = [world.due_alert().alert for _ in range(2)]
    world.run("UPDATE alerts SET state = 'sending'")
    delivered = {"alert_id": owed[0], "professional_id": world.professional(), "channel": "email"}
    world.put(
        "deliveries",
        id=owed[0],
        next_at="now",
        state="sent",
        message_id="<claimed@x>",
        **delivered,
    )
    line = '{"message_id": "<a@x>", "alert": "%s", "flagged": false, "to": "-", "at": 0}\n'
    parts.mails.write_text(2 * (line % owed[0]))
    verdict = judge(world, parts.mails, owed)
    assert verdict.lost == {str(owed[1])}
    assert verdict.claimed_not_received == {"<claimed@x>"}
    assert verdict.doubled_unflagged == verdict.doubled_outside == {"<a@x>"}
    with pytest.raises(TooLate, match="alerts"):
        wait_for(lambda: False, 0, lambda: standing(world))
