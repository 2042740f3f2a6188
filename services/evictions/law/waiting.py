"""Dates that wait for another one: what may not happen before somebody's time to object is over.

Pure. Which rule waits for which is data: `after` names what the other rule computes. It is decided
here and not by `rulebook.apply`, because the other date follows from another act.
Legal source: C. jud. art. 1344ter §3 and §4: the centre is told unless the tenant objected.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from services.evictions.counting.arithmetic import ONE_DAY
from services.evictions.counting.deadlines import Deadline, Step
from services.evictions.law.rulebook import Rule

K = TypeVar("K", bound=Hashable)


class Found(NamedTuple):
    """A date, its rule, and the day of the act that it follows from."""

    acted_on: date
    rule: Rule
    deadline: Deadline


def waited(found: Mapping[K, Found]) -> dict[K, Deadline]:
    """The dates that must wait, as they are then; those that wait for nothing are left out.

    A date waits for the first act, on its own act's day or later, that sets the other one running:
    the summons that follows the petition. As long as there is none, a step says what is to come.
    """
    return {
        key: _after(each, _awaited(each, found)) for key, each in found.items() if each.rule.after
    }


def _awaited(one: Found, found: Mapping[K, Found]) -> Found | None:
    later = [
        each
        for each in found.values()
        if each.rule.computes == one.rule.after and each.acted_on >= one.acted_on
    ]
    return min(
        later, key=lambda each: (each.acted_on, -each.deadline.date.toordinal()), default=None
    )


def _after(one: Found, other: Found | None) -> Deadline:
    deadline = one.deadline
    if other is None:
        step = Step("objection_still_to_run", None, one.rule.article, ())
        return replace(deadline, steps=(*deadline.steps, step))
    last = other.deadline.date
    if deadline.earliest > last:
        return deadline
    first = last + ONE_DAY
    step = Step("objection_first", first, other.rule.article, (("date", first), ("of", last)))
    day = max(deadline.date, first)
    return Deadline(day, None, (*deadline.strict().unsettled(), step))
