"""The workers' part in a changed law: compare every running deadline, then write what moved.

A batch of procedures a turn, each in a transaction of its own: who is interrupted goes on after the
last batch that was committed. Neither compares nor writes a case that is closed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import defer, load_only

from services.cases.model import Case
from services.evictions.law import Law, law_in_force, law_with
from services.evictions.model import Act, LegalDeadline, Procedure
from services.evictions.recomputing import IN_FORCE, Difference, compare, computed, write
from services.evictions.rule_model import (
    Recomputation,
    RecomputedDeadline,
    RuleChange,
    RunState,
)
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

BATCH = 200
URGENT = timedelta(days=7)
MOVED = "evictions.deadline_moved"
DIGEST = "evictions.deadlines_recomputed"


_UNREAD = tuple(
    defer(column, raiseload=True)
    for column in (
        LegalDeadline.override_reason,
        LegalDeadline.lifted_date,
        LegalDeadline.lift_reason,
        LegalDeadline.lifted_by,
    )
)


@dataclass(frozen=True)
class _Running:
    """A procedure with what its dates follow from, as far as workers may read it."""

    procedure: Procedure
    acts: Sequence[Act]
    rows: Sequence[LegalDeadline]


def advance_recomputation(*, uow: UnitOfWork) -> int:
    """One batch of the oldest recomputation that is under way. For the timetable."""
    open_states = (RunState.PREVIEWING, RunState.APPLYING)
    run = uow.session.scalar(
        select(Recomputation)
        .where(Recomputation.state.in_(open_states))
        .order_by(Recomputation.asked_at, Recomputation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if run is None:
        return 0
    batch = _batch(run, uow=uow)
    if run.after is None:
        of_run = delete(RecomputedDeadline).where(RecomputedDeadline.recomputation_id == run.id)
        uow.session.execute(of_run)
    law = _law(run, uow=uow)
    for each in batch:
        _one(run, each, law, uow=uow)
    run.procedures_done += len(batch)
    if len(batch) == BATCH:
        run.after = batch[-1].procedure.id
    else:
        _finish(run, uow=uow)
    return len(batch)


def _law(run: Recomputation, *, uow: UnitOfWork) -> Law:
    if run.state == RunState.APPLYING:
        return law_in_force(uow=uow)
    change = uow.session.get_one(RuleChange, run.change_id)
    return law_with(change, retired=run.retires, uow=uow)


def _batch(run: Recomputation, *, uow: UnitOfWork) -> list[_Running]:
    closed = select(Case.id).where(Case.id == Procedure.case_id, Case.state == "closed").exists()
    wanted = (
        select(Procedure)
        .options(load_only(Procedure.id, Procedure.case_id, Procedure.rule_set, raiseload=True))
        .where(~closed)
        .order_by(Procedure.id)
        .limit(BATCH)
    )
    if run.after is not None:
        wanted = wanted.where(Procedure.id > run.after)
    procedures = uow.session.scalars(wanted).all()
    ids = [each.id for each in procedures]
    acts, rows = _acts(ids, uow=uow), _rows(ids, uow=uow)
    return [_Running(each, acts[each.id], rows[each.id]) for each in procedures]


def _acts(procedures: list[UUID], *, uow: UnitOfWork) -> dict[UUID, list[Act]]:
    columns = (
        Act.id,
        Act.case_id,
        Act.procedure_id,
        Act.kind,
        Act.acted_on,
        Act.received_on,
        Act.delivery,
    )
    found: dict[UUID, list[Act]] = defaultdict(list)
    for act in uow.session.scalars(
        select(Act)
        .options(load_only(*columns, raiseload=True))
        .where(Act.procedure_id.in_(procedures), *IN_FORCE)
        .order_by(Act.acted_on, Act.id)
    ):
        found[act.procedure_id].append(act)
    return found


def _rows(procedures: list[UUID], *, uow: UnitOfWork) -> dict[UUID, list[LegalDeadline]]:
    """Without the words people gave for a date of their own: a worker may not read them."""
    found: dict[UUID, list[LegalDeadline]] = defaultdict(list)
    for row in uow.session.scalars(
        select(LegalDeadline).options(*_UNREAD).where(LegalDeadline.procedure_id.in_(procedures))
    ):
        found[row.procedure_id].append(row)
    return found


def _one(run: Recomputation, running: _Running, law: Law, *, uow: UnitOfWork) -> None:
    procedure = running.procedure
    try:
        wanted = computed(running.acts, procedure.rule_set, law)
    except RuleBroken:
        # A date beyond the calendar: this procedure keeps the dates it has, and is counted.
        run.skipped += 1
        return
    if run.state == RunState.APPLYING:
        moved = write(procedure, wanted, running.rows, law, at_once=False, uow=uow)
        _tell_of_near_dates(procedure, moved, uow=uow)
    else:
        moved = compare(wanted, running.rows)
    if moved:
        _note(run, procedure, moved, uow=uow)


def _note(
    run: Recomputation, procedure: Procedure, moved: list[Difference], *, uow: UnitOfWork
) -> None:
    for each in moved:
        setattr(run, each.kind, getattr(run, each.kind) + 1)
        uow.session.add(
            RecomputedDeadline(
                **vars(each),
                recomputation_id=run.id,
                case_id=procedure.case_id,
                procedure_id=procedure.id,
            )
        )
    if run.state == RunState.APPLYING:
        uow.audit(
            "recompute_deadlines",
            procedure,
            actor=None,
            case_id=procedure.case_id,
            before={f"{each.act_id}/{each.rule_id}": each.before for each in moved},
            after={f"{each.act_id}/{each.rule_id}": each.after for each in moved}
            | {"recomputation": run.id},
        )


def _tell_of_near_dates(procedure: Procedure, moved: list[Difference], *, uow: UnitOfWork) -> None:
    """A date that is now near has an alert of its own, in the commit that moved it."""
    keys = {(each.act_id, each.rule_id) for each in moved if each.kind in ("changed", "new")}
    near = (uow.today(), uow.today() + URGENT)
    if not keys:
        return
    rows = _rows([procedure.id], uow=uow)[procedure.id]
    urgent = [
        NewAlert(
            kind=MOVED,
            case_id=row.case_id,
            object_id=row.id,
            object_version=row.version,
            due_at=uow.now(),
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts={"due_on": row.cautious_date.isoformat()},
        )
        for row in rows
        if (row.act_id, row.rule_id) in keys and near[0] <= row.cautious_date <= near[1]
    ]
    alerts.plan(urgent, uow=uow)


_CONCERNED = text(
    """
    SELECT DISTINCT r.professional_id FROM recomputed_deadlines d
    JOIN reference_assignments r ON r.case_id = d.case_id AND r.period @> :now
    WHERE d.recomputation_id = :run
    """
)


def _finish(run: Recomputation, *, uow: UnitOfWork) -> None:
    """All is compared, or all is written: each reference worker concerned is told once."""
    if run.state == RunState.PREVIEWING:
        run.state = RunState.PREVIEWED
        return
    uow.session.flush()
    run.state = RunState.APPLIED
    values = {"run": run.id, "now": uow.now()}
    digests = [
        NewAlert(
            kind=DIGEST,
            object_id=run.id,
            due_at=uow.now(),
            recipient_role=RecipientRole.PERSON,
            recipient_id=professional,
        )
        for professional in uow.session.scalars(_CONCERNED, values)
    ]
    alerts.plan(digests, uow=uow)
