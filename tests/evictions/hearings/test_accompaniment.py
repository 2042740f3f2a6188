"""F40, J1: who goes along to the hearing, and the alarm while nobody has said so."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.steps import (
    consent,
    join,
    mails_about,
    open_shared_case,
    org,
    propose,
    set_hearing,
    sweep,
    take_over,
)
from tests.once.beginnings import beginning

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HEARING = "2026-03-31T09:00:00+02:00"
NOBODY = "Personne n’accompagne"
ALARMS = (
    "SELECT recipient_role, due_at FROM alerts"
    " WHERE kind = 'evictions.hearing_unaccompanied' AND state = 'planned'"
)


@pytest.fixture
@beginning
def case(network):
    """A lawyer-like helper of the CPAS takes part and may read the procedure."""
    network.clock.set(START)
    made = open_shared_case(network)
    join(network, made, "rw2", "generalist")
    return made


def ask(network, procedure, status=201, by="rw1", **who):
    hearing = current(procedure)
    network.clock.advance(seconds=1)
    path = f"/api/v1/hearings/{hearing['id']}/accompaniments"
    return network[by].post(path, {"role": "companion", **who}, status=status)


@beginning
def ask_rw2(network, procedure, **more):
    return ask(network, procedure, professional_id=network["rw2"].id, **more)


def answer(network, procedure, what, by="rw2", status=200):
    """To the newest place of the hearing that is set."""
    place = current(procedure)["accompaniments"][-1]
    path = f"/api/v1/accompaniments/{place['id']}/{what}"
    return network[by].post(path, status=status, If_Match=f'"v{place["version"]}"')


def current(procedure):
    return next(each for each in procedure["hearings"] if each["state"] == "set")


def places(procedure):
    return [(each["name"], each["state"]) for each in current(procedure)["accompaniments"]]


def move(network, procedure, starts_at):
    hearing = current(procedure)
    return network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/move",
        {"starts_at": starts_at},
        status=200,
        If_Match=f'"v{hearing["version"]}"',
    )


@beginning
def confirmed(network, procedure):
    return answer(network, ask_rw2(network, procedure), "confirmation")


def alarms(network):
    """Who is to be alarmed, and when, in UTC."""
    return {role: at.astimezone(UTC) for role, at in network.rows(ALARMS)}


@pytest.mark.parametrize(
    ("starts_at", "lead", "coordinators"),
    [
        # A Tuesday: Thursday is three working days before, Friday two.
        ("2026-03-31T09:00:00+02:00", (2026, 3, 26, 8), (2026, 3, 27, 8)),
        # The Tuesday after Easter Monday (6 April): Wednesday, Thursday before Good Friday, which
        # is no legal holiday in Belgium.
        ("2026-04-07T09:00:00+02:00", (2026, 4, 1, 7), (2026, 4, 2, 7)),
        # The Monday after Friday 1 May, a holiday.
        ("2026-05-04T09:00:00+02:00", (2026, 4, 28, 7), (2026, 4, 29, 7)),
    ],
)
def test_the_alarm_stands_three_and_two_working_days_before(
    network, case, starts_at, lead, coordinators
):
    set_hearing(network, case, starts_at)
    assert alarms(network) == {
        "reference_worker": datetime(*lead, tzinfo=UTC),
        "coordinator": datetime(*coordinators, tzinfo=UTC),
    }


def test_while_nobody_confirmed_the_reference_worker_hears_it_then_the_coordinators(network, case):
    ask_rw2(network, set_hearing(network, case, HEARING))
    network.clock.set(datetime(2026, 3, 26, 7, 59, tzinfo=UTC))
    sweep(network)
    assert not mails_about(network, "rw1", NOBODY)
    network.clock.set(datetime(2026, 3, 26, 8, 1, tzinfo=UTC))
    sweep(network)
    (mail,) = mails_about(network, "rw1", NOBODY)
    assert case["code"] in mail["subject"]
    assert "31 mars 2026" in mail.get_body(("plain",)).get_content()
    assert not mails_about(network, "coordinator", NOBODY)
    network.clock.set(datetime(2026, 3, 27, 8, 1, tzinfo=UTC))
    sweep(network)
    assert len(mails_about(network, "coordinator", NOBODY)) == 1
    assert len(mails_about(network, "rw1", NOBODY)) == 1


def test_who_confirmed_is_invited_and_reminded_and_nobody_is_alarmed(network, case):
    asked = ask_rw2(network, set_hearing(network, case, HEARING))
    assert places(asked) == [("Ward Raes", "asked")]
    sweep(network)
    assert len(mails_about(network, "rw2", "Kunt u mee")) == 1
    view = answer(network, asked, "confirmation")
    assert places(view) == [("Ward Raes", "confirmed")]
    sweep(network)
    (invitation,) = mails_about(network, "rw2", "genda")
    assert calendar_method(invitation) == "REQUEST"
    for day in (24, 26, 27, 30):
        network.clock.set(datetime(2026, 3, day, 9, 0, tzinfo=UTC))
        sweep(network)
    assert len(mails_about(network, "rw2", "Zitting")) >= 2
    assert not mails_about(network, "rw1", NOBODY)
    assert not mails_about(network, "coordinator", NOBODY)


def calendar_method(mail):
    (part,) = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    return part.get_param("method")


def sequences(network, who):
    lines = [
        line
        for mail in mails_about(network, who, "genda")
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
        for line in part.get_content().splitlines()
    ]
    return [int(line.split(":")[1]) for line in lines if line.startswith("SEQUENCE")]


def test_whoever_declines_after_a_yes_is_called_off_and_the_alarm_stands_again(network, case):
    view = confirmed(network, set_hearing(network, case, HEARING))
    assert alarms(network) == {}
    sweep(network)
    view = answer(network, view, "decline")
    sweep(network)
    methods = [calendar_method(mail) for mail in mails_about(network, "rw2", "genda")]
    assert methods == ["REQUEST", "CANCEL"]
    assert set(alarms(network)) == {"reference_worker", "coordinator"}
    network.clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    sweep(network)
    assert not mails_about(network, "rw2", "Zitting")
    assert len(mails_about(network, "rw1", NOBODY)) == 1
    # Asked again they may still say yes, and their calendar takes it for the newest.
    again = answer(network, ask_rw2(network, view), "confirmation")
    sweep(network)
    assert places(again) == [("Ward Raes", "declined"), ("Ward Raes", "confirmed")]
    assert sequences(network, "rw2") == sorted(set(sequences(network, "rw2")))
    assert len(sequences(network, "rw2")) == 3


def test_as_long_as_another_goes_nobody_is_alarmed(network, case):
    procedure = confirmed(network, set_hearing(network, case, HEARING))
    outside = ask(network, procedure, outside="Voisine de palier")
    view = answer(network, outside, "confirmation", by="rw1")
    assert places(view) == [("Ward Raes", "confirmed"), ("Voisine de palier", "confirmed")]
    place = current(view)["accompaniments"][0]
    path = f"/api/v1/accompaniments/{place['id']}/decline"
    network["rw1"].post(path, status=200, If_Match=f'"v{place["version"]}"')
    assert alarms(network) == {}


def test_of_somebody_outside_no_mail_says_the_name(network, case):
    view = ask(network, set_hearing(network, case, HEARING), outside="Voisine de palier")
    answer(network, view, "confirmation", by="rw1")
    network.clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    sweep(network)
    assert not any("Voisine" in mail.as_string() for mail in network.postbox.received)
    assert not mails_about(network, "rw1", NOBODY)


def test_a_hearing_that_moves_asks_everybody_anew(network, case):
    view = confirmed(network, set_hearing(network, case, HEARING))
    sweep(network)
    moved = move(network, view, "2026-04-21T09:00:00+02:00")
    assert places(moved) == [("Ward Raes", "asked")]
    old = next(each for each in moved["hearings"] if each["state"] == "adjourned")
    assert [each["state"] for each in old["accompaniments"]] == ["moved"]
    sweep(network)
    assert len(mails_about(network, "rw2", "Kunt u mee")) == 1
    assert alarms(network)["reference_worker"] == datetime(2026, 4, 16, 7, tzinfo=UTC)
    network.clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    sweep(network)
    assert not mails_about(network, "rw2", "Zitting")
    answer(network, moved, "confirmation")
    sweep(network)
    methods = [calendar_method(mail) for mail in mails_about(network, "rw2", "genda")]
    assert methods == ["REQUEST", "CANCEL", "REQUEST"]
    assert sequences(network, "rw2") == sorted(set(sequences(network, "rw2")))


def test_set_later_than_that_the_alarm_goes_out_at_once(network, case):
    network.clock.set(datetime(2026, 3, 30, 8, 0, tzinfo=UTC))
    set_hearing(network, case, HEARING)
    sweep(network)
    assert len(mails_about(network, "rw1", NOBODY)) == 1
    assert len(mails_about(network, "coordinator", NOBODY)) == 1


def leave(network, case):
    ((place, version),) = network.rows(
        "SELECT id, version FROM participations WHERE case_id = %s", case["id"]
    )
    path = f"/api/v1/cases/{case['id']}/team/{place}/end"
    network["rw2"].post(path, status=200, If_Match=f'"v{version}"')


def exclude(network, case):
    body = {"professional_id": network["rw2"].id, "reason": "R"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", body)


def withdraw(network, case):
    for given in network["rw1"].get(f"/api/v1/cases/{case['id']}/consents")["items"]:
        path = f"/api/v1/cases/{case['id']}/consents/{given['id']}/withdrawal"
        network["rw1"].post(path, status=200, If_Match='"v1"')


@pytest.mark.parametrize(
    ("goes", "told"),
    [(leave, True), (withdraw, True), (exclude, False)],
    ids=["leaves", "withdrawn", "excluded"],
)
def test_whoever_may_no_longer_know_goes_no_longer(network, case, goes, told):
    procedure = confirmed(network, set_hearing(network, case, HEARING))
    sweep(network)
    network.clock.advance(minutes=1)
    goes(network, case)
    sweep(network)
    view = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")
    assert places(view) == [("Ward Raes", "ended")]
    assert set(alarms(network)) == {"reference_worker", "coordinator"}
    # The hour leaves their calendar; whom the household refuses hears nothing at all.
    assert len(mails_about(network, "rw2", "genda")) == (2 if told else 1)
    before = len(network.mails("rw2"))
    network.clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    sweep(network)
    assert len(network.mails("rw2")) == before
    assert len(mails_about(network, "rw1", NOBODY)) == 1


def test_a_consent_that_runs_out_ends_the_place_by_itself(network, case):
    far = confirmed(network, set_hearing(network, case, "2026-10-06T09:00:00+02:00"))
    network.clock.set(START + timedelta(days=182))
    sweep(network)
    view = network["rw1"].get(f"/api/v1/procedures/{far['id']}")
    assert places(view) == [("Ward Raes", "ended")]
    assert set(alarms(network)) == {"reference_worker", "coordinator"}


def test_a_result_ends_the_alarm(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.clock.set(datetime(2026, 3, 31, 10, 0, tzinfo=UTC))
    hearing = current(procedure)
    path = f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}"
    tag = {"If_Match": f'"v{hearing["version"]}"'}
    network["rw1"].post(f"{path}/result", {"result": "judged"}, status=200, **tag)
    assert alarms(network) == {}
    asked = {"role": "companion", "outside": "Late"}
    path = f"/api/v1/hearings/{hearing['id']}/accompaniments"
    assert network["rw1"].post(path, asked, status=409)["code"] == "hearing-not-set"


def test_only_who_is_asked_says_yes_and_the_reference_worker_may_say_no(network, case):
    view = ask_rw2(network, set_hearing(network, case, HEARING))
    assert answer(network, view, "confirmation", by="rw1", status=403)["code"] == (
        "accompaniment-not-mine"
    )
    assert ask_rw2(network, view, status=409)["code"] == "accompaniment-already-asked"
    done = answer(network, view, "decline", by="rw1")
    assert places(done) == [("Ward Raes", "declined")]
    assert answer(network, done, "decline", status=409)["code"] == "accompaniment-answered"


def test_one_person_of_the_team_at_a_time(network, case):
    procedure = set_hearing(network, case, HEARING)
    assert ask(network, procedure, status=422)["code"] == "accompaniment-needs-one-person"
    both = {"professional_id": network["rw2"].id, "outside": "O"}
    refused = ask(network, procedure, status=422, **both)
    assert refused["code"] == "accompaniment-needs-one-person"
    stranger = network["specialist"].id
    refused = ask(network, procedure, status=422, professional_id=stranger)
    assert refused["code"] == "assignee-not-in-the-team"


def test_an_answer_to_what_has_changed_since_is_refused(network, case):
    view = ask_rw2(network, set_hearing(network, case, HEARING))
    answer(network, view, "confirmation")
    assert answer(network, view, "decline", status=412)["code"] == "stale-version"


def test_strangers_find_neither_hearing_nor_place(network, case):
    view = ask_rw2(network, set_hearing(network, case, HEARING))
    for who in ("specialist", "other_liaison"):
        ask(network, view, by=who, status=404, outside="O")
        answer(network, view, "decline", by=who, status=404)


def test_the_liaison_sees_the_hearing_and_not_who_goes(network, case):
    view = ask(network, set_hearing(network, case, HEARING), outside="Voisine de palier")
    shown = network["liaison"].get(f"/api/v1/procedures/{view['id']}")
    assert current(shown)["accompaniments"] is None
    assert "Voisine" not in str(shown)
    ask(network, view, by="liaison", status=403, outside="O")
    answer(network, view, "decline", by="liaison", status=404)


def test_the_reference_worker_who_goes_is_invited_once(network, case):
    view = ask(network, set_hearing(network, case, HEARING), professional_id=network["rw1"].id)
    answer(network, view, "confirmation", by="rw1")
    sweep(network)
    assert len(mails_about(network, "rw1", "genda")) == 1
    assert alarms(network) == {}
    network.clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    sweep(network)
    # The four rungs are late: one speaks for all.
    assert len(mails_about(network, "rw1", "Audience demain")) == 1


@pytest.mark.parametrize("lets_them", [True, False], ids=["still goes", "goes no longer"])
def test_the_former_reference_worker_who_stays_in_the_team(network, case, lets_them):
    view = ask(network, set_hearing(network, case, HEARING), professional_id=network["rw1"].id)
    answer(network, view, "confirmation", by="rw1")
    sweep(network)
    if lets_them:
        to = {"recipient_kind": "organisation", "recipient_id": org(network, "rw1")}
        consent(network, case, to, ["identity", "procedure"])
    take_over(network, propose(network, case, stays=True), "rw2")
    sweep(network)
    shown = network["rw2"].get(f"/api/v1/procedures/{view['id']}")
    assert places(shown) == [("Rosa Willems", "confirmed" if lets_them else "ended")]
    assert bool(alarms(network)) is not lets_them
    last = mails_about(network, "rw1", "genda")[-1]
    assert calendar_method(last) == ("REQUEST" if lets_them else "CANCEL")
    network.clock.set(datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
    sweep(network)
    assert len(mails_about(network, "rw1", "Audience demain")) == (1 if lets_them else 0)


def test_who_goes_has_the_hearing_in_their_calendar(network, case):
    procedure = confirmed(network, set_hearing(network, case, HEARING))
    opened = network["rw2"].post("/api/v1/me/calendar-feeds")
    address = network["rw2"].base + urlsplit(opened["url"]).path
    title = f"Afspraak {case['code']}"
    assert title in requests.get(address, timeout=20).text
    # And it stays as long as they may know of it: they take part in the case.
    answer(network, procedure, "decline")
    assert title in requests.get(address, timeout=20).text


def test_nothing_is_asked_or_answered_in_a_closed_case(network, case):
    view = confirmed(network, set_hearing(network, case, HEARING))
    network.database.execute("UPDATE cases SET state = 'closed' WHERE id = %s", (case["id"],))
    assert ask(network, view, status=409, outside="O")["code"] == "case-closed"
    assert answer(network, view, "decline", by="rw1", status=409)["code"] == "case-closed"
    sweep(network)
    # It waits for the reopening, as the team does.
    shown = network["rw1"].get(f"/api/v1/procedures/{view['id']}")
    assert places(shown) == [("Ward Raes", "confirmed")]
