"""All deadlines of a procedure, computed anew from its base acts, never from a computed date.

Whoever changes an act or a regime calls `recompute` in the same transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.evictions.dates.breaches import alarm, breaches
from services.evictions.dates.computing import computed, limits_of
from services.evictions.dates.days import follow_procedure
from services.evictions.dates.doubts import doubts
from services.evictions.dates.facts import Running, dated, read_dates, read_objections
from services.evictions.dates.model import Act, Procedure
from services.evictions.dates.plausibility import questions
from services.evictions.dates.warnings import follow
from services.evictions.dates.write import Moved, write
from services.evictions.law.acts import DECISIONS, ActKind
from services.evictions.law.in_force import Law, held_law
from services.evictions.law.life import Limits, called_off
from services.evictions.law.rulebook import Rule
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

# What the eviction, or a judgment with its terms, gives a day to.
GIVES_A_DAY = (*DECISIONS, ActKind.EVICTION)
IN_FORCE = (Act.replaced_by.is_(None), Act.lapsed_at.is_(None))


@dataclass(frozen=True)
class Standing:
    """A date as it stands; `effective_date` is what people go by.

    `rule` is None where it fell away and a person's own date stays; `limits` says between which
    days readings differ, `ended_by` which act ended the date.
    """

    act_id: UUID
    rule_id: str
    computes: str
    article: str
    certainty: str
    effective_date: date
    rule: Rule | None = None
    limits: Limits | None = None
    ended_by: UUID | None = None


@dataclass(frozen=True)
class Recomputed:
    """What a computation knows in the end: the law, the acts in force, and every date."""

    law: Law
    acts: Sequence[Act]
    dates: Sequence[Standing]


def recompute(procedure: Procedure, *, actor: Actor, uow: UnitOfWork) -> Recomputed:
    """Write every date that follows from the acts in force, its alerts, and the doubts of each act.

    An overridden deadline keeps the date people gave it, and stays when its rule falls away. The
    caller holds the procedure.
    """
    law = held_law(uow=uow)
    every = acts_of(procedure, uow=uow)
    acts = [act for act in every if act.is_in_force]
    running = Running(procedure.id, procedure.case_id, procedure.rule_set, acts=[*acts])
    read_dates([running], uow=uow)
    wanted = computed(acts, procedure.rule_set, law)
    if any(ActKind.WELFARE_OBJECTION in new.rule.completed_by for new in wanted.values()):
        running.acts += read_objections(procedure.id, uow=uow)
    moved = Moved.of(running, wanted)
    follow(write([moved], uow=uow), law.calendar, late=True, uow=uow)
    if any(act.kind in GIVES_A_DAY for act in every):
        follow_procedure(procedure.id, procedure.case_id, law.calendar, uow=uow)
    found = Recomputed(law, acts, tuple(_standing(moved)))
    _mark(procedure, found, uow=uow)
    gone = [each for each in moved.differences if each.kind == "gone"]
    left = {f"{each.act_id}/{each.rule_id}": each.before for each in gone}
    if left:
        uow.record("drop_deadlines", procedure, actor=actor, before=left, after={})
    return found


def _standing(moved: Moved) -> Iterator[Standing]:
    own = {(row.act_id, row.rule_id): row for row in moved.rows if row.overridden_date}
    for key, new in moved.wanted.items():
        row = own.pop(key, None)
        day = row.overridden_date if row and row.overridden_date else new.deadline.date
        rule, end = new.rule, moved.ends.get(key)
        yield Standing(
            *key,
            rule.computes,
            rule.article,
            rule.certainty.value,
            day,
            rule,
            limits_of(new, row.overridden_date if row else None),
            end.act if end else None,
        )
    for key, row in own.items():
        day = row.overridden_date or row.falls_on
        yield Standing(*key, row.computes, row.article, row.certainty, day)


def _mark(procedure: Procedure, found: Recomputed, *, uow: UnitOfWork) -> None:
    """Say of each act what is doubtful, and whether it was put off, now that all of it is known.

    What breaks a rule that protects the household is told to the team at once.
    """
    named = doubts(found.acts, found.dates, procedure.rule_set, found.law)
    gone = called_off([(act.id, dated(act)) for act in found.acts])
    asked = questions(found.acts, found.law.calendar)
    broken = []
    for act in found.acts:
        warnings = [*named[act.id], *asked[act.id]]
        if breaches(named[act.id]) != breaches(act.warnings):
            act.alarms += 1
            broken.append(act)
        if act.warnings != warnings:
            act.warnings = warnings
        if act.called_off_by != gone.get(act.id):
            act.called_off_by = gone.get(act.id)
    uow.session.flush()
    alarm(broken, uow=uow)


def acts_of(procedure: Procedure, *, uow: UnitOfWork) -> list[Act]:
    """The acts of a procedure by their days, also those that nothing runs from any more."""
    found = select(Act).where(Act.procedure_id == procedure.id)
    return list(uow.session.scalars(found.order_by(Act.acted_on, Act.recorded_at, Act.id)))
