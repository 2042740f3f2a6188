"""One bad row costs itself its turn: the others flow, it is set aside, and a person hears of it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notifications import rendering
from notifications.delivery.letters import take_back
from notifications.operations import set_aside
from notifications.planning.expansion import expand_due
from services.evictions.events import HearingPosted
from workers.draining import drain

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
FAULTY = {"hearing_at": "soon"}


@contextmanager
def refusing(world, table: str, column: str, value):
    """As a row that the database will not take: every write of it fails."""
    world.run(f"ALTER TABLE {table} ADD CONSTRAINT planted CHECK ({column} <> '{value}') NOT VALID")
    try:
        yield
    finally:
        world.run(f"ALTER TABLE {table} DROP CONSTRAINT planted")


def three_times(runtime, clock):
    for _ in range(3):
        drain(runtime)
        clock.advance(minutes=6)


def page(runtime):
    with runtime.transaction() as uow:
        return set_aside.page(uow=uow)


def coordinator(world):
    told = world.professional("en")
    world.put("professional_roles", professional_id=told, role="coordinator")
    return world.email_of(told)


def is_aside(world, table: str, key) -> bool:
    ((since,),) = world.run(f"SELECT set_aside_at FROM {table} WHERE id = %s", key)
    return since is not None


@pytest.fixture
def crooked(monkeypatch):
    """A template that raises what nobody thought of, for the hearing of one day alone."""
    faults = []

    def day_in_words(day, language):
        if faults and day.month == 4:
            raise faults[0]
        return f"{day} {language}"

    monkeypatch.setattr(rendering, "day_in_words", day_in_words)
    return faults


@pytest.mark.parametrize("fault", [AttributeError(), RecursionError(), OSError(), KeyError()])
def test_what_raises_something_unexpected_does_not_end_its_batch(
    fault, world, runtime, postbox, clock, crooked
):
    crooked.append(fault)
    odd = {"hearing_at": "2027-04-08T08:30:00+00:00"}
    first = world.due_alert(facts=odd, due_at=NOW - timedelta(minutes=1))
    others = [world.due_alert() for _ in range(3)]
    drain(runtime)
    assert postbox.count() == {one.email: 1 for one in others}
    waiting = world.delivery(first.alert)
    assert (waiting.state, waiting.faults) == ("pending", 1)


def test_a_row_that_cannot_be_marked_does_not_end_its_batch(world, runtime, postbox, clock):
    first = world.due_alert(due_at=NOW - timedelta(minutes=1))
    others = [world.due_alert() for _ in range(3)]
    expand_due(runtime)
    with refusing(world, "deliveries", "data_at IS NULL OR alert_id", first.alert):
        drain(runtime)
    assert postbox.count() == {one.email: 1 for one in others}
    waiting = world.delivery(first.alert)
    assert (waiting.state, waiting.last_error) == ("pending", "IntegrityError")
    clock.advance(seconds=10)
    drain(runtime)
    assert postbox.count()[first.email] == 1


def test_an_outcome_that_cannot_be_written_is_left_to_its_lease(world, runtime, postbox):
    first = world.due_alert(due_at=NOW - timedelta(minutes=1))
    others = [world.due_alert() for _ in range(3)]
    expand_due(runtime)
    with refusing(world, "deliveries", "state <> 'sent' OR alert_id", first.alert):
        drain(runtime)
    assert postbox.count() == {one.email: 1 for one in (first, *others)}
    assert world.delivery(first.alert).state == "sending"
    assert {world.delivery(one.alert).state for one in others[1:]} == {"sent"}
    world.run("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'")
    with runtime.transaction() as uow:
        assert take_back(uow=uow) == 1
    drain(runtime)
    assert [mail["X-Possible-Duplicate"] for mail in postbox.received if mail["To"] == first.email]


def test_three_faults_set_a_message_aside_and_page_once(world, runtime, postbox, clock):
    boss = coordinator(world)
    bad, fine = world.due_alert(facts=FAULTY), world.due_alert()
    three_times(runtime, clock)
    kept = world.delivery(bad.alert)
    assert (kept.state, kept.faults, kept.last_error) == ("set_aside", 3, "unrenderable")
    assert world.state(bad.alert) == "sending"
    assert postbox.count() == {fine.email: 1}
    assert page(runtime)
    assert not page(runtime)
    drain(runtime)
    mail = postbox.received[-1]
    assert (mail["To"], mail["Subject"][:31]) == (boss, "Maillage cannot send some messa")
    assert "BX-" not in str(mail)


def test_what_stands_for_a_day_is_told_again_and_what_follows_closely_is_not(world, runtime, clock):
    coordinator(world)
    world.due_alert(facts=FAULTY)
    three_times(runtime, clock)
    assert page(runtime)
    world.due_alert(facts=FAULTY, due_at=clock.now())
    for _ in range(3):
        drain(runtime)
        clock.advance(minutes=2)
    assert not page(runtime)
    clock.advance(minutes=10)
    assert page(runtime)
    clock.advance(hours=23)
    assert not page(runtime)
    clock.advance(hours=2)
    assert page(runtime)


def test_a_page_that_fails_pages_nobody(world, runtime, clock, crooked):
    crooked.append(KeyError())
    told = world.professional()
    ask = {"recipient_role": "person", "recipient_id": told}
    world.alert("operations.set_aside", facts={"due_on": "2027-04-08"}, **ask)
    three_times(runtime, clock)
    assert world.run("SELECT state FROM deliveries WHERE channel = 'email'") == [("set_aside",)]
    assert not page(runtime)


def test_a_new_release_sends_what_the_one_before_could_not(world, runtime, postbox, clock, crooked):
    crooked.append(AttributeError())
    bad = world.due_alert(facts={"hearing_at": "2027-04-08T08:30:00+00:00"})
    three_times(runtime, clock)
    assert world.delivery(bad.alert).state == "set_aside"
    crooked.clear()
    with runtime.transaction() as uow:
        assert set_aside.try_again(uow=uow) == 1
    drain(runtime)
    assert postbox.count() == {bad.email: 1}
    assert not is_aside(world, "deliveries", world.delivery(bad.alert).id)


def test_in_vain_once_more_and_it_is_aside_since_the_first_time(world, runtime, clock):
    bad = world.due_alert(facts=FAULTY)
    three_times(runtime, clock)
    before = world.delivery(bad.alert)
    with runtime.transaction() as uow:
        set_aside.try_again(uow=uow)
    drain(runtime)
    after = world.delivery(bad.alert)
    assert (after.state, after.faults) == ("set_aside", 3)
    assert after.set_aside_at == before.set_aside_at


def test_what_may_have_arrived_is_not_sent_again_unasked(world, runtime, clock):
    bad = world.due_alert(facts=FAULTY)
    three_times(runtime, clock)
    world.run("UPDATE deliveries SET data_at = now() WHERE alert_id = %s", bad.alert)
    with runtime.transaction() as uow:
        assert set_aside.try_again(uow=uow) == 0
        (row,) = set_aside.rows(uow=uow)
        assert set_aside.put_back([row.id], uow=uow) == 1
    assert world.delivery(bad.alert).state == "pending"


def test_an_alert_that_cannot_be_expanded_stops_no_other(world, runtime, postbox, clock):
    boss = coordinator(world)
    bad = world.due_alert(due_at=NOW - timedelta(minutes=1))
    others = [world.due_alert() for _ in range(4)]
    with refusing(world, "deliveries", "alert_id", bad.alert):
        three_times(runtime, clock)
        assert postbox.count() == {one.email: 1 for one in others}
        assert world.state(bad.alert) == "planned"
        assert is_aside(world, "alerts", bad.alert)
        assert page(runtime)
        drain(runtime)
    assert postbox.received[-1]["To"] == boss
    clock.advance(minutes=6)
    drain(runtime)
    assert postbox.count()[bad.email] == 1
    assert not is_aside(world, "alerts", bad.alert)


def test_an_event_that_fails_for_ever_is_set_aside_and_still_tried(world, runtime, clock):
    coordinator(world)
    key, worker = uuid4(), world.professional()
    event = HearingPosted(case_id=world.case(worker), procedure_id=uuid4(), posting_id=uuid4())
    broken = {**event.payload(), "posting_id": "none"}
    row = {"id": key, "name": event.name, "case_id": event.case_id, "payload": broken}
    world.put("outbox_events", occurred_at=NOW, **row)
    three_times(runtime, clock)
    assert is_aside(world, "outbox_events", key)
    assert page(runtime)
    world.run(
        "UPDATE outbox_events SET payload = payload || %s::jsonb", f'{{"posting_id": "{uuid4()}"}}'
    )
    clock.advance(minutes=6)
    drain(runtime)
    ((dispatched,),) = world.run("SELECT dispatched_at FROM outbox_events WHERE id = %s", key)
    assert dispatched is not None
    assert not is_aside(world, "outbox_events", key)


def test_a_person_puts_everything_back(world, runtime, clock):
    world.due_alert(facts=FAULTY)
    three_times(runtime, clock)
    with runtime.transaction() as uow:
        (row,) = set_aside.rows(uow=uow)
        assert (row.what, row.about, row.code) == (
            "delivery",
            "evictions.hearing_approaching",
            "unrenderable",
        )
        assert set_aside.put_back([row.id, uuid4()], uow=uow) == 1
        assert set_aside.rows(uow=uow) == []
    (state,) = world.run("SELECT state, faults FROM deliveries WHERE channel = 'email'")
    assert state == ("pending", 0)
