"""The life of a legal date: it runs until it is kept, missed or moot. Pure.

What ends a date is an act that its rule names; a date that nobody ended is missed once its last day
is over, which the clock alone says (`state_on`). Only the acts in force and their days decide, so
that an act which is struck, corrected or dated anew brings a date back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from services.evictions.counting.arithmetic import Counting
from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.rulebook import Bound, Rule

T = TypeVar("T")


class State(StrEnum):
    """Where a date stands; `kept` and `missed` for a first day: the act respected it, or not."""

    RUNNING = "running"
    KEPT = "kept"
    MISSED = "missed"
    MOOT = "moot"


@dataclass(frozen=True, slots=True)
class Limits:
    """The days between which readings differ: `strict` is the safest for whoever must act.

    An act on the right side of `lenient` is defensible; one on the wrong side of `strict` is worth
    a warning.
    """

    bound: Bound
    strict: date
    lenient: date

    def kept(self, day: date) -> bool:
        """Whether an act of this day respects the date by some defensible reading."""
        return day <= self.lenient if self.bound is Bound.UNTIL else day >= self.lenient

    def sure(self, day: date) -> bool:
        """Whether an act of this day respects it by every reading."""
        return day <= self.strict if self.bound is Bound.UNTIL else day >= self.strict


def limits(bound: Bound, day: date, other: date | None, own: date | None) -> Limits:
    """The limits of a date: a person's `own` instead of both readings."""
    readings = [own] if own else [day, other or day]
    first, last = min(readings), max(readings)
    return Limits(bound, first, last) if bound is Bound.UNTIL else Limits(bound, last, first)


@dataclass(frozen=True, slots=True)
class Ending(Generic[T]):
    """How a date ended, and by which act."""

    state: State
    act: T


def ending(
    rule: Rule,
    started: DatedAct,
    found: Limits,
    acts: Sequence[tuple[T, DatedAct]],
    gone: Mapping[T, T],
) -> Ending[T] | None:
    """What ended a date that the act `started` set in motion; None while it runs.

    The first act that completes it counts, or the first that makes it moot, whichever came first;
    on the same day the one that completes it. Of an act to be done before another one (the
    bailiff's notice before the eviction) only what came after the eviction before it can be meant.
    An eviction that was put off (`gone`, as `called_off` finds it) ends nothing; neither does a
    stay that ends by itself.
    """
    since, until = _span(rule, started, acts, gone)
    meant = [
        (act.acted_on, act.kind not in rule.completed_by, place)
        for place, (key, act) in enumerate(acts)
        if since <= act.acted_on <= until
        and key not in gone
        and (act.kind in rule.completed_by or (act.kind in rule.moot_by and not act.until_on))
        and not act.is_no_service
    ]
    for day, is_moot, place in sorted(meant):
        if is_moot and found.bound is Bound.UNTIL and day > found.lenient:
            continue
        state = State.MOOT if is_moot else State.KEPT if found.kept(day) else State.MISSED
        return Ending(state, acts[place][0])
    return None


def _span(
    rule: Rule, started: DatedAct, acts: Sequence[tuple[T, DatedAct]], gone: Mapping[T, T]
) -> tuple[date, date]:
    """The days between which an act can end the date."""
    if rule.counting is not Counting.BEFORE:
        return started.acted_on, date.max
    days = {key: act.acted_on for key, act in acts}
    over = [
        days[gone.get(key, key)]
        for key, act in acts
        if act.kind is started.kind and act.acted_on < started.acted_on
    ]
    return max(over, default=date.min), started.acted_on


def called_off(acts: Sequence[tuple[T, DatedAct]]) -> dict[T, T]:
    """The evictions that were put off, and by which act: each puts off the next one after it."""
    gone: dict[T, T] = {}
    days = sorted((act.acted_on, place) for place, (_, act) in enumerate(acts))
    for _, place in days:
        by, act = acts[place]
        if act.kind is not ActKind.EVICTION_POSTPONED:
            continue
        ahead = [
            acts[each][0]
            for day, each in days
            if acts[each][1].kind is ActKind.EVICTION and day >= act.acted_on
        ]
        next_one = next((each for each in ahead if each not in gone), None)
        if next_one is not None:
            gone[next_one] = by
    return gone


def state_on(today: date, ended: State | None, found: Limits) -> State:
    """Where a date stands today: as it ended, otherwise missed once its last day is over."""
    if ended is not None:
        return ended
    over = found.bound is Bound.UNTIL and found.lenient < today
    return State.MISSED if over else State.RUNNING
