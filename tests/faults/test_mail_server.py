"""A mail server that refuses, hangs up, is slow or lies: nothing lost, no double unflagged."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from operator import itemgetter

import pytest

from notifications.channels.email import EmailChannel
from notifications.delivery.next_channel import take_next_channel
from notifications.planning.escalation import climb
from tests.faults.kit.parts import MAIL_FROM
from tests.faults.kit.rude import DROP, KEEP_AND_DROP, Rude, RudeServer
from tests.notifications.test_bounces import maillage_bounces
from tests.outside.fakes import FakeClock
from tests.slices import one_of_each
from tests.world import NOW
from workers.draining import drain
from workers.runtime import Runtime

# As Postfix writes it (RFC 3464).
REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: %s
--b--
"""
TEMPORARY, FINAL, BUSY = "451 later", "550 never", "421 closing"
VERBS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")
UNCERTAIN = (("DATA", DROP), ("dot", DROP))


@pytest.fixture
def rude() -> Rude:
    return Rude()


@pytest.fixture
def server(rude) -> Iterator[RudeServer]:
    server = RudeServer(rude)
    yield server
    server.end()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def runtime(healer, server, clock) -> Runtime:
    email = EmailChannel(server=server, sender=MAIL_FROM, timeout=0.5)
    return replace(healer, email=email, clock=clock)


@pytest.fixture
def told(world):
    """Three alerts in this order, each to a person of their own."""
    return [world.due_alert(due_at=NOW - timedelta(minutes=3 - n)) for n in range(3)]


def settle(runtime: Runtime, clock: FakeClock, world) -> None:
    """Come back until nothing waits, as the sweepers would within the hour."""
    for _ in range(12):
        drain(runtime)
        if not world.run("SELECT 1 FROM deliveries WHERE state IN ('pending', 'sending')"):
            return
        clock.advance(seconds=301)
    raise AssertionError(world.run("SELECT state, last_error FROM deliveries"))


def ends(world, told) -> list[str]:
    return [world.delivery(one.alert).state for one in told]


def flags(rude: Rude) -> dict[str, list[bool]]:
    """For each recipient, in order, whether the copy was flagged."""
    found: dict[str, list[bool]] = {}
    for _, to, flagged in rude.kept:
        found.setdefault(to, []).append(flagged)
    return found


@pytest.mark.parametrize(
    ("verb", "answer"),
    one_of_each(list(product(VERBS, (TEMPORARY, BUSY, DROP))), itemgetter(0), *UNCERTAIN),
)
def test_a_temporary_trouble_at_any_verb_costs_only_time(
    verb, answer, rude, runtime, clock, world, told
):
    rude.says = {verb: [answer] * 2}
    settle(runtime, clock, world)
    assert ends(world, told) == ["sent"] * 3
    # Hung up before any answer to the content: it may have been kept, and says so.
    uncertain = (verb, answer) in UNCERTAIN
    marked = 2 if uncertain else 0
    copies = Counter(tuple(each) for each in flags(rude).values())
    assert copies == +Counter({(False,): 3 - marked, (True,): marked})


# What these refuse for good is about us, not about a person: it waits until mended.
@pytest.mark.parametrize("verb", ["greeting", "EHLO", "MAIL"])
def test_a_final_refusal_of_ourselves_is_tried_again(verb, rude, runtime, clock, world, told):
    rude.says = {verb: [FINAL] * 5, "HELO": [FINAL] * 5}
    settle(runtime, clock, world)
    assert ends(world, told) == ["sent"] * 3
    assert flags(rude) == {one.email: [False] for one in told}


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        ("RCPT", "550 5.1.1 never", "rejected"),
        ("DATA", "554 5.6.0 never", "failed"),
        ("dot", "554 5.6.0 never", "failed"),
    ],
)
def test_a_final_refusal_ends_one_and_the_others_flow(
    verb, answer, state, rude, runtime, clock, world, told
):
    rude.says = {verb: [answer]}
    settle(runtime, clock, world)
    assert ends(world, told) == [state, "sent", "sent"]
    assert flags(rude) == {one.email: [False] for one in told[1:]}


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "dot"])
def test_a_final_refusal_without_a_reason_is_asked_again(verb, rude, runtime, clock, world, told):
    rude.says = {verb: [FINAL] * 5}
    settle(runtime, clock, world)
    assert ends(world, told) == ["sent"] * 3
    assert flags(rude) == {one.email: [False] for one in told}


def test_one_bad_recipient_blocks_nobody(rude, runtime, clock, world, told):
    rude.to_address = {told[0].email: "550 no such user", told[1].email: "452 mailbox full"}
    drain(runtime)
    assert flags(rude) == {told[2].email: [False]}
    assert ends(world, told) == ["rejected", "pending", "sent"]
    rude.to_address.clear()
    settle(runtime, clock, world)
    assert ends(world, told) == ["rejected", "sent", "sent"]


def test_a_reply_lost_after_the_dot_comes_again_with_a_flag(rude, runtime, clock, world, told):
    rude.says = {"dot": [KEEP_AND_DROP]}
    settle(runtime, clock, world)
    assert flags(rude) == {told[0].email: [False, True]} | {o.email: [False] for o in told[1:]}
    assert len({message_id for message_id, _, _ in rude.kept}) == 3


def test_a_250_slower_than_the_timeout_comes_again_with_a_flag(rude, server, runtime, clock, world):
    one = world.due_alert()
    rude.seconds_after_dot = 1.0
    drain(runtime)
    assert world.delivery(one.alert).last_error in ("smtp-data-timeout", "smtp-data-dropped")
    rude.seconds_after_dot = 0.0
    settle(runtime, clock, world)
    assert flags(rude) == {one.email: [False, True]}


def test_a_250_within_the_timeout_is_taken_as_it_is(rude, runtime, clock, world, told):
    rude.seconds_after_dot = 0.1
    settle(runtime, clock, world)
    assert flags(rude) == {one.email: [False] for one in told}


def test_greylisting_delays_each_recipient_once(rude, runtime, clock, world, told):
    rude.to_address = {one.email: "450 4.2.0 greylisted" for one in told}
    drain(runtime)
    assert rude.kept == []
    rude.to_address.clear()
    settle(runtime, clock, world)
    assert flags(rude) == {one.email: [False] for one in told}


@pytest.mark.parametrize("answer", [TEMPORARY, FINAL, BUSY, DROP])
def test_trouble_with_quit_changes_nothing(answer, rude, runtime, clock, world, told):
    rude.says = {"QUIT": [answer]}
    settle(runtime, clock, world)
    assert ends(world, told) == ["sent"] * 3
    assert flags(rude) == {one.email: [False] for one in told}


def test_who_lies_and_bounces_later_has_warned_nobody(rude, runtime, clock, world, told, settings):
    """A 250 is not a warned person; and once the report is read, the next rung is told at once."""
    leader = world.professional()
    world.put("professional_roles", professional_id=leader, role="coordinator")
    settle(runtime, clock, world)
    assert ends(world, told) == ["sent"] * 3
    assert {world.state(one.alert) for one in told} == {"sending"}
    assert world.run("SELECT count(*) FROM deliveries WHERE acknowledged_at IS NOT NULL") == [(0,)]
    bounced = world.delivery(told[0].alert).message_id
    answer = maillage_bounces(settings, stdin=(REPORT % (told[0].email, bounced)).encode())
    assert (answer.returncode, answer.stderr) == (0, b"")
    for chore in (take_next_channel, climb):
        clock.advance(seconds=1)
        with runtime.transaction() as uow:
            chore(uow=uow)
    settle(runtime, clock, world)
    assert ends(world, told) == ["rejected", "sent", "sent"]
    assert flags(rude)[world.email_of(leader)] == [False]
    climbed = world.run("SELECT DISTINCT first_id FROM alerts WHERE first_id IS NOT NULL")
    assert climbed == [(told[0].alert,)]
