"""One's dates in one's own calendar program, read back with a parser that did not write them."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import requests
import vobject

from services.calendars import document
from services.calendars.entries import Entry
from tests.families import family
from tests.journeys.steps import join, open_shared_case, org, propose, set_hearing, take_over

BRUSSELS = ZoneInfo("Europe/Brussels")
HEARING = "2026-05-12T09:00:00+02:00"


@pytest.fixture
def case(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def subscribe(network, who):
    """The path of a new feed, as a calendar program is given it."""
    opened = network[who].post("/api/v1/me/calendar-feeds")
    return urlsplit(opened["url"]).path


def fetch(network, path, *, status=200, **headers):
    """Without any login."""
    answer = requests.get(network["rw1"].base + path, headers=headers, timeout=20)
    assert answer.status_code == status, answer.text
    return answer


def read(network, path):
    """The events by their title."""
    calendar = vobject.readOne(fetch(network, path).content.decode())
    return {event.summary.value: event for event in calendar.contents.get("vevent", [])}


def move(network, procedure, starts_at):
    """The hearing that is set, to another instant."""
    hearing = procedure["hearings"][-1]
    return network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/move",
        {"starts_at": starts_at, "room": "Markerroom"},
        status=200,
        If_Match=f'"v{hearing["version"]}"',
    )


def test_hearings_legal_dates_and_tasks_stand_in_my_calendar(network, case):
    procedure = set_hearing(network, case, HEARING)
    after = network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/acts",
        {"kind": "service", "acted_on": "2026-02-16"},
    )
    task = {"category": "tenancy", "title": "Marker-task", "due_on": "2026-04-01"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/tasks", task)
    path = subscribe(network, "rw1")
    answer = fetch(network, path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    events = vobject.readOne(answer.text).vevent_list
    (hearing,) = [e for e in events if e.summary.value == f"RDV {case['code']}"]
    assert hearing.dtstart.value.astimezone(UTC) == datetime(2026, 5, 12, 7, tzinfo=UTC)
    assert "TZID=Europe/Brussels:20260512T090000" in answer.text
    due = {e.dtstart.value for e in events if e.summary.value.startswith("Échéance")}
    legal = {date.fromisoformat(d["date"]) for d in after["deadlines"] if d["protective"]}
    assert due == legal
    assert legal
    todo = {e.dtstart.value for e in events if e.summary.value == f"À faire {case['code']}"}
    assert date(2026, 4, 1) in todo
    assert "Marker" not in answer.text


def test_the_feed_says_where_the_court_is_and_where_to_sign_in(network, case):
    set_hearing(network, case, HEARING)
    court = network["rw1"].get("/api/v1/courts?q=Schaerbeek 1")["items"][0]
    assert court["address"]
    event = read(network, subscribe(network, "rw1"))[f"RDV {case['code']}"]
    place = f"Justice de paix du canton de Schaerbeek 1, {court['address']}"
    assert event.location.value == place
    assert event.url.value.startswith("http")
    assert case["id"] not in event.url.value
    dutch = read(network, subscribe(network, "liaison"))
    places = {event.location.value for event in dutch.values()}
    assert all(court["address"] in each for each in places)


def test_two_dates_of_one_day_are_told_apart_and_say_no_more(network, case):
    for title in ("Marker-one", "Marker-two"):
        task = {"category": "tenancy", "title": title, "due_on": "2026-04-01"}
        network["rw1"].post(f"/api/v1/cases/{case['id']}/tasks", task)
    titles = read(network, subscribe(network, "rw1")).keys()
    assert {each for each in titles if "À faire" in each} == {
        f"À faire {case['code']} ({number} sur 2)" for number in (1, 2)
    }


def test_a_date_in_doubt_says_so_in_the_calendar_too(network, case):
    procedure = set_hearing(network, case, HEARING)
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    network["rw1"].post(path, {"kind": "service", "acted_on": "2026-02-16"})
    after = network["rw1"].post(path, {"kind": "eviction", "acted_on": "2026-04-20"})
    legal = [each for each in after["deadlines"] if each["protective"]]
    in_doubt = {each["id"]: each["certainty"] != "found" for each in legal}
    assert set(in_doubt.values()) == {True, False}
    events = vobject.readOne(fetch(network, subscribe(network, "rw1")).text).vevent_list
    said = {event.uid.value: event.contents.get("description") for event in events}
    for key, doubt in in_doubt.items():
        told = [line.value for line in said[key] or ()]
        assert told == (["À faire confirmer par un avocat."] if doubt else [])
    assert {e.contents.get("description") is None for e in events if "RDV" in e.summary.value} == {
        True
    }


def test_a_hearing_that_moves_keeps_its_name_and_its_number_rises(network, case):
    procedure = set_hearing(network, case, HEARING)
    path, title = subscribe(network, "rw1"), f"RDV {case['code']}"
    seen = [read(network, path)[title]]
    for day in ("2026-05-19", "2026-06-02"):
        procedure = move(network, procedure, f"{day}T10:30:00+02:00")
        seen.append(read(network, path)[title])
    assert len({event.uid.value for event in seen}) == 1
    numbers = [int(event.sequence.value) for event in seen]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 0
    assert seen[-1].dtstart.value.astimezone(BRUSSELS).date() == date(2026, 6, 2)


def test_an_unchanged_calendar_is_not_sent_twice_nor_noted_as_read_twice(network, case):
    set_hearing(network, case, HEARING)
    path = subscribe(network, "rw1")
    tag = fetch(network, path).headers["ETag"]
    network.clock.advance(minutes=5)
    fetch(network, path, status=304, If_None_Match=tag, **{"If-None-Match": tag})
    reads = network.rows("SELECT count(*), max(basis) FROM read_entries WHERE what = 'calendar'")
    assert reads == [(1, "reference")]


def test_who_is_not_let_in_or_let_out_has_no_such_date(network, case):
    set_hearing(network, case, HEARING)
    path, title = subscribe(network, "rw2"), f"Afspraak {case['code']}"
    assert title not in read(network, path)
    join(network, case, "rw2", "generalist")
    assert title in read(network, path)
    consents = f"/api/v1/cases/{case['id']}/consents"
    for given in network["rw1"].get(consents)["items"]:
        if given["provisions"][0]["recipient_id"] == org(network, "rw2"):
            network["rw1"].post(f"{consents}/{given['id']}/withdrawal", status=200, If_Match='"v1"')
    assert case["code"] not in fetch(network, path).text


def test_the_liaison_has_the_hearings_and_no_legal_date(network, case):
    procedure = set_hearing(network, case, HEARING)
    acts = f"/api/v1/procedures/{procedure['id']}/acts"
    network["rw1"].post(acts, {"kind": "service", "acted_on": "2026-02-16"})
    titles = read(network, subscribe(network, "liaison"))
    assert [title.split()[-1] for title in titles] == [case["code"]]
    assert read(network, subscribe(network, "other_liaison")) == {}


def test_a_case_that_changes_hands_changes_calendars(network, case):
    set_hearing(network, case, HEARING)
    mine, theirs = subscribe(network, "rw1"), subscribe(network, "rw2")
    take_over(network, propose(network, case), "rw2")
    assert case["code"] not in fetch(network, mine).text
    assert case["code"] in fetch(network, theirs).text


def test_a_feed_is_listed_without_its_address_and_revoked(network, case):
    rw1 = network["rw1"]
    path = subscribe(network, "rw1")
    (feed,) = rw1.get("/api/v1/me/calendar-feeds")["items"]
    assert set(feed) == {"id", "created_at", "last_used_at"}
    assert feed["last_used_at"] is None
    fetch(network, path)
    assert rw1.get("/api/v1/me/calendar-feeds")["items"][0]["last_used_at"]
    network["rw2"].call("POST", f"/api/v1/me/calendar-feeds/{feed['id']}/revocation", status=404)
    for _ in range(2):
        rw1.call("POST", f"/api/v1/me/calendar-feeds/{feed['id']}/revocation", status=204)
    assert rw1.get("/api/v1/me/calendar-feeds")["items"] == []
    fetch(network, path, status=404)


def test_five_feeds_and_no_more(network, case):
    for _ in range(5):
        subscribe(network, "rw1")
    network["rw1"].call("POST", "/api/v1/me/calendar-feeds", status=409)


def entry(starts_at):
    key = "00000000-0000-4000-8000-000000000001"
    return Entry("hearing", key, 0, starts_at, None, False, "BX-7K2Q", key)


NIGHTS = [datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)]


@family("night", NIGHTS)
@family("minutes", range(0, 240, 15))
def test_every_quarter_of_both_nights_is_read_back_as_the_same_instant(night, minutes):
    moment = night - timedelta(hours=1) + timedelta(minutes=minutes)
    written = document.feed([entry(moment)], language="fr", at=moment).decode()
    event = vobject.readOne(written).vevent
    assert event.dtstart.value.astimezone(UTC) == moment
    assert event.dtend.value.astimezone(UTC) == moment + document.HEARING


def test_the_zone_written_out_is_that_of_the_world_until_2040():
    written = document.feed([], language="fr", at=NIGHTS[0]).decode()
    zone = vobject.readOne(written).vtimezone.tzinfo
    for hours in range(0, 20 * 366 * 24, 12):
        local = datetime(2020, 1, 1, 12, 30, tzinfo=UTC) + timedelta(hours=hours)
        assert local.replace(tzinfo=zone).utcoffset() == local.replace(tzinfo=BRUSSELS).utcoffset()


@family("language, word", [("fr", "RDV"), ("nl", "Afspraak")])
def test_titles_are_neutral_in_the_owners_language(language, word):
    written = document.feed([entry(NIGHTS[0])], language=language, at=NIGHTS[0]).decode()
    event = vobject.readOne(written).vevent
    assert event.summary.value == f"{word} BX-7K2Q"
    assert set(event.contents) == {
        *("uid", "dtstamp", "sequence", "summary", "status", "class", "dtstart", "dtend")
    }


def invitations_of(network, who):
    """The calendar parts of what reached somebody, with the method that the mail names."""
    found = []
    for mail in network.mails(who):
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                calendar = vobject.readOne(part.get_content())
                assert part["Content-Type"].params["method"] == calendar.method.value
                found.append(calendar)
    return found


def test_the_reference_worker_is_invited_by_mail_and_a_move_moves_it(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.work()
    move(network, procedure, "2026-05-19T10:30:00+02:00")
    network.work()
    first, second = invitations_of(network, "rw1")
    assert [first.method.value, second.method.value] == ["REQUEST", "REQUEST"]
    assert first.vevent.uid.value == second.vevent.uid.value
    assert int(first.vevent.sequence.value) < int(second.vevent.sequence.value)
    assert first.vevent.dtstart.value.astimezone(UTC) == datetime(2026, 5, 12, 7, tzinfo=UTC)
    assert second.vevent.dtstart.value.astimezone(UTC) == datetime(2026, 5, 19, 8, 30, tzinfo=UTC)
    assert second.vevent.attendee.value == f"mailto:{network['rw1'].email}"
    assert second.vevent.organizer.value == "mailto:alerts@maillage.example"
    assert second.vevent.summary.value == f"RDV {case['code']}"
    assert "Marker" not in second.serialize()
    # The feed knows the same appointment by the same name.
    feed = read(network, subscribe(network, "rw1"))[f"RDV {case['code']}"]
    same = feed.uid.value, feed.sequence.value
    assert same == (second.vevent.uid.value, second.vevent.sequence.value)


def test_a_hearing_that_moves_before_anybody_was_told_is_told_once(network, case):
    procedure = set_hearing(network, case, HEARING)
    move(network, procedure, "2026-05-19T10:30:00+02:00")
    network.work()
    (only,) = invitations_of(network, "rw1")
    assert int(only.vevent.sequence.value) > 0


def test_an_invitation_waits_for_no_answer_before_a_handover(network, case):
    set_hearing(network, case, HEARING)
    network.work()
    take_over(network, propose(network, case), "rw2")
    assert network["rw2"].get(f"/api/v1/cases/{case['id']}")["code"] == case["code"]
