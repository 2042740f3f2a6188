"""Dates as a calendar document (RFC 5545). Titles are neutral: a word for the kind and the code of
the case, or the number of the session; two of one day are numbered. No name and no home: a calendar
lies open on many a phone. The feed says besides where the court is, which is public, and where to
sign in.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vRecur,
    vText,
)

from services.calendars.entries import Entry
from services.network.courts.places import CourtPlace
from services.shared.clock import BRUSSELS
from services.shared.words.catalogue import say, spoken

PRODUCT = "-//Maillage//Calendar//EN"
# How long a hearing is taken to last: a list of hearings is called from its hour on.
HEARING = timedelta(hours=1)
_DAY = timedelta(days=1)


def feed(
    entries: Sequence[Entry],
    *,
    language: str,
    at: datetime,
    page: str | None = None,
    courts: Mapping[str, CourtPlace] = MappingProxyType({}),
) -> bytes:
    """The whole calendar of one person; `at` is when it was written, `page` where they sign in."""
    calendar = new_calendar()
    calendar.add("X-WR-CALNAME", "Maillage")
    calendar.add("REFRESH-INTERVAL", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    alike = Counter(map(_looks, entries))
    numbers: Counter[Hashable] = Counter()
    for entry in entries:
        numbers[_looks(entry)] += 1
        written = event(entry, language=language, at=at)
        if entry.day is not None and alike[_looks(entry)] > 1:
            which = {"number": numbers[_looks(entry)], "count": alike[_looks(entry)]}
            said = say("calendar.one_of", spoken(language), title=written["SUMMARY"], **which)
            written["SUMMARY"] = vText(said)
        place = courts.get(entry.canton or "")
        if place is not None:
            written.add("LOCATION", place.whole(language))
        if page is not None:
            written.add("URL", page)
        calendar.add_component(written)
    return bytes(calendar.to_ical())


def _looks(entry: Entry) -> Hashable:
    """What two entries have in common that nobody could tell apart."""
    return entry.kind, entry.name, entry.day, entry.starts_at


def new_calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add_component(_brussels())
    return calendar


def event(entry: Entry, *, language: str, at: datetime) -> Event:
    written = Event()
    written.add("UID", str(entry.uid))
    written.add("DTSTAMP", at)
    written.add("SEQUENCE", entry.sequence)
    written.add("SUMMARY", title(entry.kind, entry.name, language))
    if entry.doubt:
        # Which of the doubts it is, is said in the case alone.
        written.add("DESCRIPTION", say("calendar.doubt", spoken(language)))
    written.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    written.add("CLASS", "PRIVATE")
    if entry.starts_at is not None:
        written.add("DTSTART", shown(entry.starts_at))
        written.add("DTEND", shown(entry.ends_at or entry.starts_at + HEARING))
    elif entry.day is not None:
        written.add("DTSTART", entry.day)
        written.add("DTEND", entry.day + _DAY)
        written.add("TRANSP", "TRANSPARENT")
    return written


def title(kind: str, name: str, language: str) -> str:
    """`RDV BX-7K2Q`; in French for a language we do not write."""
    return f"{say(f'calendar.{kind}', spoken(language))} {name}"


def shown(moment: datetime) -> datetime:
    """An instant on Brussels clocks, or in UTC for the second 02:30 of the night in October.

    RFC 5545 §3.3.5 means the first one.
    """
    local = moment.astimezone(BRUSSELS)
    return moment.astimezone(UTC) if local.fold else local


def _brussels() -> Timezone:
    """The rule of Directive 2000/84/EC: the last Sundays of March and October, at 01:00 UTC."""
    zone = Timezone()
    zone.add("TZID", "Europe/Brussels")
    for part, name, month, hour, before, after in (
        (TimezoneDaylight(), "CEST", 3, 2, 1, 2),
        (TimezoneStandard(), "CET", 10, 3, 2, 1),
    ):
        part.add("TZNAME", name)
        # The first change under the present rule; the last Sundays of 1996.
        part.add("DTSTART", datetime(1996, month, 31 if month == 3 else 27, hour))  # noqa: DTZ001
        part.add("RRULE", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        part.add("TZOFFSETFROM", timedelta(hours=before))
        part.add("TZOFFSETTO", timedelta(hours=after))
        zone.add_component(part)
    return zone
