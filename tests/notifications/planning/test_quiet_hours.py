"""Deferred, gathered or at once; and whatever changes until then is looked at again."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from workers.draining import drain

# 22:30 and 07:30 in Brussels.
EVENING = datetime(2027, 3, 1, 21, 30, tzinfo=UTC)
MORNING = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
DIGEST = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)
ASKED = "portal.request_made"
REOPENED = "cases.worker_requested"


def prefer(world, who, choices=None, **more):
    row = {"choices": choices or {}, "zone": "Europe/Brussels", "digest_rhythm": "daily"}
    row |= {"digest_at": "08:00", "digest_weekday": 1, "changed_at": EVENING, **more}
    row.setdefault("quiet_from", "21:00")
    row.setdefault("quiet_until", "07:30")
    world.put("notification_preferences", professional_id=who, **row)


def gathered(world, **values):
    """An alert that its reader wants in the digest."""
    told = world.due_alert("en", kind=ASKED, **values)
    prefer(world, told.worker, {ASKED: {"email": "in_digest"}})
    return told


def test_a_legal_alert_passes_quiet_hours(world, runtime, postbox, clock):
    clock.set(EVENING)
    told = world.due_alert()
    drain(runtime)
    assert postbox.count() == {told.email: 1}


def test_an_important_one_waits_for_the_morning_and_is_there_to_read(
    world, runtime, postbox, clock
):
    clock.set(EVENING)
    told = world.due_alert(kind=ASKED)
    drain(runtime)
    assert (postbox.received, world.state(told.alert)) == ([], "sending")
    assert world.delivery(told.alert, "inapp").state == "sent"
    clock.set(MORNING - timedelta(seconds=1))
    drain(runtime)
    assert postbox.received == []
    clock.set(MORNING)
    drain(runtime)
    drain(runtime)
    assert postbox.count() == {told.email: 1}


def test_what_waits_for_the_morning_counts_as_backlog_only_then(world, runtime, clock):
    clock.set(datetime.now(UTC) + timedelta(days=1))
    told = world.due_alert(kind=ASKED, due_at=clock.now())
    world.run("UPDATE alerts SET due_at = now() - interval '1 hour'")
    night = {"quiet_from": (clock.now() - timedelta(hours=1)).strftime("%H:%M"), "zone": "UTC"}
    night["quiet_until"] = (clock.now() + timedelta(hours=2)).strftime("%H:%M")
    prefer(world, told.worker, **night)
    drain(runtime)
    assert world.run("SELECT due FROM alert_backlog()") == [(0,)]
    world.run("UPDATE deliveries SET due_at = now() - interval '1 minute'")
    assert world.run("SELECT due, oldest_due_age_seconds < 3600 FROM alert_backlog()") == [
        (1, True)
    ]


@pytest.mark.parametrize("state", ["cancelled", "paused", "acknowledged"])
def test_what_ended_during_the_night_is_not_sent(state, world, runtime, postbox, clock):
    clock.set(EVENING)
    told = world.due_alert(kind=ASKED)
    drain(runtime)
    world.run("UPDATE alerts SET state = %s", state)
    clock.set(MORNING)
    drain(runtime)
    assert postbox.received == []
    assert world.delivery(told.alert).state == "cancelled"


def test_whoever_took_over_during_the_night_is_told_instead(world, runtime, postbox, clock):
    clock.set(EVENING)
    told = world.due_alert(kind=ASKED)
    drain(runtime)
    heir = world.professional()
    world.assign(told.case, heir)
    clock.set(MORNING)
    drain(runtime)
    assert postbox.count() == {world.email_of(heir): 1}


def test_whoever_never_sleeps_is_told_at_once(world, runtime, postbox, clock):
    clock.set(EVENING)
    told = world.due_alert(kind=ASKED)
    prefer(world, told.worker, quiet_from=None, quiet_until=None)
    drain(runtime)
    assert postbox.count() == {told.email: 1}


def test_a_zone_that_nobody_knows_any_more_holds_nothing_up(world, runtime, postbox):
    told = world.due_alert(kind=ASKED)
    prefer(world, told.worker, zone="Atlantis/Capital")
    drain(runtime)
    assert postbox.count() == {told.email: 1}


def test_what_asks_for_nothing_comes_in_the_digest_unasked(world, runtime, postbox, clock):
    told = world.due_alert("en", kind="cases.closed")
    drain(runtime)
    assert postbox.received == []
    clock.set(DIGEST)
    drain(runtime)
    assert postbox.count() == {told.email: 1}
    assert postbox.received[0]["Subject"] == "Your digest: 1 message"


def test_one_digest_tells_everything_once(world, runtime, postbox, clock):
    told = gathered(world, code="BX-2345")
    again = world.alert(kind=ASKED, case_id=told.case)
    drain(runtime)
    clock.set(DIGEST - timedelta(seconds=1))
    drain(runtime)
    assert postbox.received == []
    clock.set(DIGEST)
    drain(runtime)
    clock.advance(days=1)
    drain(runtime)
    (mail,) = postbox.received
    assert mail["Subject"] == "Your digest: 2 messages"
    for part in ("plain", "html"):
        body = mail.get_body((part,)).get_content()
        assert body.count("BX-2345") == 2
        for alert in (told.alert, again):
            assert f"https://maillage.example/alerts/{alert}" in body
        assert "Dupont" not in body
        assert str(told.case) not in body


@pytest.mark.parametrize("state", ["cancelled", "paused", "acknowledged"])
def test_an_empty_digest_is_no_mail(state, world, runtime, postbox, clock):
    told = gathered(world)
    drain(runtime)
    world.run("UPDATE alerts SET state = %s WHERE id = %s", state, told.alert)
    clock.set(DIGEST)
    drain(runtime)
    assert postbox.received == []
    states = world.run("SELECT state, last_error FROM deliveries WHERE channel = 'email'")
    assert states == [("cancelled", "nothing-to-tell")]


def test_what_was_sent_at_once_is_left_out(world, runtime, postbox, clock):
    told = gathered(world)
    drain(runtime)
    row = {"id": uuid4(), "alert_id": told.alert, "professional_id": told.worker}
    row |= {"channel": "email", "state": "sent", "next_at": EVENING, "message_id": "<1@x>"}
    world.put("deliveries", **row)
    clock.set(DIGEST)
    drain(runtime)
    assert postbox.received == []


def test_a_digest_follows_the_role(world, runtime, postbox, clock):
    told = gathered(world, code="BX-2345")
    kept = world.due_alert("en", kind=ASKED, code="BX-6789")
    world.assign(kept.case, told.worker)
    drain(runtime)
    heir = world.professional("en")
    world.assign(told.case, heir)
    clock.set(DIGEST)
    drain(runtime)
    by = {to: str(mail) for to, mail in zip(postbox.recipients, postbox.received, strict=True)}
    assert set(by) == {told.email, world.email_of(heir)}
    assert "BX-2345" not in by[told.email]
    assert "BX-6789" in by[told.email]
    assert "BX-2345" in by[world.email_of(heir)]


def test_a_right_lost_while_the_digest_leaves_is_noticed(world, runtime, postbox, clock):
    told = gathered(world, code="BX-2345")
    kept = world.due_alert("en", kind=ASKED, code="BX-6789")
    world.assign(kept.case, told.worker)
    drain(runtime)
    heir = world.professional("en")

    def lose(address):
        if address == told.email:
            world.assign(told.case, heir)

    postbox.on_rcpt = lose
    clock.set(DIGEST)
    drain(runtime)
    own = [
        str(m)
        for to, m in zip(postbox.recipients, postbox.received, strict=True)
        if to == told.email
    ]
    assert len(own) == 1
    assert "BX-2345" not in own[0]


def test_a_digest_that_could_not_leave_comes_later_under_its_name(world, runtime, postbox, clock):
    told = gathered(world)
    drain(runtime)
    names = []
    query = "SELECT message_id FROM deliveries WHERE channel = 'email'"
    postbox.on_data = lambda: names.extend(world.run(query)) or "451 not now"
    clock.set(DIGEST)
    drain(runtime)
    assert postbox.received == []
    postbox.on_data = lambda: None
    clock.advance(minutes=10)
    drain(runtime)
    assert postbox.count() == {told.email: 1}
    assert (postbox.received[0]["Message-ID"],) == names[0]
    assert postbox.received[0]["X-Possible-Duplicate"] is None


def test_a_digest_whose_answer_was_lost_comes_again_and_says_so(world, runtime, postbox, clock):
    gathered(world)
    drain(runtime)
    postbox.drops = 1
    clock.set(DIGEST)
    drain(runtime)
    clock.advance(minutes=10)
    drain(runtime)
    first, second = postbox.received
    assert first["Message-ID"] == second["Message-ID"]
    assert [m["X-Possible-Duplicate"] for m in (first, second)] == [None, "yes"]


def test_what_is_muted_is_sent_nowhere_and_there_by_its_link(world, runtime, postbox):
    told = world.due_alert(kind=ASKED)
    prefer(world, told.worker, {"important": {"email": "never", "inapp": "never"}})
    drain(runtime)
    assert postbox.received == []
    assert world.delivery(told.alert, "inapp").state == "muted"
    assert world.state(told.alert) == "sending"


def test_a_kind_that_became_legal_opens_its_channel(world, runtime, postbox):
    told = world.due_alert()
    prefer(world, told.worker, {"legal": {"email": "never"}})
    drain(runtime)
    assert postbox.count() == {told.email: 1}


def test_rungs_that_are_due_together_are_told_once(world, runtime, postbox, clock):
    told = world.due_alert(rung="14d")
    (object_id,) = world.run("SELECT object_id FROM alerts WHERE id = %s", told.alert)[0]
    same = {"case_id": told.case, "object_id": object_id}
    late = world.alert(**same, rung="7d", due_at=told_at(2))
    ahead = world.alert(**same, rung="3d", due_at=told_at(20))
    clock.set(told_at(3))
    drain(runtime)
    assert postbox.count() == {told.email: 1}
    assert [world.state(each) for each in (told.alert, late, ahead)] == [
        "cancelled",
        "sending",
        "planned",
    ]


def told_at(days):
    return datetime(2027, 3, 1, 8, 0, tzinfo=UTC) + timedelta(days=days)
