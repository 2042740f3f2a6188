"""All deadlines of a procedure, computed anew from its base acts, never from a computed date.

Who changes an act, a regime, a rule or a holiday calls `recompute` in the same transaction, or
`write` for the acts and deadlines it has read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from services.evictions.dates.doubts import doubts
from services.evictions.dates.model import Act, LegalDeadline, Procedure
from services.evictions.dates.warnings import plan_anew, told_before
from services.evictions.law.counting import DeadlineError
from services.evictions.law.deadlines import Deadline, Step
from services.evictions.law.in_force import Law, held_law
from services.evictions.law.rulebook import (
    DatedAct,
    Lifting,
    Rule,
    RuleSet,
    deadlines_after,
    liftings,
)
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

Key = tuple[UUID, str]
IN_FORCE = (Act.replaced_by.is_(None), Act.lapsed_at.is_(None))


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


def recompute(procedure: Procedure, *, actor: Actor, uow: UnitOfWork) -> None:
    """Every date that follows from the acts in force, and none that does not.

    An overridden deadline keeps the date people gave it, and stays when its rule falls away.
    """
    law = held_law(uow=uow)
    rows = list(
        uow.session.scalars(select(LegalDeadline).where(LegalDeadline.procedure_id == procedure.id))
    )
    before = {f"{row.act_id}/{row.rule_id}": row.falls_on for row in rows}
    acts = acts_in_force(procedure, uow=uow)
    found = write(procedure, computed(acts, procedure.rule_set, law), rows, law, uow=uow)
    _warn(procedure, acts, law, uow=uow)
    left = {f"{each.act_id}/{each.rule_id}" for each in found if each.kind == "gone"}
    if left:
        uow.record(
            "drop_deadlines",
            procedure,
            actor=actor,
            before={name: day for name, day in before.items() if name in left},
            after={},
        )


def _warn(procedure: Procedure, acts: Sequence[Act], law: Law, *, uow: UnitOfWork) -> None:
    """What is doubtful now that every act and date is known: also of what was written before."""
    found = select(LegalDeadline).where(LegalDeadline.procedure_id == procedure.id)
    named = doubts(acts, uow.session.scalars(found).all(), procedure.rule_set, law)
    for act in acts:
        if act.warnings != named[act.id]:
            act.warnings = named[act.id]
    uow.session.flush()


def acts_in_force(procedure: Procedure, *, uow: UnitOfWork) -> list[Act]:
    """The acts of a procedure without those that were corrected, or that did not take place."""
    found = select(Act).where(Act.procedure_id == procedure.id, *IN_FORCE)
    return list(uow.session.scalars(found.order_by(Act.acted_on, Act.recorded_at, Act.id)))


class AnAct(Protocol):
    """An act, loaded or as a row of its columns."""

    @property
    def id(self) -> UUID: ...

    @property
    def acted_on(self) -> date: ...

    def dated(self) -> DatedAct: ...


class ADate(Protocol):
    """A deadline, loaded or as a row of its columns."""

    @property
    def act_id(self) -> UUID: ...

    @property
    def rule_id(self) -> str: ...

    @property
    def computes(self) -> str: ...

    @property
    def falls_on(self) -> date: ...

    @property
    def earlier_reading(self) -> date | None: ...

    @property
    def overridden_date(self) -> date | None: ...


def computed(acts: Sequence[AnAct], code: str, law: Law) -> dict[Key, Computed]:
    """What the acts set running, each under the version that holds for its day. Pure."""
    found = {}
    lifted = liftings(act.dated() for act in acts)
    for act in acts:
        rule_set = law.on(code, act.acted_on)
        for rule, deadline in _after(act, rule_set, law, lifted):
            found[act.id, rule.id] = Computed(rule_set, rule, deadline)
    return found


def compare(wanted: Mapping[Key, Computed], rows: Sequence[ADate]) -> list[Difference]:
    """What `write` would move. Pure."""
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


def write(
    procedure: Procedure,
    wanted: Mapping[Key, Computed],
    rows: Sequence[LegalDeadline],
    law: Law,
    *,
    uow: UnitOfWork,
) -> list[Difference]:
    """The deadlines as wanted, their alerts with them; what moved."""
    differences = compare(wanted, rows)
    known = {(row.act_id, row.rule_id): row for row in rows}
    before = {row.id: told_before(row) for row in rows}
    kept = []
    for key, new in wanted.items():
        row = known.pop(key, None)
        if row is None:
            row = LegalDeadline(case_id=procedure.case_id, procedure_id=procedure.id, act_id=key[0])
            uow.session.add(row)
        _fill(row, new)
        kept.append(row)
    for row in known.values():
        if row.overridden_date is None:
            alerts.cancel(row.id, uow=uow)
            uow.session.delete(row)
    uow.session.flush()
    for row in kept:
        plan_anew(row, before.get(row.id), law.calendar, uow=uow)
    return differences


def _after(
    act: AnAct, rule_set: RuleSet, law: Law, lifted: tuple[Lifting, ...]
) -> tuple[tuple[Rule, Deadline], ...]:
    try:
        return deadlines_after(act.dated(), rule_set, law.calendar, lifted)
    except DeadlineError as too_far:
        raise RuleBroken("act-date-out-of-range") from too_far


def _kind(row: ADate | None, new: Computed | None) -> str:
    if row is None:
        return "new"
    if row.overridden_date is not None:
        return "locked"
    return "changed" if new else "gone"


def told(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as a deadline keeps them, in words."""
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


def _fill(row: LegalDeadline, new: Computed) -> None:
    for name, value in fields_of(new).items():
        setattr(row, name, value)
