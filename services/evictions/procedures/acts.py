"""Dated acts: recorded, and corrected by a new one; each change computes every deadline anew."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

from services.consent.hold import hold
from services.documents.model import Document
from services.evictions.counting.delivery import Delivery
from services.evictions.dates.model import Act, LegalDeadline, Procedure
from services.evictions.law.acts import WITH_AN_END, ActKind, Ground
from services.evictions.policy import require_recorder
from services.evictions.procedures import consequences
from services.evictions.terms.model import Term
from services.evictions.welfare_centre.model import WelfareStep
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, load_of, lock
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordAct:
    """A hearing is recorded with `hearings.set_hearing`, which knows its hour.

    `posted_by`: the liaison whose posting the team confirms by it.
    """

    procedure_id: UUID
    kind: ActKind
    acted_on: date
    received_on: date | None = None
    delivery: Delivery | None = None
    document_id: UUID | None = None
    ground: Ground | None = None
    until_on: date | None = None
    posted_by: UUID | None = None


def record_act(cmd: RecordAct, *, actor: Actor, uow: UnitOfWork) -> Act:
    """Record an act, its warnings, and every deadline it sets running. Nothing is ever blocked."""
    procedure = hold(Procedure, cmd.procedure_id, require_recorder, uow=uow)
    return add_act(procedure, cmd, actor=actor, uow=uow)


def add_act(procedure: Procedure, cmd: RecordAct, *, actor: Actor, uow: UnitOfWork) -> Act:
    """`record_act` for a caller who holds the procedure and may record in it."""
    act = _add(procedure, cmd, None, actor=actor, uow=uow)
    consequences.follow(procedure, actor=actor, uow=uow)
    uow.record("record_act", act, actor=actor, after=_written(act), with_next=True)
    return act


def correct_act(act_id: UUID, cmd: RecordAct, reason: str, *, actor: Actor, uow: UnitOfWork) -> Act:
    """Replace an act that was written down wrongly by a new one.

    The old row stays and names the new one. The deadlines of the old act become those of the new
    one, so that a date people put themselves stays theirs. The act of a hearing moves with it. An
    act corrected into itself stays as it is.
    """
    procedure, old = _held(cmd.procedure_id, act_id, uow=uow)
    if old.replaced_by is not None:
        raise Conflict("act-already-corrected")
    if old.struck_at is not None:
        raise Conflict("act-not-in-force")
    if old.kind == ActKind.HEARING or cmd.kind is ActKind.HEARING:
        raise RuleBroken("hearing-is-moved")
    if _written(old) == _written(cmd):
        return old
    new = _add(procedure, replace(cmd, posted_by=old.posted_by), reason, actor=actor, uow=uow)
    old.replaced_by = new.id
    alerts.cancel(old.id, uow=uow)
    for follower in (LegalDeadline, Term, WelfareStep):
        moved = update(follower).where(follower.act_id == old.id).values(act_id=new.id)
        uow.session.execute(moved, execution_options={"synchronize_session": "fetch"})
    consequences.follow(procedure, actor=actor, uow=uow)
    uow.record(
        "correct_act",
        old,
        actor=actor,
        before=_written(old),
        after={**_written(new), "replaced_by": new.id},
    )
    return new


def _held(procedure_id: UUID, act_id: UUID, *, uow: UnitOfWork) -> tuple[Procedure, Act]:
    """The procedure, held, and one of its acts as it is now: acts change only under that lock."""
    procedure = hold(Procedure, procedure_id, require_recorder, uow=uow)
    act = load(Act, act_id, uow=uow)
    if act.procedure_id != procedure_id:
        raise NotFound
    lock(act, uow=uow)
    return procedure, act


def _add(
    procedure: Procedure,
    cmd: RecordAct,
    correction_reason: str | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> Act:
    if (cmd.kind is ActKind.MORATORIUM_EXCEPTION) != (cmd.ground is not None):
        raise RuleBroken("exception-needs-its-ground")
    _require_end(cmd)
    if cmd.document_id is not None:
        load_of(Document, cmd.document_id, procedure.case_id, uow=uow)
    act = Act(
        **vars(cmd),
        case_id=procedure.case_id,
        correction_reason=correction_reason,
        warnings=[],
        recorded_by=actor.id,
        recorded_at=uow.now(),
    )
    uow.session.add(act)
    uow.session.flush()
    return act


def _require_end(cmd: RecordAct) -> None:
    """RuleBroken unless a delay that the judge granted has its end, not before it was granted."""
    if cmd.until_on is None:
        if cmd.kind is ActKind.DELAY_GRANTED:
            raise RuleBroken("delay-needs-its-end")
    elif cmd.kind not in WITH_AN_END or cmd.until_on < cmd.acted_on:
        raise RuleBroken("act-has-no-such-end")


def _written(act: Act | RecordAct) -> dict[str, Any]:
    names = ("kind", "acted_on", "received_on", "delivery", "document_id", "ground", "until_on")
    return {name: getattr(act, name) for name in names}
