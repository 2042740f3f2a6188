"""kill -9 around the commits of the ladder, of the next channel and of digests: no rung twice and
none lost, and a digest once.
"""

import signal
from datetime import UTC, datetime
from itertools import product
from operator import itemgetter

import pytest

from notifications.catalogue import DIGEST_KIND
from notifications.delivery.next_channel import take_next_channel
from notifications.planning.escalation import UNACKNOWLEDGED
from services.cases.events import AlertUndelivered
from tests.faults.kit.facts import HEARING, standing, still_open
from tests.faults.kit.oracle import judge, received
from tests.faults.kit.parts import wait_for
from tests.faults.test_failpoints import kind_of
from tests.slices import WHOLE, one_of_each
from workers.timetable import TIMETABLE

NAMES = [row.run.__name__ for row in TIMETABLE]
# The commits of the first sweep are counted in the order of the timetable.
FOLLOW_UP, CLIMB = NAMES.index(take_next_channel.__name__) + 1, NAMES.index("climb") + 1
SIDES = ("before", "after")
STEPS = ("claim", "commit-to", "smtp-data", "end")
# After the content: the one copy that comes again.
LEAVING = one_of_each(
    [f"{side}-{step}" for step in STEPS for side in SIDES],
    lambda point: kind_of(point)[1],
    "after-smtp-data",
)


def killed_at(point: str, parts) -> None:
    victim = parts.start("sweeper1", failpoint=point)
    victim.join(30)
    assert victim.exitcode == -signal.SIGKILL, f"{point} was not reached\n{parts.tail()}"


def finish(world, parts, done) -> None:
    """Whoever comes next; what the dead one held is free at once."""
    world.run("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'")
    parts.start("sweeper1")

    def is_over() -> bool:
        """Told each time that something may be due, it looks at once."""
        world.run("SELECT pg_notify('maillage_due', '')")
        return bool(done()) and still_open(world) == 0

    wait_for(is_over, 30, lambda: standing(world))
    parts.kill("sweeper1")


def leader(world, role: str):
    person = world.professional()
    world.put("professional_roles", professional_id=person, role=role)
    return person


def rungs(world) -> list[tuple[str, str, int]]:
    return world.run(
        "SELECT recipient_role, state, count(*) FROM alerts WHERE first_id IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 1"
    )


@pytest.mark.parametrize(
    ("side", "chore"), one_of_each(list(product(SIDES, (FOLLOW_UP, CLIMB))), itemgetter(1))
)
def test_a_refused_alert_climbs_rung_by_rung_each_once(side, chore, world, parts):
    """Nobody stands in for the worker, whose address is refused; then the lead, the coordinator."""
    parts.start("sink")
    leader(world, "team_lead")
    leader(world, "coordinator")
    case = world.case(world.professional(email="refused@nowhere.example"))
    facts = {"hearing_at": HEARING, "days_left": 7}
    first = world.alert(case_id=case, due_at="now", planned_at="now", facts=facts)

    def told(count: int) -> bool:
        return len(received(parts.mails)) == count

    killed_at(f"{side}-chore:{chore}", parts)
    finish(world, parts, lambda: told(1))
    passed, led = ("substitute", "no_recipient", 1), ("team_lead", "sending", 1)
    assert rungs(world) == [passed, led]
    world.run("UPDATE alerts SET climbs_at = clock_timestamp() WHERE id = %s", first)
    killed_at(f"{side}-chore:{CLIMB}", parts)
    finish(world, parts, lambda: told(2))
    assert rungs(world) == [("coordinator", "sending", 1), passed, led]
    reached = "SELECT id FROM alerts WHERE kind = %s AND state = 'sending'"
    verdict = judge(world, parts.mails, [key for (key,) in world.run(reached, UNACKNOWLEDGED)])
    assert (verdict.faults, verdict.doubled, verdict.received) == ({}, 0, 2)
    undelivered = "SELECT count(*) FROM outbox_events WHERE name = %s"
    assert world.run(undelivered, AlertUndelivered.name) == [(1,)]
    assert world.run("SELECT count(*) FROM tasks WHERE template = 'tell_in_person'") == [(1,)]


@pytest.mark.parametrize(
    ("gathering", "leaving"),
    [
        (f"{side}-expand", leaving)
        for number, leaving in enumerate(LEAVING)
        for side in (SIDES if WHOLE else SIDES[number % 2 :][:1])
    ],
)
def test_a_digest_is_gathered_and_told_once(gathering, leaving, world, parts):
    parts.start("sink")
    told = world.due_alert(kind="cases.closed", due_at="now", planned_at="now")
    again = world.alert(kind="cases.closed", case_id=told.case, due_at="now", planned_at="now")
    killed_at(gathering, parts)
    items = "SELECT alert_id FROM digest_items"
    finish(world, parts, lambda: len(world.run(items)) == 2)
    assert {key for (key,) in world.run(items)} == {told.alert, again}
    assert received(parts.mails) == []
    due = "UPDATE alerts SET due_at = %s WHERE kind = %s RETURNING id"
    assert len(world.run(due, datetime.now(UTC), DIGEST_KIND)) == 1
    killed_at(leaving, parts)
    finish(world, parts, lambda: received(parts.mails))
    lines = received(parts.mails)
    assert {line["to"] for line in lines} == {told.email}
    assert len({line["message_id"] for line in lines}) == 1
    # The one copy whose 250 no commit has followed comes again, and says so.
    second = 1 if leaving == "after-smtp-data" else 0
    verdict = judge(world, parts.mails, [])
    assert verdict.faults == {}
    assert second <= verdict.doubled <= 1
    if leaving in ("before-claim", "after-claim", "before-commit-to", "after-end"):
        assert verdict.doubled == 0
