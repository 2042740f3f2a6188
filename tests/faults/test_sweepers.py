"""Two, five, no sweepers at all; and two releases side by side (F18)."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
import requests

from infra.redis import connect
from services.evictions.events import HearingPosted
from tests.faults.kit.facts import cases, due_alerts, standing, still_open
from tests.faults.kit.oracle import judge, received
from tests.faults.kit.parts import wait_for
from tests.slices import WHOLE
from workers.queues import hints, wake

BURST = 20
# Seconds by which the figure of the oldest alert is seen to grow.
RISES = 1.0 if WHOLE else 0.1
POSTED = HearingPosted.name
_OLDEST = re.compile(r"^maillage_oldest_due_alert_age_seconds (\S+)$", re.MULTILINE)


def delivered_by(parts, name: str) -> int:
    log = parts.log(name)
    return log.read_text().count('"outcome": "sent"') if log.exists() else 0


@pytest.mark.parametrize("count", [2, 5] if WHOLE else [3])
def test_many_sweepers_share_the_work_and_double_nothing(count, world, parts, figures):
    names = [f"sweeper{number}" for number in range(count)]
    among = cases(world, 5)
    # Whoever starts finds something to do, whatever the others hold.
    owed = due_alerts(world, count * BURST, among)
    for name in ("sink", *names):
        parts.start(name)

    def all_took_part() -> bool:
        """There is always something to do, however fast it is done."""
        if still_open(world) < count * BURST:
            owed.extend(due_alerts(world, BURST, among))
        return all(delivered_by(parts, name) for name in names)

    wait_for(all_took_part, 60, parts.tail)
    wait_for(lambda: still_open(world) == 0, 60, lambda: standing(world))
    verdict = judge(world, parts.mails, owed)
    assert verdict.faults == {}
    assert (verdict.doubled, verdict.received) == (0, len(owed))
    shares = [delivered_by(parts, name) / len(owed) for name in names]
    figures(f"{count} sweepers", alerts=len(owed), longest_share=round(max(shares), 2))


def test_without_a_sweeper_the_age_of_the_oldest_alert_rises_and_is_shown(
    world, parts, valkey, furnished, settings, database
):
    """A worker waits for hints, and nobody gives any: whoever reads the metrics sees it."""
    parts.settings = replace(parts.settings, redis_url=valkey.url)
    for name in ("sink", "worker1"):
        parts.start(name)
    wait_for(lambda: valkey.client().keys("rq:worker:*"), 30, parts.tail)
    owed = due_alerts(world, BURST, cases(world, 2))
    port = furnished(settings, database=database).port

    def oldest() -> float:
        page = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
        return float(_OLDEST.search(page)[1])

    first = oldest()
    wait_for(lambda: oldest() > first + RISES, 20)
    assert received(parts.mails) == []
    # By hand, as an operator may: the worker is well, only nobody calls it.
    wake(hints(connect(valkey.url)))
    wait_for(lambda: still_open(world) == 0, 30, lambda: standing(world))
    assert oldest() == 0
    assert judge(world, parts.mails, owed).faults == {}


def test_what_a_newer_release_wrote_waits_for_it_and_holds_up_nobody(world, parts):
    """The older one knows neither the event nor the alert that follows from it."""
    parts.start("sink")
    parts.start("older1")
    among = cases(world, 2)
    event = HearingPosted(case_id=among[0], procedure_id=uuid4(), posting_id=uuid4())
    row = {"name": event.name, "case_id": event.case_id, "payload": event.payload()}
    world.put("outbox_events", id=uuid4(), occurred_at="now", **row)
    new = world.alert(kind=POSTED, case_id=among[1], due_at="now", planned_at="now")
    known = due_alerts(world, BURST, among)
    wait_for(lambda: len(received(parts.mails)) == BURST, 30, parts.tail)
    assert judge(world, parts.mails, known).faults == {}
    assert world.state(new) == "planned"
    assert world.run("SELECT attempts FROM outbox_events") == [(0,)]
    parts.start("sweeper1")

    def arrived() -> bool:
        """Whichever of the two takes it first: its wait is cut short, and both may try again."""
        world.run("UPDATE outbox_events SET next_at = NULL WHERE dispatched_at IS NULL")
        world.run("UPDATE deliveries SET next_at = now() WHERE state = 'pending'")
        return len(received(parts.mails)) == BURST + 2 and still_open(world) == 0

    wait_for(arrived, 60, lambda: f"{standing(world)}\n{parts.tail()}")
    owed = [key for (key,) in world.run("SELECT id FROM alerts WHERE first_id IS NULL")]
    verdict = judge(world, parts.mails, owed)
    assert (verdict.faults, verdict.doubled) == ({}, 0)
    # Told by the release that knows how urgent it is: it climbs.
    climbing = "SELECT count(*) FROM alerts WHERE kind = %s AND climbs_at IS NOT NULL"
    assert world.run(climbing, POSTED) == [(2,)]
