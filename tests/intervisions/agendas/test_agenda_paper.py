"""The agenda as PDF and as a calendar, read back by what did not write them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

import vobject
from pypdf import PdfReader

from case_api.sheets.agenda import agenda_sheet
from case_api.sheets.render import render
from services.calendars.agendas import agenda_calendar
from services.intervisions.agendas.times import Item, ItemKind, timed
from services.intervisions.agendas.views import AgendaView
from services.intervisions.follow_ups.views import FollowUpView
from services.shared.words.catalogue import LANGUAGES, has_text
from tests.families import family

START = datetime.fromisoformat("2026-06-03T13:00+02:00")
END = START + timedelta(hours=3)
ANNA = uuid4()


def item(minutes, kind=ItemKind.TOPIC, title="Marker-topic", owner=None):
    return Item(id=uuid4(), kind=kind, title=title, minutes=minutes, owner_id=owner)


def follow_up(**other):
    values = {
        "id": uuid4(),
        "words": "Marker-follow-up",
        "becomes": "network",
        "owner_id": ANNA,
        "owner_name": "Anna Peeters",
        "due_week": "2026-W24",
        "due_on": None,
        "outcome": None,
        "snoozed": False,
        "snoozed_until": None,
        "state": "open",
        "carried": 3,
        "flagged": True,
        "version": 1,
    }
    return FollowUpView(**values | other)


def view(*items, **other):
    items = items or (item(15, ItemKind.FOLLOW_UPS, ""), item(90, owner=ANNA), item(75))
    values = {
        "session_id": uuid4(),
        "session_number": 3,
        "series_name": "Réseau du centre",
        "kind": "intervision",
        "place": "Salle 2",
        "cancelled": False,
        "starts_at": START,
        "ends_at": END,
        "number": 2,
        "sequence": 5,
        "made_at": datetime(2026, 5, 28, 9, tzinfo=UTC),
        "version": 4,
        "agenda": timed(items, START, END),
        "owners": {ANNA: "Anna Peeters"},
        "follow_ups": (follow_up(), follow_up(words=None, carried=0, flagged=False)),
    }
    return AgendaView(**values | other)


def read(made, language="fr"):
    reader = PdfReader(BytesIO(render(agenda_sheet(made, language=language))))
    said = " ".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    return reader, " ".join(said.split())


@family("language", LANGUAGES)
def test_tagged_in_its_language_and_with_a_title(language):
    reader, text = read(view(), language)
    root = reader.root_object
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.xmp_metadata.stream.get_data().count(b"pdfuaid:part") >= 1
    assert "Réseau du centre" in reader.metadata.title
    for said in ("Marker-topic", "Marker-follow-up", "Anna Peeters", "2026-W24", "Salle 2"):
        assert said in text


def test_the_hours_the_version_and_the_flag_are_said():
    _, text = read(view())
    for said in ("13h00 – 13h15", "13h15 – 14h45", "Version 2, publiée", "3 fois : à traiter"):
        assert said in text
    assert "une suite d’une table" in text
    assert "dépasse" not in text


def test_an_overrun_a_draft_and_a_cancelled_session_are_said():
    long = (item(15, ItemKind.FOLLOW_UPS, ""), item(200))
    _, text = read(view(*long, number=None, cancelled=True, follow_ups=()))
    assert "dépasse la fin prévue de 35 minutes" in text
    assert "(après la fin prévue)" in text
    assert "Projet : pas encore publié" in text
    assert "annulée" in text


def test_an_event_for_each_item_and_no_word_of_anybodys():
    made = view()
    written = agenda_calendar(made, language="fr").decode()
    events = vobject.readOne(written).vevent_list
    assert [event.uid.value for event in events] == [str(each.id) for each in made.agenda.items]
    assert [event.summary.value for event in events] == [
        "1. Suites – séance 3",
        "2. Sujet – séance 3",
        "3. Sujet – séance 3",
    ]
    assert {event.sequence.value for event in events} == {"5"}
    starts = [event.dtstart.value.astimezone(UTC) for event in events]
    assert starts == [each.starts_at.astimezone(UTC) for each in made.agenda.items]
    assert events[-1].dtend.value.astimezone(UTC) == START.astimezone(UTC) + timedelta(hours=3)
    assert "TZID=Europe/Brussels:20260603T130000" in written
    assert "Marker" not in written
    assert "Réseau" not in written


def test_a_cancelled_session_is_cancelled_in_the_calendar():
    events = vobject.readOne(agenda_calendar(view(cancelled=True), language="nl").decode())
    assert {event.status.value for event in events.vevent_list} == {"CANCELLED"}


def test_the_hour_that_comes_twice_is_written_without_a_doubt():
    start = datetime.fromisoformat("2026-10-25T02:30+02:00")
    agenda = timed((item(60, ItemKind.FOLLOW_UPS, ""),), start, start + timedelta(hours=1))
    made = replace(view(), agenda=agenda, starts_at=start)
    (event,) = vobject.readOne(agenda_calendar(made, language="en").decode()).vevent_list
    lasts = event.dtend.value.astimezone(UTC) - event.dtstart.value.astimezone(UTC)
    assert lasts == timedelta(hours=1)
    assert event.dtstart.value.astimezone(ZoneInfo("Europe/Brussels")).hour == 2


def test_every_kind_has_its_word():
    assert [kind for kind in ItemKind if not has_text(f"calendar.item.{kind}")] == []
