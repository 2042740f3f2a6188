"""The ledger: every attempt that did not end well is kept; where all goes well it costs nothing."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

from infra.cli import main
from notifications.delivery import attempts, letters
from notifications.planning.expansion import expand_due
from workers.draining import drain

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def ledger(runtime, told) -> list[tuple[object, ...]]:
    with runtime.transaction() as uow:
        found = attempts.of_delivery(told, uow=uow)
    return [(each.fence, each.outcome, each.code, each.reached_nobody) for each in found]


def delivery_of(world, alert) -> UUID:
    query = "SELECT id FROM deliveries WHERE alert_id = %s AND channel = 'email'"
    ((key,),) = world.run(query, alert)
    return key


def test_what_went_well_at_once_is_one_attempt_and_no_row(world, runtime, postbox):
    told = world.due_alert()
    drain(runtime)
    assert ledger(runtime, delivery_of(world, told.alert)) == [(1, "sent", None, False)]
    assert world.run("SELECT count(*) FROM delivery_attempts") == [(0,)]


def test_a_refusal_and_what_followed(world, runtime, postbox, clock):
    told = world.due_alert()
    postbox.on_rcpt = lambda *_: "451 greylisted, come back"
    drain(runtime)
    postbox.on_rcpt = lambda *_: None
    clock.advance(seconds=3)
    drain(runtime)
    key = delivery_of(world, told.alert)
    assert ledger(runtime, key) == [
        (1, "pending", "smtp-rcpt-451", True),
        (2, "sent", None, False),
    ]
    with runtime.transaction() as uow:
        refused, sent = attempts.of_delivery(key, uow=uow)
    assert (refused.claimed_at, refused.marked_at, refused.ended_at) == (NOW, None, NOW)
    assert sent.claimed_at == sent.marked_at == sent.ended_at != NOW


def test_an_answer_lost_after_the_mark_keeps_the_mark(world, runtime, postbox):
    told = world.due_alert()
    postbox.drops = 1
    drain(runtime)
    key = delivery_of(world, told.alert)
    with runtime.transaction() as uow:
        (lost,) = attempts.of_delivery(key, uow=uow)
    assert (lost.outcome, lost.marked_at, lost.reached_nobody) == ("pending", NOW, False)


def test_an_expired_lease_is_an_attempt(world, runtime, postbox):
    told = world.due_alert()
    expand_due(runtime)
    with runtime.transaction() as uow:
        letters.claim(limit=20, uow=uow)
    world.run("UPDATE deliveries SET lease_until = now() - interval '1 year' WHERE state='sending'")
    with runtime.transaction() as uow:
        assert letters.take_back(uow=uow) == 1
    key = delivery_of(world, told.alert)
    assert ledger(runtime, key) == [(1, "expired", "lease-expired", False)]


def test_the_command_says_it(world, runtime, postbox, cluster, settings, monkeypatch, capsys):
    monkeypatch.setenv("EMBEDDED", "1")
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    told = world.due_alert()
    drain(runtime)
    key = str(delivery_of(world, told.alert))
    capsys.readouterr()
    assert main(["alerts", "status", "--delivery", key, "--json"]) == 0
    (attempt,) = json.loads(capsys.readouterr().out)
    assert attempt["outcome"] == "sent"
    assert main(["alerts", "status", "--delivery", key]) == 0
    said = capsys.readouterr().out
    assert "sent" in said
    assert told.email not in said
    assert main(["alerts", "status", "--delivery", str(uuid4())]) == 1
