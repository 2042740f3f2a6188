"""Dated acts: recorded, and corrected by a new one; each change computes every deadline anew."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

from services.consent.queries import access_to
from services.documents.model import Document
from services.evictions.dates.model import Act, LegalDeadline, Procedure
from services.evictions.dates.recompute import recompute
from services.evictions.law.delivery import Delivery
from services.evictions.law.rulebook import ActKind, Ground
from services.evictions.policy import require_recorder
from services.evictions.terms.model import Term
from services.evictions.welfare_centre import steps as welfare_steps
from services.evictions.welfare_centre.model import WelfareStep
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, load_of, lock
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordAct:
    """A hearing is recorded with `hearings.set_hearing`, which knows its hour."""

    procedure_id: UUID
    kind: ActKind
    acted_on: date
    received_on: date | None = None
    delivery: Delivery | None = None
    document_id: UUID | None = None
    ground: Ground | None = None


def record_act(cmd: RecordAct, *, actor: Actor, uow: UnitOfWork) -> Act:
    """The act, its warnings, and every deadline it sets running. Nothing is ever blocked."""
    procedure = load(Procedure, cmd.procedure_id, uow=uow)
    require_recorder(access_to(procedure.case_id, uow=uow))
    lock(procedure, uow=uow)
    act = _add(procedure, cmd, None, actor=actor, uow=uow)
    recompute(procedure, actor=actor, uow=uow)
    welfare_steps.follow(procedure, uow=uow)
    uow.record("record_act", act, actor=actor, before=None, after=_written(act))
    return act


def correct_act(act_id: UUID, cmd: RecordAct, reason: str, *, actor: Actor, uow: UnitOfWork) -> Act:
    """Another date, receipt or mode for an act that was written down wrongly.

    The old row stays and names the new one. The deadlines of the old act become those of the new
    one, so that a date people put themselves stays theirs. The act of a hearing moves with it.
    """
    old = load(Act, act_id, uow=uow)
    require_recorder(access_to(old.case_id, uow=uow))
    if old.procedure_id != cmd.procedure_id:
        raise NotFound
    procedure = load(Procedure, old.procedure_id, uow=uow, lock=True)
    uow.session.refresh(old)
    if old.replaced_by is not None:
        raise Conflict("act-already-corrected")
    if old.kind == ActKind.HEARING or cmd.kind is ActKind.HEARING:
        raise RuleBroken("hearing-is-moved")
    new = _add(procedure, cmd, reason, actor=actor, uow=uow)
    old.replaced_by = new.id
    moved = update(LegalDeadline).where(LegalDeadline.act_id == old.id).values(act_id=new.id)
    uow.session.execute(moved, execution_options={"synchronize_session": "fetch"})
    uow.session.execute(update(Term).where(Term.act_id == old.id).values(act_id=new.id))
    told = update(WelfareStep).where(WelfareStep.act_id == old.id).values(act_id=new.id)
    uow.session.execute(told, execution_options={"synchronize_session": "fetch"})
    recompute(procedure, actor=actor, uow=uow)
    welfare_steps.follow(procedure, uow=uow)
    uow.record(
        "correct_act",
        old,
        actor=actor,
        before=_written(old),
        after={**_written(new), "replaced_by": new.id},
    )
    return new


def withdraw_exception(
    procedure_id: UUID, act_id: UUID, reason: str, *, actor: Actor, uow: UnitOfWork
) -> Act:
    """It was reformed, or never decided: it stays to be read, and the winter protects again."""
    act = load(Act, act_id, uow=uow)
    require_recorder(access_to(act.case_id, uow=uow))
    if act.procedure_id != procedure_id:
        raise NotFound
    procedure = load(Procedure, procedure_id, uow=uow, lock=True)
    uow.session.refresh(act)
    if act.kind != ActKind.MORATORIUM_EXCEPTION:
        raise RuleBroken("only-exceptions-are-withdrawn")
    if act.replaced_by is not None or act.lapsed_at is not None:
        raise Conflict("act-already-corrected")
    act.lapsed_at, act.correction_reason = uow.now(), reason
    uow.session.flush()
    recompute(procedure, actor=actor, uow=uow)
    uow.record(
        "withdraw_exception",
        act,
        actor=actor,
        before={"ground": act.ground, "acted_on": act.acted_on},
        after={"lapsed_at": act.lapsed_at},
    )
    return act


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


def _written(act: Act) -> dict[str, Any]:
    names = ("kind", "acted_on", "received_on", "delivery", "document_id", "ground")
    return {name: getattr(act, name) for name in names}
