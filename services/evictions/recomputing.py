"""All deadlines of a procedure, computed anew from its base acts, never from a computed date.

Who changes an act, a regime, a rule or a holiday calls `recompute` in the same transaction.
"""

from dataclasses import asdict

from sqlalchemy import select

from services.evictions import rulesets
from services.evictions.calendar import belgium
from services.evictions.counting import DeadlineError
from services.evictions.deadlines import Deadline
from services.evictions.model import Act, LegalDeadline, Procedure
from services.evictions.rulebook import Rule, RuleSet, deadlines_after
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork


def recompute(procedure: Procedure, *, actor: Actor, uow: UnitOfWork) -> None:
    """Every date that follows from the acts in force, and none that does not.

    An overridden deadline keeps the date people gave it, and stays when its rule falls away.
    """
    rule_set = rulesets.shipped(procedure.rule_set)
    known = {
        (row.act_id, row.rule_id): row
        for row in uow.session.scalars(
            select(LegalDeadline).where(LegalDeadline.procedure_id == procedure.id)
        )
    }
    before = {f"{row.act_id}/{row.rule_id}": row.falls_on for row in known.values()}
    for act in acts_in_force(procedure, uow=uow):
        for rule, deadline in computed_after(act, rule_set):
            row = known.pop((act.id, rule.id), None)
            if row is None:
                row = LegalDeadline(case_id=act.case_id, procedure_id=procedure.id, act_id=act.id)
                uow.session.add(row)
            _fill(row, rule, deadline, rule_set)
    gone = [row for row in known.values() if row.overridden_date is None]
    for row in gone:
        uow.session.delete(row)
    uow.session.flush()
    if gone:
        left = {f"{row.act_id}/{row.rule_id}" for row in gone}
        uow.audit(
            "drop_deadlines",
            procedure,
            actor=actor,
            case_id=procedure.case_id,
            before={name: day for name, day in before.items() if name in left},
            after={},
        )


def acts_in_force(procedure: Procedure, *, uow: UnitOfWork) -> list[Act]:
    """The acts of a procedure without those that were corrected."""
    found = select(Act).where(Act.procedure_id == procedure.id, Act.replaced_by.is_(None))
    return list(uow.session.scalars(found.order_by(Act.acted_on, Act.recorded_at, Act.id)))


def computed_after(act: Act, rule_set: RuleSet) -> tuple[tuple[Rule, Deadline], ...]:
    """What an act sets running under a rule set."""
    try:
        return deadlines_after(act.dated(), rule_set, belgium())
    except DeadlineError as too_far:
        raise RuleBroken("act-date-out-of-range") from too_far


def _fill(row: LegalDeadline, rule: Rule, deadline: Deadline, rule_set: RuleSet) -> None:
    row.rule_id = rule.id
    row.rule_set, row.rule_version = rule_set.code, rule_set.version
    row.computes, row.protective = rule.computes, rule.protective
    row.falls_on, row.earlier_reading = deadline.date, deadline.earlier_reading
    row.steps = [
        asdict(step) | {"date": step.date.isoformat() if step.date else None}
        for step in deadline.steps
    ]
    row.article, row.source, row.certainty = rule.article, rule.source, rule.certainty.value
