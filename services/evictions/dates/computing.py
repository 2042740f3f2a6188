"""What the rules say after acts, and where that differs from the dates that stand. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.evictions.counting.arithmetic import DeadlineError
from services.evictions.counting.calendar import belgium
from services.evictions.counting.deadlines import Deadline, Step
from services.evictions.dates.facts import AnAct, DateRow, dated
from services.evictions.law.acts import Circumstances, DatedAct, around
from services.evictions.law.in_force import Law
from services.evictions.law.life import Ending, Limits, called_off, ending, limits
from services.evictions.law.norms import Certainty
from services.evictions.law.rulebook import Rule, RuleSet, apply, deadlines_after
from services.evictions.law.waiting import Found, waited
from services.shared.errors import RuleBroken

# The act and the rule that a date follows from.
Key = tuple[UUID, str]


@dataclass(frozen=True)
class Computed:
    """What a rule of a version says after an act."""

    rule_set: RuleSet
    rule: Rule
    deadline: Deadline


@dataclass(frozen=True)
class Difference:
    """A date before and after: `changed`, `new`, `gone`, or `locked` by a person's own date."""

    act_id: UUID
    rule_id: str
    computes: str
    kind: str
    before: date | None
    after: date | None


def computed(acts: Sequence[AnAct], code: str, law: Law) -> dict[Key, Computed]:
    """What the acts set running, each under the version that holds for its day.

    Nothing follows from an eviction that was put off. RuleBroken if a date would leave the
    calendar.
    """
    found = {}
    known = {act.id: dated(act) for act in acts}
    gone = called_off(list(known.items()))
    for key, act in known.items():
        if key in gone:
            continue
        rule_set, circumstances = law.on(code, act.acted_on), around(act, known.values())
        for rule, deadline in _after(act, rule_set, law, circumstances):
            marked = with_own_calendar(rule, deadline, act, law, circumstances)
            found[key, rule.id] = Computed(rule_set, marked, deadline)
    dates = {
        key: Found(known[key[0]].acted_on, new.rule, new.deadline) for key, new in found.items()
    }
    later = {key: replace(found[key], deadline=date_) for key, date_ in waited(dates).items()}
    return found | later


def with_own_calendar(
    rule: Rule, deadline: Deadline, act: DatedAct, law: Law, known: Circumstances
) -> Rule:
    """The rule as sure as the date it gave: a day that a network put into the calendar itself, or
    took out of it, makes no date that is found."""
    if rule.certainty is not Certainty.FOUND or law.calendar == belgium():
        return rule
    plain = apply(rule, act, belgium(), known)
    same = (plain.date, plain.earlier_reading) == (deadline.date, deadline.earlier_reading)
    return rule if same else replace(rule, certainty=Certainty.DISPUTED)


def limits_of(new: Computed, own: date | None) -> Limits:
    """The days between which the readings of a date differ; `own` is a person's date instead."""
    deadline = new.deadline
    return limits(new.rule.bound, deadline.date, deadline.earlier_reading, own)


def endings(
    wanted: Mapping[Key, Computed], rows: Sequence[DateRow], acts: Sequence[AnAct]
) -> dict[Key, Ending[UUID]]:
    """How each of the dates ended that no longer run, by the acts in force."""
    own = {(row.act_id, row.rule_id): row.overridden_date for row in rows}
    known = {act.id: dated(act) for act in acts}
    pairs = list(known.items())
    gone = called_off(pairs)
    found = {
        key: ending(new.rule, known[key[0]], limits_of(new, own.get(key)), pairs, gone)
        for key, new in wanted.items()
    }
    return {key: each for key, each in found.items() if each is not None}


def compare(wanted: Mapping[Key, Computed], rows: Sequence[DateRow]) -> list[Difference]:
    """The dates that would move if `wanted` were written over `rows`."""
    known = {(row.act_id, row.rule_id): row for row in rows}
    found = []
    for key in {**known, **wanted}:
        row, new = known.get(key), wanted.get(key)
        before = row.falls_on if row else None
        after = new.deadline.date if new else None
        same_reading = row and new and row.earlier_reading == new.deadline.earlier_reading
        if before == after and same_reading:
            continue
        computes = row.computes if row else wanted[key].rule.computes
        found.append(Difference(*key, computes, _kind(row, new), before, after))
    return found


def _after(
    act: DatedAct, rule_set: RuleSet, law: Law, known: Circumstances
) -> tuple[tuple[Rule, Deadline], ...]:
    try:
        return deadlines_after(act, rule_set, law.calendar, known)
    except DeadlineError as too_far:
        raise RuleBroken("act-date-out-of-range") from too_far


def _kind(row: DateRow | None, new: Computed | None) -> str:
    if row is None:
        return "new"
    if row.overridden_date is not None:
        return "locked"
    return "changed" if new else "gone"


def told(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as a deadline keeps them, in the words of every language."""
    return [
        {
            "code": step.code,
            "date": step.date.isoformat() if step.date else None,
            "article": step.article,
            "words": asdict(step.words),
        }
        for step in steps
    ]


def fields_of(new: Computed) -> dict[str, Any]:
    """What a deadline keeps of what was computed, column by column."""
    rule, deadline = new.rule, new.deadline
    return {
        "rule_id": rule.id,
        "rule_set": new.rule_set.code,
        "rule_version": new.rule_set.version,
        "computes": rule.computes,
        "protective": rule.protective,
        "falls_on": deadline.date,
        "earlier_reading": deadline.earlier_reading,
        "steps": told(deadline.steps),
        "article": rule.article,
        "source": rule.source,
        "certainty": rule.certainty.value,
    }
