"""What a reader would ask about a date as it was written down. Pure.

A question is named beside the date and never refuses it: a slip is seen while it can be mended.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, Protocol
from uuid import UUID

from services.evictions.counting.calendar import Calendar
from services.evictions.counting.delivery import LETTERS
from services.evictions.dates.facts import AnAct
from services.evictions.law.acts import JUDGMENTS, ActKind
from services.shared.clock import BRUSSELS, legal_day

# So many days before and after the day on which it is written down, nobody wonders.
_BEFORE, _AFTER = 3 * 366, 2 * 366
# A plan may run for years (CBL and C. jud. name no longest one); ten cover all that was seen.
_PLAN_AFTER = 10 * 366
_SUNDAY = 6
_OPENS, _CLOSES = time(7), time(20)
# What courts and bailiffs do; a letter is written on a Sunday too (C. jud. art. 47, 1387).
_OFFICIAL = frozenset(
    {
        *(ActKind.CITATION, ActKind.SUMMONS, ActKind.HEARING, ActKind.JUDGMENT),
        *(ActKind.DEFAULT_JUDGMENT, ActKind.DEEMED_JUDGMENT, ActKind.APPEAL_JUDGMENT),
        *(ActKind.SERVICE, ActKind.BAILIFF_NOTICE),
    }
)
# A bailiff serves (C. jud. art. 32): what came by letter sets no time for a remedy running.
_SERVED = frozenset({ActKind.SERVICE, ActKind.CITATION})
Question = dict[str, Any]


class RecordedAct(AnAct, Protocol):
    """An act that knows when it was written down."""

    @property
    def recorded_at(self) -> datetime: ...


def questions(acts: Sequence[RecordedAct], calendar: Calendar) -> dict[UUID, list[Question]]:
    """What to ask about each of the acts in force, by the id of the act."""
    return {
        act.id: [
            *of_day(act.acted_on, act.recorded_at, calendar, official=act.kind in _OFFICIAL),
            *(far_off(act.received_on, act.recorded_at) if act.received_on else ()),
            *_twice(act, acts),
            *([_ask("letter-is-no-service")] if is_no_service(act) else ()),
            *([_ask("no-announcement")] if _is_unannounced(act, acts) else ()),
        ]
        for act in acts
    }


def is_no_service(act: AnAct) -> bool:
    """Whether an act that only a bailiff can do is said to have come by letter."""
    return act.kind in _SERVED and act.delivery in LETTERS


def of_instant(at: datetime, recorded_at: datetime, calendar: Calendar) -> list[Question]:
    """What to ask about the hour of a hearing."""
    hour = at.astimezone(BRUSSELS).time()
    night = [] if _OPENS <= hour <= _CLOSES else [_ask("at-night", legal_day(at))]
    return [*of_day(legal_day(at), recorded_at, calendar, official=True), *night]


def of_day(
    day: date, recorded_at: datetime, calendar: Calendar, *, official: bool
) -> list[Question]:
    """What to ask about a day; `official`: of what courts and bailiffs do."""
    closed = []
    if official and day.weekday() == _SUNDAY:
        closed.append(_ask("on-a-sunday", day))
    if official and calendar.holiday(day) is not None:
        closed.append(_ask("on-a-legal-holiday", day))
    return [*far_off(day, recorded_at), *closed]


def of_term(
    days: Iterable[date], recorded_at: datetime, judged_on: date | None, *, twice: bool
) -> list[Question]:
    """What to ask about the days by which a judgment or an agreement wants something done."""
    known = sorted(days)
    far = [each for day in known for each in far_off(day, recorded_at, after=_PLAN_AFTER)]
    early = judged_on is not None and known and known[0] < judged_on
    return [
        *far[:1],
        *([_ask("before-its-judgment", judged_on)] if early else ()),
        *([_ask("same-term-twice")] if twice else ()),
    ]


def far_off(day: date, recorded_at: datetime, *, after: int = _AFTER) -> list[Question]:
    """A question about a year that is far from the day of writing."""
    distance = (day - legal_day(recorded_at)).days
    return [] if -_BEFORE <= distance <= after else [_ask("year-far-off", day)]


def _is_unannounced(act: RecordedAct, acts: Sequence[RecordedAct]) -> bool:
    """Whether a day is set to carry out a judgment and no announcement of it is written down
    (C. jud. art. 1344quater)."""
    if act.kind != ActKind.EVICTION:
        return False
    before = {each.kind for each in acts if each.acted_on <= act.acted_on}
    return ActKind.BAILIFF_NOTICE not in before and any(kind in before for kind in JUDGMENTS)


def _twice(act: RecordedAct, acts: Sequence[RecordedAct]) -> list[Question]:
    """Asked of whichever was written down last."""
    same = [
        other
        for other in acts
        if (other.kind, other.acted_on) == (act.kind, act.acted_on)
        and (other.recorded_at, str(other.id)) < (act.recorded_at, str(act.id))
    ]
    return [_ask("same-act-twice", act.acted_on)] if same else []


def _ask(code: str, day: date | None = None) -> Question:
    return {"code": code} | ({"day": day.isoformat()} if day else {})
