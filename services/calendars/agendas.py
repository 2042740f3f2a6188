"""The agenda of a session as a calendar document: an event for each item.

Titles are neutral here too: the kind of item and which session. What somebody wrote about it is in
the agenda itself.
"""

from icalendar import Event

from services.calendars import document
from services.intervisions.agendas.times import ItemKind, TimedItem
from services.intervisions.agendas.views import AgendaView

WORDS = {
    "fr": {
        ItemKind.FOLLOW_UPS: "Suites",
        ItemKind.BALLOT_RESULT: "Résultat du vote",
        ItemKind.TABLE: "Table",
        ItemKind.TOPIC: "Sujet",
        ItemKind.NEED: "Besoins",
        ItemKind.BREAK: "Pause",
        ItemKind.OTHER: "Point",
        "session": "séance {number}",
    },
    "nl": {
        ItemKind.FOLLOW_UPS: "Opvolging",
        ItemKind.BALLOT_RESULT: "Uitslag van de stemming",
        ItemKind.TABLE: "Tafel",
        ItemKind.TOPIC: "Onderwerp",
        ItemKind.NEED: "Noden",
        ItemKind.BREAK: "Pauze",
        ItemKind.OTHER: "Punt",
        "session": "sessie {number}",
    },
    "en": {
        ItemKind.FOLLOW_UPS: "Follow-ups",
        ItemKind.BALLOT_RESULT: "Result of the vote",
        ItemKind.TABLE: "Table",
        ItemKind.TOPIC: "Topic",
        ItemKind.NEED: "Needs",
        ItemKind.BREAK: "Break",
        ItemKind.OTHER: "Item",
        "session": "session {number}",
    },
}


def agenda_calendar(view: AgendaView, *, language: str) -> bytes:
    """A calendar to import again and again: an item keeps its UID, a later version replaces it."""
    calendar = document.new_calendar()
    calendar.add("METHOD", "PUBLISH")
    for item in view.agenda.items:
        calendar.add_component(_event(item, view, language=language))
    return bytes(calendar.to_ical())


def item_title(item: TimedItem, session_number: int, language: str) -> str:
    """`2. Sujet – séance 3`; in French for a language we do not write."""
    words = WORDS.get(language, WORDS["fr"])
    said = words[ItemKind(item.kind)]
    return f"{item.position}. {said} – {words['session'].format(number=session_number)}"


def _event(item: TimedItem, view: AgendaView, *, language: str) -> Event:
    written = Event()
    written.add("UID", str(item.id))
    written.add("DTSTAMP", view.made_at)
    written.add("SEQUENCE", view.sequence)
    written.add("SUMMARY", item_title(item, view.session_number, language))
    written.add("STATUS", "CANCELLED" if view.cancelled else "CONFIRMED")
    written.add("CLASS", "PRIVATE")
    written.add("DTSTART", document.shown(item.starts_at))
    written.add("DTEND", document.shown(item.ends_at))
    return written
