"""A server in trouble refuses everybody: no verdict on anyone. A bad address stays one."""

from collections import Counter
from datetime import timedelta
from itertools import product
from operator import itemgetter

import pytest

from notifications.delivery.attempts import REFUSALS
from notifications.delivery.next_channel import take_next_channel
from notifications.planning.escalation import climb
from tests.slices import one_of_each
from tests.world import NOW
from workers.draining import drain

RELAY_DENIED = "554 5.7.1 relay access denied"
REFUSED = ("554 no", RELAY_DENIED, "550 5.3.0 mail system trouble")
EVERYBODY = list(product(REFUSED, ("on_rcpt", "on_data")))


@pytest.fixture
def told(world):
    """Twenty legal alerts, each to a reference worker of their own; and one who coordinates."""
    leader = world.professional()
    world.put("professional_roles", professional_id=leader, role="coordinator")
    return [world.due_alert(due_at=NOW - timedelta(seconds=20 - n)) for n in range(20)]


def sweep(runtime, clock, *, seconds: float = 2) -> None:
    """What the sweepers do in that time."""
    drain(runtime)
    for chore in (take_next_channel, climb):
        with runtime.transaction() as uow:
            chore(uow=uow)
    clock.advance(seconds=seconds)


def states(world) -> Counter[str]:
    rows = world.run("SELECT state FROM deliveries WHERE channel = 'email'")
    return Counter(state for (state,) in rows)


def assert_no_rung_is_burnt(world, told) -> None:
    assert world.run("SELECT count(*) FROM alerts WHERE first_id IS NOT NULL") == [(0,)]
    assert world.run("SELECT count(*) FROM alerts WHERE undelivered_at IS NOT NULL") == [(0,)]
    assert world.run("SELECT count(*) FROM outbox_events") == [(0,)]
    assert {world.state(one.alert) for one in told} == {"sending"}


@pytest.mark.parametrize(("answer", "verb"), one_of_each(EVERYBODY, itemgetter(0), EVERYBODY[0]))
def test_a_server_that_refuses_everybody_for_a_while_ends_nothing(
    answer, verb, world, runtime, clock, postbox, told
):
    setattr(postbox, verb, lambda *_: answer)
    for _ in range(8):
        sweep(runtime, clock)
    assert states(world) == {"pending": 20}
    setattr(postbox, verb, lambda *_: None)
    sweep(runtime, clock, seconds=301)
    sweep(runtime, clock)
    assert postbox.count() == {one.email: 1 for one in told}
    assert [mail["X-Possible-Duplicate"] for mail in postbox.received] == [None] * 20
    assert_no_rung_is_burnt(world, told)


# Asked as the first ones of a conversation, amid it, at its end.
@pytest.mark.parametrize(("first", "last"), [(0, 12), (5, 12), (12, 31)])
def test_trouble_that_begins_or_ends_amid_a_batch_ends_nothing(
    first, last, world, runtime, clock, postbox, told
):
    asked = iter(range(10**6))
    postbox.on_rcpt = lambda _: RELAY_DENIED if first <= next(asked) < last else None
    for _ in range(8):
        sweep(runtime, clock, seconds=60)
    assert postbox.count() == {one.email: 1 for one in told}
    assert_no_rung_is_burnt(world, told)


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "550 no such user", RELAY_DENIED])
@pytest.mark.parametrize("position", [0, 10, 18])
def test_a_bad_address_among_good_ones_is_final_at_once(
    answer, position, world, runtime, postbox, told
):
    bad = told[position]
    postbox.on_rcpt = lambda address: answer if address == bad.email else None
    drain(runtime)
    assert postbox.count() == {one.email: 1 for one in told if one is not bad}
    end = world.delivery(bad.alert)
    assert (end.state, end.last_error) == ("rejected", f"smtp-rcpt-{answer[:3]}")


def test_a_mailbox_that_does_not_exist_needs_no_company(world, runtime, postbox):
    told = world.due_alert()
    postbox.on_rcpt = lambda _: "550 5.2.1 mailbox disabled"
    drain(runtime)
    assert world.delivery(told.alert).state == "rejected"


@pytest.mark.parametrize("answer", ["550 5.1.8 bad sender", "550 5.1.0 sender rejected"])
def test_our_own_address_refused_at_rcpt_is_our_trouble(answer, world, runtime, postbox):
    told = world.due_alert()
    postbox.on_rcpt = lambda _: answer
    drain(runtime)
    assert world.delivery(told.alert).state == "pending"


@pytest.mark.parametrize("takes_others", [True, False])
def test_a_bad_address_that_is_always_alone_is_final_in_the_end(
    takes_others, world, runtime, clock, postbox
):
    """Final only by what happened to others since: the server took them, and again not this one."""
    bad = world.due_alert()
    postbox.on_rcpt = lambda address: "550 no" if address == bad.email or not takes_others else None
    for _ in range(REFUSALS):
        drain(runtime)
        assert world.delivery(bad.alert).state == "pending"
        clock.advance(seconds=301)
        world.due_alert(due_at=clock.now())
        world.run("UPDATE deliveries SET next_at = %s WHERE state = 'pending'", clock.now())
        world.run(
            "UPDATE deliveries SET next_at = next_at + interval '1 s' WHERE alert_id = %s",
            bad.alert,
        )
        drain(runtime)
        clock.advance(seconds=1)
    drain(runtime)
    assert world.delivery(bad.alert).state == ("rejected" if takes_others else "pending")
