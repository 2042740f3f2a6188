"""F45: series and sessions; invitations that stand in calendars; places, quorum, attendance."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import requests
import vobject

from tests.intervisions.steps import (
    add_members,
    all_come,
    answer,
    command,
    hold,
    path_of,
    plan,
    planned_session,
    see,
    start_series,
)

MOVED = {"starts_at": "2026-06-10T13:00:00+02:00", "ends_at": "2026-06-10T16:00:00+02:00"}


def entries(circle, who):
    """The calendar part of each mail this person got, in the order of arrival."""
    found = []
    for mail in circle.mails(who):
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                found.append(vobject.readOne(part.get_payload(decode=True).decode()))
    return found


def state(circle, session, who, by="facilitator"):
    return next(
        each["state"]
        for each in see(circle, session, by)["attendees"]
        if each["professional_id"] == circle[who].id
    )


def test_an_invitation_stands_in_the_calendar_and_follows_the_session(circle):
    session = planned_session(circle, "rw1", "rw2")
    circle.work()
    (asked,) = entries(circle, "rw1")
    assert asked.method.value == "REQUEST"
    assert asked.vevent.uid.value == session["id"]
    assert asked.vevent.sequence.value == "0"
    assert asked.vevent.summary.value == "Séance 1"
    assert (asked.vevent.dtend.value - asked.vevent.dtstart.value).seconds == 3 * 3600

    command(circle, session, "move", MOVED)
    circle.work()
    moved = entries(circle, "rw1")[-1]
    assert (moved.method.value, moved.vevent.sequence.value) == ("REQUEST", "1")
    assert moved.vevent.uid.value == session["id"]
    assert moved.vevent.dtstart.value.day == 10

    command(circle, session, "cancellation")
    circle.work()
    ended = entries(circle, "rw1")[-1]
    assert (ended.method.value, ended.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert ended.vevent.sequence.value == "2"
    texts = "".join(str(mail) for mail in circle.mails("rw1"))
    assert "Marolles" not in texts
    assert "Peeters" not in texts


def test_a_move_asks_everybody_again(circle):
    session = planned_session(circle, "rw1", "rw2")
    all_come(circle, session, "rw1", "rw2")
    moved = command(circle, session, "move", MOVED)
    assert {each["state"] for each in moved["attendees"]} == {"invited"}
    assert moved["coming"] == 0


def test_whoever_is_no_longer_invited_sees_nothing_and_drops_it(circle):
    session = planned_session(circle, "rw1", "rw2")
    circle.work()
    path = f"{path_of(session)}/invitations/{circle['rw1'].id}"
    circle["facilitator"].call("DELETE", path, status=200)
    circle.work()
    assert entries(circle, "rw1")[-1].method.value == "CANCEL"
    absent = path_of(session).replace(session["id"][:8], "00000000")
    answers = [circle["rw1"].call("GET", path) for path in (path_of(session), absent)]
    assert [each.status_code for each in answers] == [404, 404]
    assert circle["rw1"].get("/api/v1/intervision-sessions")["items"] == []
    # Known to the others who come, no more.
    assert circle["rw1"].id not in {
        each["professional_id"] for each in see(circle, session, "rw2")["attendees"]
    }


def test_a_full_session_lets_wait_and_the_first_who_waits_gets_the_place(circle):
    session = planned_session(circle, "rw1", "rw2", "rw3", "rw4", capacity=2, quorum=1)
    all_come(circle, session, "rw1", "rw2", "rw4", "rw3")
    assert state(circle, session, "rw4") == state(circle, session, "rw3") == "waiting"
    answer(circle, session, "rw1", comes=False)
    circle.work()
    assert state(circle, session, "rw4") == "accepted"
    assert state(circle, session, "rw3") == "waiting"
    assert any(
        "place" in mail["Subject"] or "plaats" in mail["Subject"] for mail in circle.mails("rw4")
    )


def test_no_sector_takes_more_places_than_its_share(circle):
    session = planned_session(circle, "rw1", "colleague", "rw2", max_per_sector=1)
    all_come(circle, session, "rw1", "colleague", "rw2")
    assert state(circle, session, "colleague") == "waiting"
    found = see(circle, session)
    assert {each["sector"]: each["coming"] for each in found["sectors"]} == {
        "tenants' union": 1,
        "public social welfare centre": 1,
    }


def test_too_few_is_told_only_as_long_as_it_is_true(circle):
    session = planned_session(circle, "rw1", "rw2", quorum=2)
    other = plan(
        circle,
        {"id": session["series_id"]},
        starts_at="2026-06-03T17:00:00+02:00",
        ends_at="2026-06-03T18:00:00+02:00",
    )[0]
    all_come(circle, session, "rw1", "rw2")
    assert see(circle, session)["has_quorum"]
    assert not see(circle, other)["has_quorum"]
    circle.clock.set(datetime(2026, 5, 31, 16, tzinfo=UTC))
    circle.work()
    told = [
        mail["Subject"] for mail in circle.mails("facilitator") if "Trop peu" in mail["Subject"]
    ]
    assert len(told) == 1
    assert "séance 2" in told[0].lower()


def test_hosts_take_turns_and_the_hour_stays_across_the_change_of_clocks(circle):
    series = start_series(circle)
    made = plan(
        circle,
        series,
        starts_at="2026-10-19T13:00:00+02:00",
        ends_at="2026-10-19T16:00:00+02:00",
        every_weeks=1,
        count=4,
    )
    hosts = [each["name"] for each in series["hosts"]]
    assert [each["host"] for each in made] == [*hosts, hosts[0]]
    assert [each["starts_at"] for each in made[:2]] == [
        "2026-10-19T11:00:00Z",
        "2026-10-26T12:00:00Z",
    ]


def test_attendance_is_noted_once_the_session_has_begun_and_may_be_corrected(circle):
    session = planned_session(circle, "rw1", "rw2")
    early = command(circle, session, "attendance", {"present": []}, status=422)
    assert early["code"] == "session-ahead"
    circle.clock.set(datetime(2026, 6, 3, 11, 30, tzinfo=UTC))
    held = hold(circle, session, "rw1")
    assert held["state"] == "held"
    assert {each["name"]: each["attended"] for each in held["attendees"]} == {
        "Rosa Willems": True,
        "Raf Wouters": False,
    }
    corrected = hold(circle, session, "rw1", "rw2")
    assert all(each["attended"] for each in corrected["attendees"])
    stranger = command(
        circle, session, "attendance", {"present": [circle["outsider"].id]}, status=422
    )
    assert stranger["code"] == "present-uninvited"
    late = circle["rw1"].call("PUT", f"{path_of(session)}/answer", {"comes": False})
    assert late.json()["code"] == "session-not-planned"


def test_an_open_table_takes_whoever_comes(circle):
    series = start_series(circle, kind="housing_table", name="Table logement")
    session = plan(circle, series)[0]
    shown = see(circle, session, "outsider")
    assert shown["attendees"] == []
    assert shown["my_answer"] is None
    joined = circle["outsider"].post(f"{path_of(session)}/joining")
    assert joined["my_answer"] == "accepted"
    circle.work()
    assert entries(circle, "outsider")[-1].method.value == "REQUEST"
    closed = planned_session(circle, "rw1")
    assert circle["outsider"].call("POST", f"{path_of(closed)}/joining").status_code == 404
    refused = circle["rw1"].post(f"{path_of(closed)}/joining", status=422)
    assert refused["code"] == "session-kind"


def test_only_its_facilitators_lead_a_series(circle):
    series = start_series(circle, co_facilitator_id=circle["cofacilitator"].id)
    add_members(circle, series, "rw1", by="cofacilitator")
    session = plan(circle, series, by="cofacilitator")[0]
    body = {"professional_ids": [circle["rw2"].id]}
    refused = circle["rw1"].post(f"{path_of(session)}/invitations", body, status=403)
    assert refused["code"] == "not-the-facilitator"
    nobody = circle["rw1"].call("POST", "/api/v1/intervision-series", series_body(circle))
    assert nobody.json()["code"] == "role-required"
    second = start_series_status(circle, co_facilitator_id=circle["rw1"].id)
    assert second.json()["code"] == "co-facilitator"


def series_body(circle, **terms):
    host = str(circle["rw1"].actor.organisation_id)
    return {"kind": "intervision", "name": "Series", "host_ids": [host], **terms}


def start_series_status(circle, **terms):
    return circle["facilitator"].call(
        "POST", "/api/v1/intervision-series", series_body(circle, **terms)
    )


def test_two_who_ask_for_the_last_place_do_not_both_get_it(circle):
    session = planned_session(circle, "rw1", "rw2", "rw3", capacity=2, quorum=1)
    answer(circle, session, "rw1")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda key: answer(circle, session, key), ("rw2", "rw3")))
    assert see(circle, session)["coming"] == 2


def test_the_feed_shows_the_session_under_the_name_that_the_mail_gave_it(circle):
    session = planned_session(circle, "rw1")
    feed = circle["rw1"].post("/api/v1/me/calendar-feeds")
    path = feed["url"].split("://", 1)[1].split("/", 1)[1]
    text = requests.get(f"{circle['rw1'].base}/{path}", timeout=20).text
    shown = vobject.readOne(text)
    assert session["id"] in {each.uid.value for each in shown.vevent_list}
