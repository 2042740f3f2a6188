"""Open a procedure, record its acts, override a computed date."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.cases.commands import add_task
from services.consent.policy import require_reference_worker
from services.consent.queries import access_to
from services.evictions import rulebook
from services.evictions.calendar import belgium
from services.evictions.counting import DeadlineError
from services.evictions.deadlines import Deadline
from services.evictions.events import ActRecorded, DeadlineOverridden, ProcedureOpened
from services.evictions.model import Act, LegalDeadline, Procedure
from services.evictions.policy import require_recorder
from services.evictions.rulebook import ActKind, Rule, RuleSet
from services.evictions.tasks import opening_tasks
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OpenProcedure:
    case_id: UUID
    canton: str
    roll_number: str | None = None


def open_procedure(cmd: OpenProcedure, *, actor: Actor, uow: UnitOfWork) -> Procedure:
    """Under the Brussels rule set; the tasks such a procedure asks for are written with it."""
    require_reference_worker(access_to(cmd.case_id, uow=uow))
    procedure = Procedure(
        **vars(cmd), rule_set=rulebook.brussels().code, opened_at=uow.now(), opened_by=actor.id
    )
    uow.session.add(procedure)
    uow.session.flush()
    for task in opening_tasks(cmd.case_id, today=uow.today(), language=actor.language):
        add_task(task, actor=actor, uow=uow)
    after = {"canton": procedure.canton, "rule_set": procedure.rule_set}
    uow.audit("open_procedure", procedure, actor=actor, case_id=cmd.case_id, after=after)
    uow.record(ProcedureOpened(case_id=cmd.case_id, procedure_id=procedure.id), actor=actor)
    return procedure


@dataclass(frozen=True, kw_only=True)
class RecordAct:
    """A hearing is recorded with `hearings.set_hearing`, which knows its hour."""

    procedure_id: UUID
    kind: ActKind
    acted_on: date
    received_on: date | None = None


def record_act(cmd: RecordAct, *, actor: Actor, uow: UnitOfWork) -> Act:
    """The act, its warnings, and every deadline it sets running. Nothing is ever blocked."""
    procedure = load(Procedure, cmd.procedure_id, uow=uow)
    require_recorder(access_to(procedure.case_id, uow=uow))
    lock(procedure, uow=uow)
    act = Act(
        **vars(cmd),
        case_id=procedure.case_id,
        warnings=_warnings(cmd, uow=uow),
        recorded_by=actor.id,
        recorded_at=uow.now(),
    )
    uow.session.add(act)
    uow.session.flush()
    recompute(procedure, uow=uow)
    after = {"kind": cmd.kind, "acted_on": cmd.acted_on, "received_on": cmd.received_on}
    uow.audit("record_act", act, actor=actor, case_id=act.case_id, after=after)
    uow.record(
        ActRecorded(case_id=act.case_id, procedure_id=procedure.id, act_id=act.id), actor=actor
    )
    return act


def _warnings(cmd: RecordAct, *, uow: UnitOfWork) -> list[dict[str, Any]]:
    """Earliest lawful dates of this kind of act that the recorded day does not respect."""
    too_early = uow.session.scalars(
        select(LegalDeadline)
        .where(LegalDeadline.procedure_id == cmd.procedure_id)
        .where(LegalDeadline.computes == f"{cmd.kind.value}_not_before")
        .where(LegalDeadline.falls_on > cmd.acted_on)
        .order_by(LegalDeadline.falls_on)
    )
    return [
        {
            "code": "before-lawful-date",
            "rule_id": deadline.rule_id,
            "lawful_from": deadline.effective_date.isoformat(),
            "article": deadline.article,
        }
        for deadline in too_early
    ]


def recompute(procedure: Procedure, *, uow: UnitOfWork) -> None:
    """All deadlines from their base acts again; overridden ones keep the date people gave them."""
    rule_set = rulebook.brussels()
    known = {
        (row.act_id, row.rule_id): row
        for row in uow.session.scalars(
            select(LegalDeadline).where(LegalDeadline.procedure_id == procedure.id)
        )
    }
    for act in uow.session.scalars(select(Act).where(Act.procedure_id == procedure.id)):
        for rule, deadline in computed_after(act, rule_set):
            row = known.get((act.id, rule.id))
            if row is None:
                row = LegalDeadline(case_id=act.case_id, procedure_id=procedure.id, act_id=act.id)
                uow.session.add(row)
            _fill(row, rule, deadline, rule_set)
    uow.session.flush()


def computed_after(act: Act, rule_set: RuleSet) -> tuple[tuple[Rule, Deadline], ...]:
    """What an act sets running under a rule set."""
    try:
        return rulebook.deadlines_after(ActKind(act.kind), act.acted_on, rule_set, belgium())
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


def override_deadline(
    deadline_id: UUID, day: date, reason: str, *, version: int, actor: Actor, uow: UnitOfWork
) -> LegalDeadline:
    """A person's date instead of the computed one, with the reason; it survives recomputation."""
    deadline = load(LegalDeadline, deadline_id, uow=uow)
    require_recorder(access_to(deadline.case_id, uow=uow))
    lock(deadline, uow=uow)
    require_version(deadline, version)
    before = deadline.effective_date
    deadline.override(day, reason, actor.id)
    uow.session.flush()
    uow.audit(
        "override_deadline",
        deadline,
        actor=actor,
        case_id=deadline.case_id,
        before={"date": before, "version": version},
        after={"date": day, "version": deadline.version},
    )
    uow.record(
        DeadlineOverridden(
            case_id=deadline.case_id, procedure_id=deadline.procedure_id, deadline_id=deadline.id
        ),
        actor=actor,
    )
    return deadline
