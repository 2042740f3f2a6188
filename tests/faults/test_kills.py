"""G1: alerts under kills, freezes and outages of every part. The mail server's log is the truth."""

import os
import time
from dataclasses import replace
from functools import partial

import pytest

from tests.faults.kit.callers import Callers, Stored, callers_of, stored
from tests.faults.kit.chaos import SENDERS, Chaos, Producer
from tests.faults.kit.facts import cases, end_lease, have_waited, standing, still_open
from tests.faults.kit.oracle import Verdict, judge
from tests.faults.kit.parts import TooLate, wait_for
from tests.faults.kit.sink import Temper
from tests.slices import WHOLE, times

# The whole is 100,000 alerts and 150 faults, in rounds with a seed each.
ROUNDS = int(os.environ.get("FAULTS_ROUNDS", times(10, 1)))
SEED = int(os.environ.get("FAULTS_SEED", "20260329"))
# Goes on where an earlier run was stopped; rounds are counted from 1.
FROM = int(os.environ.get("FAULTS_FROM", "1"))
SEEDS = [SEED + number for number in range(FROM - 1, ROUNDS)]
ALERTS = times(10_000, 240)
# Of other alerts, asked for over HTTP meanwhile, by this many people.
ASKED = times(1_000, 24)
CALLERS = 4
KILLS = 15
# Stored and not yet taken: more than one frozen sender may hold.
AHEAD = 100
PEOPLE = 40
SETTLED_SECONDS = 400.0
ANSWERED_SECONDS = 60.0
# In the slice: what ends within it, each kind of part once. A freeze outlasts the lease.
SLICE = ["worker", "freeze", "api", "postgres", "sweeper", "api's fork", "valkey", "mail"]
LEASE_SECONDS = times(20, 16)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_alert_is_lost_under_kills(
    seed, world, cluster, parts, valkey, issuer, api_url, figures, tabulate
):
    """`FAULTS_FROM` goes on with a later round; `FAULTS_SEED` repeats one that failed."""
    parts.settings = replace(parts.settings, redis_url=valkey.url, lease_seconds=LEASE_SECONDS)
    parts.temper = Temper(seed=seed, deferred=0.02, dropped=0.002, slow=0.002, slow_seconds=2.0)
    world.run("CHECKPOINT")
    people = callers_of(world, issuer, CALLERS)

    def waiting() -> int:
        stored = len(producer.acknowledged) + len(callers.acknowledged)
        return stored - len(parts.mails.read_bytes().splitlines())

    dsn = world.connection.info.dsn
    producer = Producer(dsn, cases(world, PEOPLE), ALERTS, AHEAD, waiting)
    callers = Callers(api_url, issuer, people, ASKED, producer.has_stored)
    chaos = Chaos(parts, valkey, cluster, seed, None if WHOLE else partial(end_lease, world))
    for name in ("sink", "api", *SENDERS):
        parts.start(name)
    wait_for(callers.answered, ANSWERED_SECONDS, parts.tail)
    began = time.monotonic()

    def say(text: str) -> None:
        chaos.revive()
        counts = f"{len(producer.acknowledged)} stored, {len(callers.acknowledged)} answered"
        print(f"{time.monotonic() - began:7.1f} s  seed {seed}  {counts}  {text}", flush=True)

    producer.start()
    callers.start()
    try:
        plan = chaos.plan(KILLS) if WHOLE else SLICE
        chaos.run(plan, stored=producer.has_stored, say=say)
        producer.join()
        wait_for(lambda: chaos.revive() or not callers.busy, ANSWERED_SECONDS, parts.tail)
    finally:
        producer.stop()
        callers.stop()
        producer.join()
        callers.join()

    def settled() -> bool:
        chaos.revive()
        if not WHOLE:
            have_waited(world)
        return still_open(world) == 0

    try:
        wait_for(settled, SETTLED_SECONDS, lambda: f"{standing(world)}\n{parts.tail()}")
    finally:
        say(f"done: {dict(chaos.done)}")
    asked = stored(world, callers)
    verdict = judge(world, parts.mails, [*producer.acknowledged, *asked.alerts])
    _report(verdict, asked, callers, chaos, figures)
    tabulate(seed, chaos.done.total(), verdict, asked)
    assert len(producer.acknowledged) == ALERTS
    assert (asked.not_stored, asked.twice, asked.unanswered, callers.wrong) == ([], [], 0, [])
    assert len(asked.alerts) == ASKED
    assert verdict.faults == {}, f"seed {seed}\n{verdict.faults}\n{parts.tail()}"


def _report(verdict: Verdict, asked: Stored, callers: Callers, chaos: Chaos, figures) -> None:
    figures(
        "alerts asked for over HTTP, under kills",
        acknowledged=len(callers.acknowledged),
        asked_again=callers.retried.total(),
        not_stored=len(asked.not_stored),
        stored_twice=len(asked.twice),
        lost=len(verdict.lost & {str(alert) for alert in asked.alerts}),
    )
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
