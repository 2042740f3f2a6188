"""A date of people's own instead of the computed one, with the reason, until it is lifted (F35)."""

from datetime import date
from uuid import UUID

from services.consent.queries import access_to
from services.evictions.dates.model import LegalDeadline, Procedure
from services.evictions.dates.recompute import recompute
from services.evictions.dates.warnings import plan_anew, told_before
from services.evictions.law.in_force import held_law
from services.evictions.policy import require_recorder
from services.shared.actor import Actor
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


def override_deadline(
    deadline_id: UUID, day: date, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> LegalDeadline:
    """A person's date instead of the computed one, with the reason; it survives whatever is
    computed anew, and a rule that falls away."""
    deadline = load(LegalDeadline, deadline_id, uow=uow)
    require_recorder(access_to(deadline.case_id, uow=uow))
    lock(deadline, uow=uow)
    require_version(deadline, version)
    before, told = deadline.effective_date, told_before(deadline)
    deadline.override(day, reason, actor.id)
    uow.session.flush()
    plan_anew(deadline, told, held_law(uow=uow).calendar, uow=uow)
    uow.record(
        "override_deadline",
        deadline,
        actor=actor,
        before={"date": before, "version": version},
        after={"date": day, "version": deadline.version},
    )
    return deadline


def lift_override(
    deadline_id: UUID, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> UUID:
    """What the rule computes counts again; a date without a rule goes. The id of the procedure."""
    deadline = load(LegalDeadline, deadline_id, uow=uow)
    require_recorder(access_to(deadline.case_id, uow=uow))
    procedure = load(Procedure, deadline.procedure_id, uow=uow, lock=True)
    lock(deadline, uow=uow)
    require_version(deadline, version)
    before, told = deadline.effective_date, told_before(deadline)
    deadline.lift(reason, actor.id)
    uow.session.flush()
    plan_anew(deadline, told, held_law(uow=uow).calendar, uow=uow)
    uow.record(
        "lift_override",
        deadline,
        actor=actor,
        before={"date": before, "version": version},
        after={"date": deadline.effective_date, "version": deadline.version},
    )
    recompute(procedure, actor=actor, uow=uow)
    return procedure.id
