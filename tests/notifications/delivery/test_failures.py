"""Doubles are possible, silence is not: what is certain is kept, what is uncertain is said."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from notifications.delivery import letters
from notifications.delivery.mails import send_due
from notifications.lease import SENT
from notifications.planning.expansion import expand_due
from workers.draining import drain

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def claim(runtime):
    with runtime.transaction() as uow:
        return letters.claim(limit=20, uow=uow)


def expire(world, runtime) -> int:
    """As if the lease had run out, then one look of a sweeper."""
    world.run("UPDATE deliveries SET lease_until = now() - interval '1 year' WHERE state='sending'")
    with runtime.transaction() as uow:
        return letters.take_back(uow=uow)


@pytest.mark.parametrize("verb", ["on_rcpt", "on_data"])
def test_a_temporary_refusal_is_tried_again_without_a_flag(verb, world, runtime, postbox, clock):
    told = world.due_alert()
    setattr(postbox, verb, lambda *_: "451 greylisted, come back")
    drain(runtime)
    waiting = world.delivery(told.alert)
    assert (waiting.state, waiting.attempts, waiting.data_at) == ("pending", 1, None)
    assert waiting.last_error in ("smtp-rcpt-451", "smtp-data-451")
    assert waiting.next_at > NOW
    setattr(postbox, verb, lambda *_: None)
    clock.advance(seconds=3)
    drain(runtime)
    (mail,) = postbox.received
    assert mail["X-Possible-Duplicate"] is None
    assert world.delivery(told.alert).state == "sent"


@pytest.mark.parametrize(
    ("verb", "status", "expected"),
    [
        ("on_rcpt", "5.1.1", ("rejected", "smtp-rcpt-550")),
        ("on_data", "5.6.0", ("failed", "smtp-data-554")),
    ],
)
def test_a_final_refusal_is_kept_and_the_others_flow(
    verb, status, expected, world, runtime, postbox
):
    refused = world.due_alert(due_at=NOW - timedelta(minutes=1))
    fine = world.due_alert()
    answers = iter([f"{expected[1][-3:]} {status} no such user {refused.email}"])
    setattr(postbox, verb, lambda *_: next(answers, None))
    drain(runtime)
    end = world.delivery(refused.alert)
    assert (end.state, end.last_error) == expected
    assert postbox.count() == {fine.email: 1}


def test_a_reply_lost_after_the_content_is_sent_again_with_a_flag(world, runtime, postbox, clock):
    told = world.due_alert()
    postbox.drops = 1
    drain(runtime)
    waiting = world.delivery(told.alert)
    assert (waiting.state, waiting.data_at) == ("pending", NOW)
    clock.advance(seconds=3)
    drain(runtime)
    first, second = postbox.received
    assert first["Message-ID"] == second["Message-ID"]
    assert (first["X-Possible-Duplicate"], second["X-Possible-Duplicate"]) == (None, "yes")
    assert world.delivery(told.alert).possible_duplicate


def test_the_others_flow_after_a_broken_connection(world, runtime, postbox, clock):
    world.due_alert(due_at=NOW - timedelta(minutes=1))
    fine = world.due_alert()
    postbox.drops = 1
    drain(runtime)
    assert postbox.count()[fine.email] == 1


def test_a_server_that_is_down_costs_nothing_but_time(world, runtime, postbox, clock, mail_server):
    told = [world.due_alert() for _ in range(3)]
    mail_server.stop()
    drain(runtime)
    states = [world.delivery(one.alert) for one in told]
    assert {(s.state, s.data_at, s.attempts) for s in states} == {("pending", None, 1)}
    mail_server.start()
    clock.advance(seconds=3)
    drain(runtime)
    assert postbox.count() == {one.email: 1 for one in told}


def test_an_expired_lease_is_sent_again_flagged_if_the_content_left(world, runtime, postbox):
    left, kept = world.due_alert(), world.due_alert()
    expand_due(runtime)
    claimed = {letter.alert_id: letter for letter in claim(runtime)}
    with runtime.transaction() as uow:
        assert letters.commit_to(claimed[left.alert], uow=uow)
    assert expire(world, runtime) == 2
    drain(runtime)
    flags = {mail["To"]: mail["X-Possible-Duplicate"] for mail in postbox.received}
    assert flags == {left.email: "yes", kept.email: None}


def test_a_zombie_writes_nothing(world, runtime, postbox):
    told = world.due_alert()
    expand_due(runtime)
    (stale,) = claim(runtime)
    expire(world, runtime)
    (fresh,) = claim(runtime)
    before = world.delivery(told.alert)
    with runtime.transaction() as uow:
        assert not letters.commit_to(stale, uow=uow)
        assert not letters.withdraw(stale, uow=uow)
        assert not letters.give_back(stale, uow=uow)
        assert not letters.end(stale, SENT, uow=uow)
    assert world.delivery(told.alert) == before
    assert fresh.fence == stale.fence + 1


def test_a_zombie_that_wakes_before_the_content_sends_nothing(world, make_runtime, postbox):
    """While the first one is asked for the recipient, its lease ends and a second one sends."""
    told = world.due_alert()
    first, second = make_runtime(), make_runtime()

    def freeze(_address: str) -> None:
        postbox.on_rcpt = lambda _address: None
        expire(world, second)
        (letter,) = claim(second)
        with second.transaction() as uow:
            assert letters.commit_to(letter, uow=uow)
            assert letters.end(letter, SENT, uow=uow)

    postbox.on_rcpt = freeze
    drain(first)
    assert postbox.received == []
    assert world.delivery(told.alert).state == "sent"


def test_nothing_leaves_on_a_lease_that_is_nearly_over(world, runtime):
    world.due_alert()
    expand_due(runtime)
    (letter,) = claim(runtime)
    world.run(
        "UPDATE deliveries SET lease_until = clock_timestamp() + interval '14 s'"
        " WHERE channel = 'email'"
    )
    with runtime.transaction() as uow:
        assert not letters.commit_to(letter, uow=uow)


def test_who_is_asked_to_leave_gives_back_what_was_not_tried(world, make_runtime, postbox):
    told = [world.due_alert() for _ in range(3)]
    leaving = make_runtime()
    expand_due(leaving)
    postbox.on_rcpt = lambda _address: leaving.stop.request()
    send_due(leaving, until=time.monotonic() + 8)
    assert len(postbox.received) == 1
    drain(make_runtime())
    assert postbox.count() == {one.email: 1 for one in told}
    assert {world.delivery(one.alert).attempts for one in told} == {1}


def test_an_alert_without_words_waits_and_the_others_flow(world, runtime, postbox):
    unknown = world.due_alert(kind="evictions.from_the_future", facts={"a": 1})
    wrong = world.due_alert(facts={"hearing_at": "soon"})
    fine = world.due_alert()
    drain(runtime)
    # Only the release that wrote it knows how urgent it is: untouched until that one comes.
    assert world.state(unknown.alert) == "planned"
    waiting = world.delivery(wrong.alert)
    assert (waiting.state, waiting.last_error) == ("pending", "unrenderable")
    assert waiting.next_at > NOW
    assert postbox.count() == {fine.email: 1}


def test_an_address_that_no_mail_can_carry_is_rejected(world, runtime, postbox):
    told = world.due_alert()
    world.run("UPDATE professionals SET email = 'zoë@example.org' WHERE id = %s", told.worker)
    drain(runtime)
    end = world.delivery(told.alert)
    assert (end.state, end.last_error) == ("rejected", "address-not-ascii")
