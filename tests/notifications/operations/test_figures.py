"""What a scrape costs does not grow with what is planned or was sent."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.operations import figures

FUNCTIONS = ("alert_backlog", "operation_figures", "delivery_counts")
MANY = """
    INSERT INTO alerts (id, kind, object_id, object_version, rung, recipient_role, due_at,
      planned_at, facts, state)
    SELECT uuidv7(), 'k', gen_random_uuid(), 1, '', 'reference_worker',
      clock_timestamp() + n * interval '1 hour', now(), '{}', 'planned'
    FROM generate_series(1, 20000) n
"""
SENT_LONG_AGO = """
    INSERT INTO deliveries (id, alert_id, professional_id, channel, state, next_at, message_id)
    SELECT uuidv7(interval '-2 days'), id, gen_random_uuid(), 'email', 'sent', now(), '' FROM alerts
"""


@pytest.fixture
def many(world):
    world.run(MANY)
    world.run(SENT_LONG_AGO)
    world.run("ANALYZE alerts, deliveries")
    yield
    world.run("TRUNCATE alerts, deliveries CASCADE")


def steps(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps(below)


def test_nothing_reads_all_that_is_planned_or_was_sent(many, world):
    """From the plans, with what each step really saw: no clock of this machine is asked."""
    read_all = []
    for function in FUNCTIONS:
        ((body,),) = world.run("SELECT prosrc FROM pg_proc WHERE proname = %s", function)
        told = world.connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {body}").fetchone()[0]
        for step in steps(told[0]["Plan"]):
            seen = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
            if step.get("Relation Name") in ("alerts", "deliveries"):
                read_all += [(function, step)] if seen * step["Actual Loops"] >= 100 else []
    assert read_all == []


def test_of_what_ended_well_a_day_is_counted_and_of_the_rest_all(world, runtime):
    alert = world.alert()
    put = (
        "INSERT INTO deliveries (id, alert_id, professional_id, channel, state, next_at,"
        " lease_until, message_id) VALUES (uuidv7(%s), %s, gen_random_uuid(), 'email', %s, %s,"
        " %s, '')"
    )
    now = datetime.now(UTC)
    for state in ("pending", "sending", "sent", "rejected", "failed", "cancelled", "set_aside"):
        for age in (timedelta(hours=1), timedelta(days=2)):
            lease = now if state == "sending" else None
            world.run(put, -age, alert, state, now, lease)
    world.run("UPDATE deliveries SET set_aside_at = now() WHERE state = 'set_aside'")
    with runtime.transaction() as uow:
        counted = figures.read(uow=uow).deliveries["email"]
    open_or_dead = dict.fromkeys(("pending", "sending", "rejected", "failed", "set_aside"), 2)
    assert counted == {**open_or_dead, "sent": 1, "cancelled": 1}
