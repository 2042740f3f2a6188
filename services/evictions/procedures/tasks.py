"""The tasks that a procedure asks for in its situation, each with the days that it depends on."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from services.cases.tasks.following import Source, Wanted, bring, keep
from services.evictions.counting.calendar import Calendar
from services.evictions.dates.model import Act, Procedure
from services.evictions.dates.recompute import Recomputed
from services.evictions.law.acts import ActKind
from services.evictions.law.in_force import law_in_force
from services.evictions.law.task_templates import (
    EVICTION,
    HEARING,
    TaskTemplate,
    procedure_tasks,
)
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.unit_of_work import UnitOfWork


def follow(procedure: Procedure, found: Recomputed, *, actor: Actor, uow: UnitOfWork) -> None:
    """Keep the tasks of a procedure with its acts and dates, for whoever is the reference worker.

    `found` is what `recompute` gave in the same transaction.
    """
    keep(list(wanted(procedure.regime, found)), _source(procedure), actor=actor, uow=uow)


def begin(procedure: Procedure, *, actor: Actor, uow: UnitOfWork) -> None:
    """Bring what the opening of a procedure asks for."""
    nothing_yet = Recomputed(law_in_force(uow=uow), (), ())
    asked = list(wanted(procedure.regime, nothing_yet))
    bring(asked, _source(procedure), actor=actor, uow=uow)


def _source(procedure: Procedure) -> Source:
    return Source(procedure.id, procedure.case_id, Category.PROCEDURE)


def wanted(regime: str, found: Recomputed) -> Iterator[Wanted]:
    """The tasks of the situation, and no other: what brought them stands now. Pure."""
    kinds = {act.kind for act in found.acts}
    days = _served(found)
    held = _hearings(found.acts)[:-1]
    for template in procedure_tasks():
        if template.is_brought(regime, kinds):
            served = days.get(template.serves or "")
            yield Wanted(
                template=template.code,
                within_days=template.within_days,
                by=_by(template, served, days.get(EVICTION), found.law.calendar),
                last=served,
                again_after=held[-1] if held and template.each_hearing else None,
            )


def _served(found: Recomputed) -> Mapping[str, date]:
    """The days that tasks serve: of a date that several acts set running, the next one to end."""
    days: dict[str, date] = {}
    for each in found.dates:
        days[each.computes] = min(each.effective_date, days.get(each.computes, date.max))
    evictions = [act.acted_on for act in found.acts if act.kind == ActKind.EVICTION]
    known = {HEARING: _hearings(found.acts), EVICTION: sorted(evictions)}
    return days | {what: found_days[-1] for what, found_days in known.items() if found_days}


def _hearings(acts: Sequence[Act]) -> list[date]:
    """The days of the hearings that took place or are set, in their order."""
    return sorted(act.acted_on for act in acts if act.kind == ActKind.HEARING)


def _by(
    template: TaskTemplate, served: date | None, evicted: date | None, calendar: Calendar
) -> date | None:
    """The day counted from a known one: back from what the task serves, or on from the eviction."""
    back, on = template.working_days_before, template.days_after
    if on is not None:
        return evicted + timedelta(days=on) if evicted else None
    if back is None or served is None:
        return None
    return calendar.working_days_before(served, back) if back else served
