"""The agenda of a session: drafted, published, told of, on paper and in a calendar."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
import requests
import vobject
from pypdf import PdfReader

from tests.intervisions.agendas.steps import (
    add_item,
    agenda,
    draft,
    edit,
    follow_up,
    publish,
    series_of,
)
from tests.intervisions.steps import command, path_of
from tests.once.beginnings import beginning

PEOPLE = ("rw1", "rw2", "specialist")


@pytest.fixture
@beginning
def sessions(circle):
    made = series_of(circle, *PEOPLE, count=2)
    circle.work()
    return made


def subjects(circle, who):
    circle.work()
    return [str(mail["subject"]) for mail in circle.mails(who)]


def hours(shown):
    return [(each["starts_at"][11:16], each["ends_at"][11:16]) for each in shown["items"]]


def test_it_opens_with_the_follow_ups_from_the_first_moment(circle, sessions):
    shown = draft(circle, sessions[0]).json()
    (opening,) = shown["items"]
    assert (opening["kind"], opening["minutes"], opening["position"]) == ("follow_ups", 15, 1)
    assert opening["starts_at"] == "2026-06-03T13:00:00+02:00"
    assert shown["number"] is None
    assert shown["follow_ups"] == []


def test_items_are_timed_moved_and_said_to_be_too_long(circle, sessions):
    session, owner = sessions[0], circle["rw2"].id
    add_item(circle, session, "Énergie", minutes=45, owner_id=owner)
    added = add_item(circle, session, "Pause", kind="break", minutes=10, position=2)
    assert [each["title"] for each in added["items"]] == ["", "Pause", "Énergie"]
    assert hours(added) == [("13:00", "13:15"), ("13:15", "13:25"), ("13:25", "14:10")]
    assert [each["owner"] is None for each in added["items"]] == [True, True, False]
    first, pause, energy = added["items"]
    body = {"title": "Énergie et eau", "minutes": 180, "position": 2}
    changed = edit(circle, session, "PUT", f"items/{energy['id']}", body)
    assert [each["title"] for each in changed["items"]] == ["", "Énergie et eau", "Pause"]
    assert changed["overrun_minutes"] == 25
    assert [each["runs_over"] for each in changed["items"]] == [False, True, True]
    left = edit(circle, session, "DELETE", f"items/{pause['id']}")
    assert [each["position"] for each in left["items"]] == [1, 2]
    body = {"minutes": 20, "owner_id": circle["facilitator"].id}
    opened = edit(circle, session, "PUT", f"items/{first['id']}", body)
    assert (opened["items"][0]["minutes"], opened["items"][0]["title"]) == (20, "")


def test_nothing_comes_before_the_opening_item(circle, sessions):
    session = sessions[0]
    added = add_item(circle, session, "Énergie")
    opening, energy = (each["id"] for each in added["items"])
    said = {"title": "Énergie", "minutes": 30}
    for method, path, body in (
        ("DELETE", f"items/{opening}", None),
        ("PUT", f"items/{opening}", {"minutes": 15, "position": 2}),
        ("PUT", f"items/{energy}", {**said, "position": 1}),
        ("POST", "items", {**said, "kind": "topic", "position": 1}),
    ):
        refused = edit(circle, session, method, path, body, status=422)
        assert refused["code"] == "agenda-opens-with-follow-ups"
    refused = edit(circle, session, "PUT", f"items/{opening}", said, status=422)
    assert refused["code"] == "agenda-item-title"
    edit(circle, session, "POST", "items", {**said, "kind": "follow_ups"}, status=422)
    refused = add_item(circle, session, "X", owner_id=circle["outsider"].id, status=422)
    assert refused["code"] == "owner-not-attending"
    assert len(draft(circle, session).json()["items"]) == 2


def test_the_draft_is_the_facilitators_and_has_one_version(circle, sessions):
    path = f"{path_of(sessions[0])}/agenda"
    circle["rw1"].call("GET", f"{path}?draft=true", status=403)
    circle["rw1"].call("GET", path, status=404)
    circle["outsider"].call("GET", f"{path}?draft=true", status=404)
    tag = draft(circle, sessions[0]).headers["ETag"]
    body = {"kind": "topic", "title": "A", "minutes": 5}
    circle["rw1"].call("POST", f"{path}/items", body, status=403, If_Match=tag)
    circle["outsider"].call("POST", f"{path}/items", body, status=404, If_Match=tag)
    circle["facilitator"].call("POST", f"{path}/items", body, status=201, If_Match=tag)
    circle["facilitator"].call("POST", f"{path}/items", body, status=412, If_Match=tag)
    assert len(draft(circle, sessions[0]).json()["items"]) == 2


def test_what_was_published_stays_until_the_next_version(circle, sessions):
    session = sessions[0]
    add_item(circle, session, "Énergie")
    publish(circle, session)
    assert [each["title"] for each in agenda(circle, session, "rw1")["items"]] == ["", "Énergie"]
    add_item(circle, session, "Papiers")
    shown = agenda(circle, session, "rw1")
    assert (shown["number"], len(shown["items"])) == (1, 2)
    publish(circle, session)
    shown = agenda(circle, session, "rw1")
    assert (shown["number"], len(shown["items"])) == (2, 3)
    circle["outsider"].call("GET", f"{path_of(session)}/agenda", status=404)
    kept = circle.rows("SELECT number FROM agenda_versions ORDER BY 1")
    assert kept == [(1,), (2,)]


def test_early_it_waits_for_the_digest_and_late_it_is_told_at_once(circle, sessions):
    session = sessions[0]
    publish(circle, session)
    assert not [each for each in subjects(circle, "rw1") if "Ordre du jour" in each]
    query = "SELECT DISTINCT kind FROM alerts WHERE starts_with(kind, 'intervisions.agenda')"
    assert circle.rows(query) == [("intervisions.agenda_published",)]
    # The evening on which digests leave is past, and two days are left.
    circle.clock.set(datetime.fromisoformat("2026-06-01T13:00:00+02:00"))
    (digest,) = [
        mail
        for mail in mails(circle, "rw1")
        if "Ordre du jour de la séance 1" in mail.get_body(("plain",)).get_content()
    ]
    assert "Ordre du jour" not in digest["subject"]

    add_item(circle, session, "Marker-title")
    publish(circle, session)
    late = [mail for mail in mails(circle, "rw1") if "nouvelle version" in mail["subject"]]
    (mail,) = late
    assert (
        mail["subject"] == "Ordre du jour de la séance 1, mercredi 3 juin 2026 : nouvelle version"
    )
    text = mail.get_body(("plain",)).get_content()
    assert "13h00" in text
    assert "Marker" not in text
    assert "Marolles" not in text
    told = circle.rows(
        "SELECT recipient_id::text FROM alerts WHERE kind = 'intervisions.agenda_changed'"
    )
    assert {who for (who,) in told} == {circle[key].id for key in (*PEOPLE, "facilitator")}


def mails(circle, who):
    circle.work()
    return circle.mails(who)


def test_it_is_on_paper_for_whoever_attends(circle, sessions):
    first, second = sessions
    words = "Marker-action du réseau"
    follow_up(circle, first, "rw2", words)
    add_item(circle, second, "Énergie et eau", minutes=60)
    publish(circle, second)
    answer = circle["rw1"].call("GET", f"{path_of(second)}/agenda.pdf?language=nl", status=200)
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    assert reader.root_object["/Lang"] == "nl"
    assert reader.root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert reader.metadata.title == "Agenda: Intervision Marolles, sessie 2"
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    text = text.replace("\u200b", "")
    for said in ("Énergie et eau", "13.15 uur – 14.15 uur", words, "2026-W49"):
        assert said in text
    assert "2026-12-01" not in text
    circle["rw1"].call("GET", f"{path_of(second)}/agenda.pdf?draft=true", status=403)
    circle["outsider"].call("GET", f"{path_of(second)}/agenda.pdf", status=404)
    drafted = circle["facilitator"].call(
        "GET", f"{path_of(first)}/agenda.pdf?draft=true&language=fr", status=200
    )
    assert "Projet" in PdfReader(BytesIO(drafted.content)).pages[0].extract_text()


def test_it_stands_in_a_calendar_and_follows_the_session(circle, sessions):
    session = sessions[0]
    add_item(circle, session, "Marker-title", minutes=60)
    publish(circle, session)
    first = _events(circle, session)
    assert [event.summary.value for event in first] == [
        "1. Suites – séance 1",
        "2. Sujet – séance 1",
    ]
    assert first[1].dtstart.value - first[0].dtstart.value == timedelta(minutes=15)
    command(
        circle,
        session,
        "move",
        {"starts_at": "2026-06-10T09:00:00+02:00", "ends_at": "2026-06-10T12:00:00+02:00"},
    )
    moved = _events(circle, session)
    assert [event.uid.value for event in moved] == [event.uid.value for event in first]
    assert moved[0].dtstart.value.day == 10
    assert int(moved[0].sequence.value) > int(first[0].sequence.value)
    command(circle, session, "cancellation")
    assert {event.status.value for event in _events(circle, session)} == {"CANCELLED"}
    refused = circle["facilitator"].call(
        "POST",
        f"{path_of(session)}/agenda/versions",
        status=409,
        If_Match=draft(circle, session).headers["ETag"],
    )
    assert refused.json()["code"] == "session-not-planned"


def _events(circle, session):
    answer = circle["rw1"].call("GET", f"{path_of(session)}/agenda.ics", status=200)
    assert isinstance(answer, requests.Response)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "Marker" not in answer.text
    return vobject.readOne(answer.text).vevent_list
