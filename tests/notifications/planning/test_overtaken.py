"""Of alerts that count down to one date the last speaks for all, but only one that can be told."""

from datetime import UTC, datetime, timedelta

from tests.notifications.operations.test_set_aside import is_aside, refusing, three_times
from workers.draining import drain

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def two_of_one_hearing(world):
    """Of seven days and of three, both due: the workers were away."""
    first = world.due_alert(due_at=NOW - timedelta(hours=2), rung="7d")
    ((hearing, case),) = world.run(
        "SELECT object_id, case_id FROM alerts WHERE id = %s", first.alert
    )
    later = {"object_id": hearing, "case_id": case, "rung": "3d"}
    return first, world.alert(due_at=NOW - timedelta(hours=1), **later)


def test_the_last_speaks_for_all(world, runtime, postbox):
    first, later = two_of_one_hearing(world)
    drain(runtime)
    assert (world.state(first.alert), world.state(later)) == ("cancelled", "sending")
    assert postbox.count() == {first.email: 1}


def test_one_that_cannot_be_expanded_silences_no_other(world, runtime, postbox, clock):
    first, later = two_of_one_hearing(world)
    with refusing(world, "deliveries", "alert_id", later):
        three_times(runtime, clock)
    assert is_aside(world, "alerts", later)
    assert world.state(first.alert) == "sending"
    assert postbox.count() == {first.email: 1}


def test_nor_one_that_failed_before(world, runtime, postbox, clock):
    first, later = two_of_one_hearing(world)
    world.run(
        "UPDATE alerts SET faults = 1, next_at = %s WHERE id = %s", NOW + timedelta(hours=1), later
    )
    drain(runtime)
    assert world.state(first.alert) == "sending"
    assert postbox.count() == {first.email: 1}
