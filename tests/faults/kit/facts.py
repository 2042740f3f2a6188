"""Alerts in numbers, put in place at once, and how far they are."""

from typing import Any
from uuid import UUID

from notifications.lease import HOLDERS
from workers.sweeper import PATIENCE

HEARING = "2030-03-08T08:30:00+00:00"
_ALERTS = """
    INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung, recipient_role,
                        due_at, planned_at, facts)
    SELECT gen_random_uuid(), (%(cases)s::uuid[])[1 + n %% %(of)s], 'evictions.hearing_approaching',
           gen_random_uuid(), 1, '7d', 'reference_worker', clock_timestamp(), clock_timestamp(),
           jsonb_build_object('hearing_at', %(hearing)s::text, 'days_left', 7)
    FROM generate_series(1, %(count)s) n RETURNING id
"""
_OPEN = """
    SELECT (SELECT count(*) FROM alerts WHERE state = 'planned' AND due_at <= clock_timestamp()
            -- A last rung that found no coordinator waits for one; here there is none.
            AND NOT (first_id IS NOT NULL AND recipient_role = 'coordinator' AND attempts > 0))
         + (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending'))
"""
_END_LEASE = """
    UPDATE deliveries SET lease_until = clock_timestamp() WHERE state = 'sending' AND held_by IN
      (SELECT CAST(objid AS bigint) FROM pg_locks JOIN pg_stat_activity USING (pid)
       WHERE locktype = 'advisory' AND classid = %s AND application_name = %s)
"""
_WAITED_ALERTS = """
    WITH waiting AS (SELECT id FROM alerts WHERE state = 'planned' AND due_at > %(since)s
                     AND due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED)
    UPDATE alerts SET due_at = %(since)s, planned_at = least(planned_at, %(since)s), next_at = NULL
    WHERE id IN (SELECT id FROM waiting)
"""
_WAITED_MAILS = """
    WITH waiting AS (SELECT id FROM deliveries WHERE state = 'pending' AND next_at > %(since)s
                     FOR UPDATE SKIP LOCKED)
    UPDATE deliveries SET next_at = %(since)s WHERE id IN (SELECT id FROM waiting)
"""
_LISTENING = "SELECT 1 FROM pg_stat_activity WHERE starts_with(query, 'LISTEN')"


def cases(world: Any, count: int) -> list[UUID]:
    """Each with a reference worker of its own."""
    return [world.case(world.professional()) for _ in range(count)]


def due_alerts(world: Any, count: int, among: list[UUID]) -> list[UUID]:
    """Due now, committed, and the sweepers told as the API tells them."""
    values = {"cases": among, "of": len(among), "hearing": HEARING, "count": count}
    made = world.connection.execute(_ALERTS, values).fetchall()
    world.run("SELECT pg_notify('maillage_due', '')")
    return [key for (key,) in made]


def end_lease(world: Any, name: str) -> None:
    """Of all that the part of this name holds."""
    world.run(_END_LEASE, HOLDERS, name)


def have_waited(world: Any) -> None:
    """As if all that waits had done so for longer than a sweeper has patience with the workers."""
    for update in (_WAITED_ALERTS, _WAITED_MAILS):
        ((now,),) = world.run("SELECT clock_timestamp()")
        world.connection.execute(update, {"since": now - PATIENCE})
    world.run("SELECT pg_notify('maillage_due', '')")


def is_listening(world: Any) -> bool:
    """Some sweeper hears from now on what falls due, and need not look for it."""
    return bool(world.run(_LISTENING))


def still_open(world: Any) -> int:
    return world.run(_OPEN)[0][0]


def standing(world: Any) -> str:
    """What stands where, for the message of a failure."""
    alerts = world.run("SELECT state, count(*) FROM alerts GROUP BY 1")
    mails = world.run(
        "SELECT state, last_error, count(*), min(next_at), max(lease_until), max(attempts)"
        " FROM deliveries WHERE channel = 'email' GROUP BY 1, 2"
    )
    return f"alerts {alerts}\ndeliveries {mails}"
