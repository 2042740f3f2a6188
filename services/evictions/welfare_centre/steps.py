"""The steps of telling the public welfare centre: they follow from the acts and the rules in force.

Whoever changes an act or a regime calls `follow` in the same transaction, after `recompute`. Steps
that are due are announced to the members of the team who work at a public welfare centre and may
read the procedure at the instant of sending; to nobody else, and not while the tenant opposes it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select, update

from services.consent.hold import hold
from services.evictions.dates.model import Act, Procedure
from services.evictions.dates.recompute import Recomputed
from services.evictions.law.acts import ActKind
from services.evictions.law.rulebook import Duty
from services.evictions.policy import require_recorder
from services.evictions.welfare_centre.model import (
    StepState,
    Teller,
    WelfareOpposition,
    WelfareStep,
)
from services.shared import alerts, ladder
from services.shared.actor import Actor
from services.shared.alerts import Alert, AlertState, NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

ANNOUNCED = "evictions.welfare_step_due"
# What a rule computes that has the centre told from a day on (C. jud. art. 1344ter §3).
TOLD_FROM = "welfare_informed_from"
Key = tuple[UUID, str]


@dataclass(frozen=True)
class _Wanted:
    article: str
    certainty: str
    due_from: date | None


def follow(procedure: Procedure, found: Recomputed, *, uow: UnitOfWork) -> None:
    """Keep every step that follows from the acts in force, and none that does not.

    Steps that are done stay. `found` is what `recompute` gave.
    """
    wanted = _wanted(procedure, found)
    rows = select(WelfareStep).where(WelfareStep.procedure_id == procedure.id)
    known = {(row.act_id, row.rule_id): row for row in uow.session.scalars(rows)}
    is_opposed = not known.keys() >= wanted.keys() and opposed(procedure.id, uow=uow)
    changed = []
    for key, norm in wanted.items():
        row = known.pop(key, None)
        if row is None:
            row = _new(procedure, key, StepState.OPPOSED if is_opposed else StepState.DUE)
            uow.session.add(row)
        elif row.state == StepState.DONE or row.due_from == norm.due_from:
            continue
        row.article, row.certainty, row.due_from = norm.article, norm.certainty, norm.due_from
        changed.append(row)
    over = [row for row in known.values() if row.state != StepState.DONE]
    alerts.cancel_all([row.id for row in over], uow=uow)
    for row in over:
        uow.session.delete(row)
    uow.session.flush()
    _announce(changed, uow=uow)


def opposed(procedure_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether the tenant opposes that the centre is told of this procedure."""
    standing = exists().where(
        WelfareOpposition.procedure_id == procedure_id, WelfareOpposition.withdrawn_at.is_(None)
    )
    return bool(uow.session.scalar(select(standing)))


def stop(procedure_id: UUID, *, uow: UnitOfWork) -> None:
    """Announce nothing more of what is due, because the tenant opposes it."""
    rows = _in(procedure_id, StepState.DUE, uow=uow)
    for row in rows:
        row.state = StepState.OPPOSED
    alerts.cancel_all([row.id for row in rows], uow=uow)
    uow.session.flush()


def resume(procedure_id: UUID, *, uow: UnitOfWork) -> None:
    """Have what an opposition stopped due again, because it was withdrawn."""
    rows = _in(procedure_id, StepState.OPPOSED, uow=uow)
    for row in rows:
        row.state = StepState.DUE
    uow.session.flush()
    _announce(rows, uow=uow)


def announce_again(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Plan again the steps of a case that found nobody to tell while an opposition stood."""
    is_due = exists().where(
        WelfareStep.id == Alert.object_id,
        WelfareStep.version == Alert.object_version,
        WelfareStep.state == StepState.DUE,
    )
    again = update(Alert).where(Alert.case_id == case_id, Alert.kind == ANNOUNCED, is_due)
    again = again.where(Alert.state == AlertState.NO_RECIPIENT)
    uow.session.execute(
        again.values(state=AlertState.PLANNED), execution_options={"synchronize_session": False}
    )
    uow.wake()


def record_told(
    step_id: UUID, day: date, by: Teller, *, version: int, actor: Actor, uow: UnitOfWork
) -> WelfareStep:
    """Note that somebody told the centre on that day; what was still to be announced falls away."""
    step = hold(WelfareStep, step_id, require_recorder, version=version, uow=uow)
    before = {"state": step.state, "version": version}
    step.complete(day, by, actor.id, uow.now(), uow.today())
    uow.session.flush()
    alerts.cancel(step.id, uow=uow)
    uow.record(
        "record_welfare_centre_told",
        step,
        actor=actor,
        before=before,
        after={"state": step.state, "done_on": day, "done_by": by, "version": step.version},
    )
    return step


def _in(procedure_id: UUID, state: StepState, *, uow: UnitOfWork) -> list[WelfareStep]:
    found = select(WelfareStep).where(
        WelfareStep.procedure_id == procedure_id, WelfareStep.state == state
    )
    return list(uow.session.scalars(found))


def _wanted(procedure: Procedure, found: Recomputed) -> dict[Key, _Wanted]:
    """The steps of rules that compute the first day, and of duties whose delay was not found."""
    wanted = {
        (date_.act_id, date_.rule_id): _Wanted(date_.article, date_.certainty, date_.effective_date)
        for date_ in found.dates
        if date_.computes == TOLD_FROM
    }
    for act in found.acts:
        for duty in found.law.on(procedure.rule_set, act.acted_on).duties:
            if duty.tells_welfare_centre and _follows(duty, act):
                wanted[act.id, duty.id] = _Wanted(duty.article, duty.certainty.value, None)
    return wanted


def _follows(duty: Duty, act: Act) -> bool:
    """Whether a duty follows from this act: every decision that orders an eviction (BRU-08)."""
    return duty.follows(ActKind(act.kind)) and duty.in_force_on(act.acted_on)


def _new(procedure: Procedure, key: Key, state: StepState) -> WelfareStep:
    return WelfareStep(
        case_id=procedure.case_id,
        procedure_id=procedure.id,
        act_id=key[0],
        rule_id=key[1],
        state=state,
        despite_opposition=False,
    )


def _due_at(row: WelfareStep, now: datetime) -> datetime:
    """The morning of its first day; now if that is past or was never found."""
    return max(now, ladder.morning(row.due_from)) if row.due_from else now


def _announce(rows: list[WelfareStep], *, uow: UnitOfWork) -> None:
    """Plan each version of a step once: a day that moved cancels what was planned for the old one.

    Nothing is planned yet about a step in its first version.
    """
    due = [row for row in rows if row.state == StepState.DUE]
    alerts.cancel_all([row.id for row in due if row.version > 1], uow=uow)
    planned = [
        NewAlert(
            kind=ANNOUNCED,
            case_id=row.case_id,
            object_id=row.id,
            object_version=row.version,
            due_at=_due_at(row, uow.now()),
            recipient_role=RecipientRole.WELFARE_CENTRE,
        )
        for row in due
    ]
    alerts.plan(planned, uow=uow)
