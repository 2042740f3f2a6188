"""The life of dates a second time, written from the law file and by walking day after day.

Shares nothing with services/evictions but the words for acts, units, countings and what a date is
called. The norms stand again in `second_law`, as the law file words them; a date is read by
`second_reading`, and what ends it is found by looking at one day after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.evictions.law.second_law import LAW, REMEDIES, Row
from tests.evictions.law.second_reading import (
    ONE,
    first_eviction,
    in_winter,
    is_working_day,
    last_day,
    nth_working_day,
    read,
    rolled,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
LETTERS = {"ordinary", "registered", "registered_with_receipt", "judicial_letter"}


class Act(NamedTuple):
    """An act in force, in the words of the law; `until` is the end of a delay or of a stay."""

    key: int
    kind: str
    on: date
    received: date | None = None
    delivery: str | None = None
    ground: str | None = None
    until: date | None = None


class Found(NamedTuple):
    """A date with its readings, how it ended, and the winter days on which it is not protected."""

    row: Row
    act: Act
    day: date
    other: date | None
    own: date | None
    ended: tuple[str, int] | None
    sure: tuple[date, ...] | None

    @property
    def readings(self) -> tuple[date, date]:
        """The earliest and the latest day that somebody could defend."""
        if self.own:
            return self.own, self.own
        return min(self.day, self.other or self.day), max(self.day, self.other or self.day)

    @property
    def until(self) -> bool:
        return self.row.computes.endswith("_until")


Own = Mapping[tuple[int, str], date]


def dates(acts: Sequence[Act], code: str, own: Own) -> dict[tuple[int, str], Found]:
    """Every date that exists, by the act and the row it comes from; `own`: people's dates."""
    gone = put_off(acts)
    found = {
        (act.key, row.id): _life(row, act, acts, code, own.get((act.key, row.id)))
        for row in (*LAW[code][0], *REMEDIES)
        for act in acts
        if act.kind in row.after.split() and act.key not in gone and _holds(row, act, acts)
    }
    return {key: _after_objection(each, found.values()) for key, each in found.items()}


def _after_objection(one: Found, every: Iterable[Found]) -> Found:
    """Art. 1344ter: the centre is not told before the tenant's time to object is over."""
    if one.row.computes != "welfare_informed_from":
        return one
    asked = [
        each
        for each in every
        if each.row.computes == "welfare_objection_until" and each.act.on >= one.act.on
    ]
    if not asked:
        return one
    first = min(each.act.on for each in asked)
    day, last = one.day, max(each.day for each in asked if each.act.on == first)
    while day <= last:
        day += ONE
    return one._replace(day=day)


def put_off(acts: Sequence[Act]) -> dict[int, int]:
    """The evictions that do not take place -> the act that put each off."""
    gone: dict[int, int] = {}
    for stop in sorted((a for a in acts if a.kind == "eviction_postponed"), key=_in_order):
        for each in sorted((a for a in acts if a.kind == "eviction"), key=_in_order):
            if each.on >= stop.on and each.key not in gone:
                gone[each.key] = stop.key
                break
    return gone


def state(found: Found, today: date) -> str:
    if found.ended:
        return found.ended[0]
    return "missed" if found.until and today > found.readings[1] else "running"


def lawful_from(found: Found, today: date) -> date | None:
    """The first day from today on which the bailiff may come."""
    if found.row.computes != "eviction_not_before" or found.ended:
        return None
    day = max(today, found.own or found.day)
    while not is_working_day(day) or _protected(day, found.sure):
        day += ONE
    return day


def warnings(
    acts: Sequence[Act], found: Mapping[tuple[int, str], Found], code: str
) -> set[tuple[int, str, str, bool]]:
    """What each act breaks: the act, the kind of warning, the row, whether it is a breach."""
    said = set()
    for each in found.values():
        early, late = each.readings
        for act in acts:
            if act.kind not in each.row.ends.split():
                continue
            if not each.until and each.act.on <= act.on < late:
                breach = each.row.actor in ("landlord", "bailiff", "judge")
                said.add((act.key, "before-lawful-date", each.row.id, breach))
            if each.until and each.ended and each.ended[1] == act.key and act.on > early:
                breach = each.row.actor == "bailiff"
                said.add((act.key, "after-lawful-date", each.row.id, breach))
    for act in acts:
        if act.kind == "unlawful_eviction":
            said.add((act.key, "no-enforceable-title", "", True))
        if act.kind == "eviction" and not is_working_day(act.on):
            said.add((act.key, "no-execution-day", "", True))
        if act.kind == "eviction" and _protected(act.on, _sure(acts, code)):
            said.add((act.key, "in-moratorium", _winter_of(code), True))
    return said


def alerts(found: Found, now: datetime) -> dict[str, datetime]:
    """Which rungs before a date are told, and when: at nine in Brussels, on a working day."""
    first = found.readings[0]
    if not found.row.told or found.ended or first < now.astimezone(BRUSSELS).date():
        return {}
    due: dict[datetime, str] = {}
    for days in (14, 7, 3, 1):
        day = first
        for _ in range(days):
            day -= ONE
        while not is_working_day(day):
            day -= ONE
        at = datetime.combine(day, time(9), BRUSSELS)
        due[at if at > now else now] = f"{days}d"
    return {rung: at for at, rung in due.items()}


def _in_order(act: Act) -> tuple[date, int]:
    return act.on, act.key


def _serves(act: Act) -> bool:
    """A letter is no service (arts. 32 and 57)."""
    return act.kind != "service" or act.delivery not in LETTERS


def _holds(row: Row, act: Act, acts: Sequence[Act]) -> bool:
    if not _serves(act):
        return False
    if row.asks is None:
        return True
    kinds, wanted = row.asks
    before = [each for each in acts if each.kind in kinds.split() and each.on <= act.on]
    last = max((each.on for each in before), default=None)
    # Of two on one day, whichever was written down first.
    return next((each.kind for each in before if each.on == last), None) == wanted


def _life(row: Row, act: Act, acts: Sequence[Act], code: str, own: date | None) -> Found:
    day, other = read(_start(row, act), *row.delay)
    if row.strict:
        other = None
    if row.id == "AID-01" and act.delivery not in ("service", "electronic", "by_hand"):
        # Some start it on the first working day after posting (C. const. 59/2011).
        soonest = last_day(nth_working_day(act.on, 1, ONE), *row.delay[:2])
        other = soonest if soonest < min(day, other or day) else other
    sure = None
    if row.computes == "eviction_not_before":
        day, other = _execution(day, other, acts, code)
        sure = _sure(acts, code)
    found = Found(row, act, day, other, own, None, sure)
    return found._replace(ended=_ended(found, acts))


def _start(row: Row, act: Act) -> date:
    """Art. 53bis: the day it was received; a letter, three working days after posting."""
    if not row.received:
        return act.on
    if act.received:
        return act.received
    if act.delivery in ("registered", "ordinary"):
        return nth_working_day(act.on, 3, ONE) - ONE
    return act.on


def _execution(
    day: date, other: date | None, acts: Sequence[Act], code: str
) -> tuple[date, date | None]:
    granted = [(a.on, a.until) for a in acts if a.kind == "delay_granted" and a.until]
    if granted:
        day, other = max(granted)[1] + ONE, None
    for act in acts:
        if act.kind in ("stay", "suspension") and act.until:
            while day <= act.until:
                day += ONE
            while other and other <= act.until:
                other += ONE
    _, sure, unsure = LAW[code]
    if sure is None:
        day, other = rolled(day), rolled(other) if other else None
        return day, None if other == day else other
    lifted = [(a.ground in sure, a.on) for a in acts if a.ground in sure | unsure]
    return first_eviction(day, None if other == day else other, lifted)


def _ended(found: Found, acts: Sequence[Act]) -> tuple[str, int] | None:
    row, gone = found.row, put_off(acts)
    known = {act.key: act.on for act in acts}
    day, last = found.act.on, max(act.on for act in acts)
    if row.delay[2] == "before":
        earlier = [a for a in acts if a.kind == found.act.kind and a.on < found.act.on]
        over = [known[gone.get(a.key, a.key)] for a in earlier]
        day, last = max(over, default=min(known.values())), found.act.on
    early, late = found.readings
    while day <= last:
        on_day = [a for a in acts if a.on == day and a.key not in gone and _serves(a)]
        for act in on_day:
            if act.kind in row.ends.split():
                kept = day <= late if found.until else day >= early
                return "kept" if kept else "missed", act.key
        for act in on_day:
            if act.kind in row.moot.split() and not act.until and not (found.until and day > late):
                return "moot", act.key
        day += ONE
    return None


def _sure(acts: Sequence[Act], code: str) -> tuple[date, ...] | None:
    """The days from which the winter does not protect for sure; None where there is no winter."""
    sure = LAW[code][1]
    return None if sure is None else tuple(act.on for act in acts if act.ground in sure)


def _protected(day: date, sure: tuple[date, ...] | None) -> bool:
    return sure is not None and in_winter(day) and not any(since <= day for since in sure)


def _winter_of(code: str) -> str:
    return "BRU-12" if code == "BXL-2023-09" else "WAL-01"
