"""A due alert becomes one mail to whoever holds the role and may know; nobody else hears of it."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notifications.planning import expansion
from workers.draining import drain

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)

SUBJECTS = {
    "fr": "Audience dans 7 jours",
    "nl": "Zitting over 7 dagen",
    "en": "Hearing in 7 days",
}


@pytest.mark.parametrize("language", SUBJECTS)
def test_a_due_alert_arrives_once_in_the_language_of_its_reader(language, world, runtime, postbox):
    told = world.due_alert(language)
    drain(runtime)
    drain(runtime)
    (mail,) = postbox.received
    link = f"https://maillage.example/alerts/{told.alert}"
    assert mail["To"] == told.email
    assert mail["Subject"].startswith(SUBJECTS[language])
    assert mail["Content-Language"] == language
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == world.delivery(told.alert).message_id
    assert mail["X-Possible-Duplicate"] is None
    for part in ("plain", "html"):
        body = mail.get_body((part,)).get_content()
        assert link in body
        assert "2027" in body
    assert world.state(told.alert) == "sending"
    assert world.delivery(told.alert).state == "sent"
    assert world.delivery(told.alert, "inapp").state == "sent"


def test_a_mail_holds_no_personal_data(world, runtime, postbox):
    told = world.due_alert()
    drain(runtime)
    text = str(postbox.received[0]).replace(told.email, "")
    names = ["Jeanne", "Dupont", str(told.case), str(told.worker)]
    assert [name for name in names if name in text] == []


def test_what_is_not_due_is_not_sent(world, runtime, postbox, clock):
    told = world.due_alert(due_at=NOW + timedelta(hours=1))
    drain(runtime)
    assert (postbox.received, world.state(told.alert)) == ([], "planned")
    clock.advance(hours=1)
    drain(runtime)
    assert postbox.count() == {told.email: 1}


def test_a_late_message_counts_the_days_that_are_left(world, runtime, postbox, clock):
    world.due_alert("en")
    clock.advance(days=6)
    drain(runtime)
    assert postbox.received[0]["Subject"].startswith("Hearing tomorrow")


def test_two_senders_at_once_send_each_mail_once(world, make_runtime, postbox):
    worker = world.professional()
    case = world.case(worker)
    for number in range(60):
        world.alert(case_id=case, rung=str(number))
    threads = [threading.Thread(target=drain, args=(make_runtime(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    ids = Counter(mail["Message-ID"] for mail in postbox.received)
    assert len(ids) == 60
    assert set(ids.values()) == {1}


def test_a_missing_reference_worker_is_waited_for(world, runtime, postbox, clock):
    case = world.case()
    alert = world.alert(case_id=case)
    drain(runtime)
    assert world.state(alert) == "planned"
    worker = world.professional()
    world.assign(case, worker)
    clock.advance(seconds=31)
    drain(runtime)
    assert postbox.count() == {world.email_of(worker): 1}


def test_an_alert_that_nobody_may_receive_stays_visible(world, runtime, postbox):
    case = world.case(world.professional())
    stranger = world.professional()
    personal = world.alert(
        "cases.task_due", case_id=case, recipient_role="person", recipient_id=stranger
    )
    liaison = world.alert(case_id=case, recipient_role="liaison")
    drain(runtime)
    assert (world.state(personal), world.state(liaison)) == ("no_recipient", "no_recipient")
    assert postbox.received == []


def test_every_liaison_with_a_grant_for_the_procedure_hears(world, runtime, postbox):
    case = world.case(world.professional())
    heard, other_data, expired, inactive = (
        world.professional(active=active) for active in (True, True, True, False)
    )
    world.grant(case, heard, "liaison", mask=5)
    world.grant(case, other_data, "liaison", mask=1)
    world.grant(case, expired, "liaison", mask=5, until=NOW)
    world.grant(case, inactive, "liaison", mask=5)
    world.alert(case_id=case, recipient_role="liaison")
    drain(runtime)
    assert postbox.count() == {world.email_of(heard): 1}


def test_an_assignee_hears_while_they_take_part(world, runtime, postbox):
    case = world.case(world.professional())
    member = world.professional()
    world.grant(case, member, "participation", mask=1)
    task = {"case_id": case, "recipient_role": "person", "recipient_id": member}
    world.alert("cases.task_due", facts={"due_on": "2027-03-02"}, **task)
    world.alert("evictions.hearing_approaching", **task)
    drain(runtime)
    assert postbox.count() == {world.email_of(member): 1}
    assert "2 mars 2027" in postbox.received[0].get_body(("plain",)).get_content()


@pytest.mark.parametrize(("state", "mails"), [("invited", 1), ("declined", 0), ("ended", 0)])
def test_an_invitation_is_the_right_to_hear_of_it(world, runtime, postbox, state, mails):
    case, invitee = world.case(world.professional()), world.professional()
    place = uuid4()
    world.put(
        "participations",
        id=place,
        case_id=case,
        professional_id=invitee,
        role="lawyer",
        reason="-",
        state=state,
        invited_by=invitee,
        invited_at=NOW,
    )
    told = {"recipient_role": "person", "recipient_id": invitee, "object_id": place}
    world.alert("cases.participant_invited", case_id=case, **told)
    drain(runtime)
    assert len(postbox.received) == mails


@pytest.mark.parametrize(
    "told",
    [
        ("cases.handover_proposed", "proposed", 1),
        ("cases.handover_proposed", "accepted", 0),
        ("cases.handover_accepted", "accepted", 1),
        ("cases.handover_accepted", "proposed", 0),
    ],
)
def test_a_handover_is_the_right_to_hear_of_it(told, world, runtime, postbox):
    kind, state, mails = told
    case = world.case(world.professional())
    former, receiver, handover = world.professional(), world.professional(), uuid4()
    world.put(
        "handovers",
        id=handover,
        case_id=case,
        from_id=former,
        to_id=receiver,
        reason="-",
        former_stays=False,
        state=state,
        proposed_at=NOW,
    )
    person = receiver if kind == "cases.handover_proposed" else former
    world.alert(
        kind, case_id=case, object_id=handover, recipient_role="person", recipient_id=person
    )
    drain(runtime)
    assert postbox.count() == ({world.email_of(person): 1} if mails else {})


def test_a_right_lost_before_sending_cancels_the_mail(world, runtime, postbox):
    case, member = world.case(world.professional()), world.professional()
    world.grant(case, member, "participation")
    alert = world.alert(case_id=case, recipient_role="person", recipient_id=member)
    expansion.expand_due(runtime)
    world.run("DELETE FROM access_grants WHERE principal_id = %s", member)
    drain(runtime)
    assert postbox.received == []
    assert world.delivery(alert).state == "cancelled"
    assert world.state(alert) == "no_recipient"


def test_a_right_lost_while_the_server_is_asked_keeps_the_content_here(world, runtime, postbox):
    """The last check is made after RCPT, in the statement that marks the point of no return."""
    case, member = world.case(world.professional()), world.professional()
    world.grant(case, member, "participation")
    alert = world.alert(case_id=case, recipient_role="person", recipient_id=member)
    other = world.due_alert(due_at=NOW - timedelta(seconds=1))

    def withdraw(address: str) -> None:
        if address == world.email_of(member):
            world.run("DELETE FROM access_grants WHERE principal_id = %s", member)

    postbox.on_rcpt = withdraw
    drain(runtime)
    assert postbox.count() == {other.email: 1}
    delivery = world.delivery(alert)
    assert (delivery.state, delivery.data_at) == ("cancelled", None)


def test_a_new_role_holder_is_told_instead(world, runtime, postbox):
    told = world.due_alert()
    expansion.expand_due(runtime)
    successor = world.professional("nl")
    world.assign(told.case, successor)
    drain(runtime)
    assert postbox.count() == {world.email_of(successor): 1}
    assert postbox.received[0]["Subject"].startswith(SUBJECTS["nl"])


def test_who_gets_the_role_back_is_told_after_all(world, runtime, postbox):
    told = world.due_alert()
    expansion.expand_due(runtime)
    message_id = world.delivery(told.alert).message_id
    world.assign(told.case, world.professional())
    postbox.on_rcpt = lambda _address: "451 later"
    drain(runtime)
    world.assign(told.case, told.worker)
    postbox.on_rcpt = lambda _address: None
    runtime.clock.advance(minutes=1)
    drain(runtime)
    assert postbox.count() == {told.email: 1}
    assert postbox.received[0]["Message-ID"] == message_id


def test_a_cancelled_alert_is_not_sent(world, runtime, postbox):
    told = world.due_alert()
    expansion.expand_due(runtime)
    world.run("UPDATE alerts SET state = 'cancelled' WHERE id = %s", told.alert)
    drain(runtime)
    assert postbox.received == []
    assert world.delivery(told.alert).state == "cancelled"
    assert world.state(told.alert) == "cancelled"
