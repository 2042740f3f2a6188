"""The agenda of a session as a calendar document: an event for each item.

Titles are neutral here too: the kind of item and which session. What somebody wrote about it is in
the agenda itself.
"""

from icalendar import Event

from services.calendars import document
from services.intervisions.agendas.times import TimedItem
from services.intervisions.agendas.views import AgendaView
from services.shared.words.catalogue import say, spoken


def agenda_calendar(view: AgendaView, *, language: str) -> bytes:
    """A calendar to import again and again: an item keeps its UID, a later version replaces it."""
    calendar = document.new_calendar()
    calendar.add("METHOD", "PUBLISH")
    for item in view.agenda.items:
        calendar.add_component(_event(item, view, language=language))
    return bytes(calendar.to_ical())


def item_title(item: TimedItem, session_number: int, language: str) -> str:
    """`2. Sujet – séance 3`; in French for a language we do not write."""
    reader = spoken(language)
    session = say("calendar.of_session", reader, number=session_number)
    return f"{item.position}. {say(f'calendar.item.{item.kind}', reader)} – {session}"


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
