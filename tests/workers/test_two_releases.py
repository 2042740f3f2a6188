"""Two releases side by side: what the older does not know is left to the newer, and is seen."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from notifications.delivery.letters import claim
from notifications.delivery.next_channel import take_next_channel
from notifications.model import ChannelName
from notifications.operations import figures, set_aside
from notifications.planning import escalation, upcoming
from notifications.planning.expansion import expand_due
from tests.notifications.operations.test_set_aside import three_times
from workers.draining import drain
from workers.looking import Looking

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
FUTURE = "evictions.from_the_future"


def of_the_future(world, alert) -> None:
    world.run("UPDATE alerts SET kind = %s WHERE id = %s", FUTURE, alert)


@pytest.fixture
def two(world, runtime):
    """Expanded both: by the newer release the first, whose turn it is first."""
    unknown = world.due_alert(due_at=NOW - timedelta(hours=1))
    known = world.due_alert()
    expand_due(runtime)
    of_the_future(world, unknown.alert)
    return unknown, known


def test_its_message_is_left_to_it_and_the_others_leave(two, world, runtime, postbox, clock):
    unknown, known = two
    three_times(runtime, clock)
    assert postbox.count() == {known.email: 1}
    left = world.delivery(unknown.alert)
    assert (left.state, left.attempts, left.faults, left.fence) == ("pending", 0, 0, 0)
    with runtime.transaction() as uow:
        assert set_aside.rows(uow=uow) == []
    # The newer release comes.
    world.run("UPDATE alerts SET kind = 'evictions.hearing_approaching' WHERE kind = %s", FUTURE)
    drain(runtime)
    assert postbox.count() == {known.email: 1, unknown.email: 1}


def waiting(uow) -> datetime | None:
    """Since when an SMS that this release knows has been waiting."""
    return uow.session.scalar(select(upcoming.texts()[0]), upcoming.values(uow.now()))


def test_no_sms_of_it_either(two, world, runtime):
    _, known = two
    world.run("UPDATE deliveries SET channel = 'sms' WHERE channel = 'email'")
    with runtime.transaction() as uow:
        assert waiting(uow) is not None
        taken = claim(limit=10, channel=ChannelName.SMS, uow=uow)
        assert [each.alert_id for each in taken] == [known.alert]
        assert waiting(uow) is None


def test_a_digest_with_a_line_of_it_is_left(world, runtime):
    told = world.professional()
    keys = []
    for _ in range(2):
        ask = {"recipient_role": "person", "recipient_id": told, "state": "sending"}
        digest = world.alert("notifications.digest", **ask)
        line = world.alert(**ask, rung=str(uuid4()))
        row = {"alert_id": digest, "professional_id": told, "channel": "email"}
        world.put("deliveries", id=uuid4(), next_at=NOW, message_id=f"<{digest}@x>", **row)
        world.put("digest_items", alert_id=line, professional_id=told, digest_id=digest)
        keys.append((digest, line))
    of_the_future(world, keys[0][1])
    with runtime.transaction() as uow:
        taken = claim(limit=10, uow=uow)
    assert [each.alert_id for each in taken] == [keys[1][0]]


def test_who_climbs_and_who_is_told_in_person_is_decided_by_it(two, world, runtime):
    unknown, known = two
    world.run("UPDATE deliveries SET state = 'rejected' WHERE channel = 'email'")
    world.run("UPDATE alerts SET climbs_at = %s", NOW)
    with runtime.transaction() as uow:
        assert take_next_channel(uow=uow) == 1
        assert escalation.climb(uow=uow) == 1
    assert world.delivery(unknown.alert).followed_up_at is None
    assert world.run("SELECT DISTINCT first_id FROM alerts WHERE first_id IS NOT NULL") == [
        (known.alert,)
    ]


def test_operators_see_what_no_running_release_knows(two, world, runtime):
    of_the_future(world, world.due_alert(due_at=datetime(2020, 1, 1, tzinfo=UTC)).alert)
    drain(runtime)
    # The sweepers do not take it for work that their workers leave undone.
    with runtime.transaction() as uow:
        seen = Looking(runtime).look(now=uow.now(), connection=uow.session.connection())
        assert seen.waited(uow.now()) is None
        found = figures.read(uow=uow)
    assert found.unknown == {FUTURE: 2}
    assert found.due_by_urgency["legal"] == 2
    assert found.oldest_due_seconds > 3600
    assert "MaillageBacklogOld" in {each.name for each in found.concerns(has_canary=False)}


def test_a_claim_walks_the_index_of_what_waits_and_stops(two, world, runtime):
    asked = []
    database = runtime.database.engine

    def note(_connection, _cursor, statement, values, *_more):
        asked.append((statement, values))

    event.listen(database, "before_cursor_execute", note)
    with runtime.transaction() as uow:
        claim(limit=10, uow=uow)
    event.remove(database, "before_cursor_execute", note)
    statement, values = next(each for each in asked if "SKIP LOCKED" in each[0])
    world.run(
        "INSERT INTO deliveries (id, alert_id, professional_id, channel, next_at, message_id)"
        " SELECT gen_random_uuid(), id, gen_random_uuid(), 'email', %s, '' FROM alerts,"
        " generate_series(1, 10000)",
        NOW,
    )
    world.run("ANALYZE alerts, deliveries")
    explained = world.connection.execute(f"EXPLAIN {statement}", values).fetchall()
    plan = "\n".join(line for (line,) in explained)
    world.run("DELETE FROM deliveries")
    assert "Index Scan using ix_deliveries_open on deliveries" in plan
    assert "Sort" not in plan
