"""A person's own date instead of the computed one, with the reason, until it is lifted (F35)."""

from datetime import date
from uuid import UUID

from services.consent.hold import hold
from services.evictions.dates.model import LegalDeadline, Procedure
from services.evictions.dates.recompute import recompute
from services.evictions.dates.warnings import Notice, Redated, follow, notice_of
from services.evictions.law.in_force import held_law
from services.evictions.policy import require_recorder
from services.shared.actor import Actor
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


def override_deadline(
    deadline_id: UUID, day: date, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> LegalDeadline:
    """Put a person's date in the place of the computed one, with the reason.

    It survives whatever is computed anew, and a rule that falls away. The same date for the same
    reason again is no change.
    """
    procedure, deadline = _held(deadline_id, version, uow=uow)
    if (deadline.overridden_date, deadline.override_reason) == (day, reason):
        return deadline
    before, notice = deadline.effective_date, notice_of(deadline)
    deadline.override(day, reason, actor.id)
    _told_anew(deadline, notice, uow=uow)
    uow.record(
        "override_deadline",
        deadline,
        actor=actor,
        before={"date": before, "version": version},
        after={"date": day, "version": deadline.version},
    )
    recompute(procedure, actor=actor, uow=uow)
    return deadline


def lift_override(
    deadline_id: UUID, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> UUID:
    """Let the computed date count again; a date without a rule goes. Returns the procedure's id."""
    procedure, deadline = _held(deadline_id, version, uow=uow)
    before, notice = deadline.effective_date, notice_of(deadline)
    deadline.lift(reason, actor.id)
    _told_anew(deadline, notice, uow=uow)
    uow.record(
        "lift_override",
        deadline,
        actor=actor,
        before={"date": before, "version": version},
        after={"date": deadline.effective_date, "version": deadline.version},
    )
    recompute(procedure, actor=actor, uow=uow)
    return procedure.id


def _held(deadline_id: UUID, version: int, *, uow: UnitOfWork) -> tuple[Procedure, LegalDeadline]:
    """The procedure, held before its deadline, in the order of every computation."""
    deadline = load(LegalDeadline, deadline_id, uow=uow)
    procedure = hold(Procedure, deadline.procedure_id, require_recorder, uow=uow)
    lock(deadline, uow=uow)
    require_version(deadline, version)
    return procedure, deadline


def _told_anew(deadline: LegalDeadline, before: Notice, *, uow: UnitOfWork) -> None:
    """Write the deadline, and its alerts if it is one to act before."""
    uow.session.flush()
    if deadline.protective:
        now = notice_of(deadline)
        named = (deadline.id, deadline.version, deadline.case_id, deadline.computes)
        changed = Redated(*named, before, now)
        follow([changed], held_law(uow=uow).calendar, late=True, uow=uow)
