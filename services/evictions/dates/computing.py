"""What the rules say after acts, and where that differs from the dates that stand. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.evictions.dates.facts import AnAct, DateRow, dated
from services.evictions.dates.plausibility import is_no_service
from services.evictions.law.counting import DeadlineError
from services.evictions.law.deadlines import Deadline, Step
from services.evictions.law.in_force import Law
from services.evictions.law.rulebook import (
    ActKind,
    Lifting,
    Rule,
    RuleSet,
    deadlines_after,
    liftings,
)
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

    A judgment that came by letter was not served: nothing runs from that. RuleBroken if a date
    would leave the calendar.
    """
    found = {}
    lifted = liftings(dated(act) for act in acts)
    for act in acts:
        if act.kind == ActKind.SERVICE and is_no_service(act):
            continue
        rule_set = law.on(code, act.acted_on)
        for rule, deadline in _after(act, rule_set, law, lifted):
            found[act.id, rule.id] = Computed(rule_set, rule, deadline)
    return found


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
    act: AnAct, rule_set: RuleSet, law: Law, lifted: tuple[Lifting, ...]
) -> tuple[tuple[Rule, Deadline], ...]:
    try:
        return deadlines_after(dated(act), rule_set, law.calendar, lifted)
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
