"""The tenant's opposition to telling the public welfare centre: recorded, and withdrawn (F42).

While it stands, nobody of a public welfare centre reads the procedure category of the case, except
whoever answers for the case (services/consent/access.sql), and nothing is announced to them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.consent.hold import hold
from services.evictions.dates.model import Act, LegalDeadline, Procedure
from services.evictions.dates.recompute import IN_FORCE
from services.evictions.events import WelfareCentreOpposed, WelfareOppositionWithdrawn
from services.evictions.law.acts import ActKind
from services.evictions.law.in_force import law_in_force
from services.evictions.policy import require_recorder
from services.evictions.welfare_centre import steps as welfare_steps
from services.evictions.welfare_centre.model import (
    Manner,
    StepState,
    WelfareOpposition,
    WelfareStep,
)
from services.shared.actor import Acting, Actor, HouseholdMember
from services.shared.errors import Conflict, Refused, RuleBroken
from services.shared.loading import add_once, load_of, lock, require_version
from services.shared.unit_of_work import UnitOfWork

# The last day on which the law lets the tenant object (C. jud. art. 1344ter §4).
OBJECTION_UNTIL = "welfare_objection_until"
# The acts that bring a claim before the judge.
_CLAIMS = (ActKind.PETITION, ActKind.UNILATERAL_PETITION, ActKind.CITATION)


@dataclass(frozen=True, kw_only=True)
class Oppose:
    procedure_id: UUID
    opposed_on: date
    how: Manner


def oppose(cmd: Oppose, *, actor: Actor, uow: UnitOfWork) -> WelfareOpposition:
    """Stop sharing with the public welfare centre from this commit.

    A late opposition is accepted with a warning. Whoever works at the centre may record it, and
    loses sight of the procedure by it.
    """
    procedure = hold(Procedure, cmd.procedure_id, require_recorder, uow=uow)
    if cmd.opposed_on > uow.today():
        raise RuleBroken("opposed-in-the-future")
    opposition = WelfareOpposition(**vars(cmd), recorded_by=actor.id)
    return _write(opposition, procedure, actor=actor, uow=uow)


def oppose_in_person(
    procedure_id: UUID, *, actor: HouseholdMember, uow: UnitOfWork
) -> WelfareOpposition:
    """`oppose` by an adult of the household themselves, today. The caller holds the procedure."""
    procedure = load_of(Procedure, procedure_id, actor.case_id, uow=uow)
    opposition = WelfareOpposition(
        procedure_id=procedure_id,
        opposed_on=uow.today(),
        how=Manner.OWN_VIEW,
        recorded_by_member=actor.id,
    )
    return _write(opposition, procedure, actor=actor, uow=uow)


def _write(
    opposition: WelfareOpposition, procedure: Procedure, *, actor: Acting, uow: UnitOfWork
) -> WelfareOpposition:
    """Write an opposition, stop what is due, and announce it; the caller holds the procedure."""
    opposition.case_id, opposition.recorded_at = procedure.case_id, uow.now()
    opposition.warnings = _warnings(procedure, opposition.opposed_on, uow=uow)
    # Before the row is there: with it, somebody of a centre reaches neither steps nor alerts.
    welfare_steps.stop(procedure.id, uow=uow)
    add_once(opposition, Conflict("welfare-centre-already-opposed"), uow=uow)
    names = ("opposed_on", "how", "version")
    after = {name: getattr(opposition, name) for name in names}
    uow.record(
        "oppose_welfare_centre",
        opposition,
        actor=actor,
        before=None,
        after=after | {"warnings": [each["code"] for each in opposition.warnings]},
    )
    event = WelfareCentreOpposed(
        case_id=opposition.case_id, procedure_id=procedure.id, opposition_id=opposition.id
    )
    uow.announce(event, actor=actor)
    return opposition


def withdraw_opposition(
    opposition_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> WelfareOpposition:
    """Withdraw an opposition: consent alone decides again, and what was stopped is due."""
    opposition = hold(WelfareOpposition, opposition_id, require_recorder, version=version, uow=uow)
    return _withdraw(opposition, actor=actor, uow=uow)


def withdraw_in_person(
    opposition_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> WelfareOpposition:
    """`withdraw_opposition` by an adult: of their own, or of one that the team wrote down.

    The caller holds the procedures of the household.
    """
    opposition = load_of(WelfareOpposition, opposition_id, actor.case_id, uow=uow)
    if opposition.recorded_by_member not in (None, actor.id):
        raise Refused("opposition-of-another-adult")
    lock(opposition, uow=uow)
    require_version(opposition, version)
    return _withdraw(opposition, actor=actor, uow=uow)


def _withdraw(
    opposition: WelfareOpposition, *, actor: Actor | HouseholdMember, uow: UnitOfWork
) -> WelfareOpposition:
    before = {"withdrawn_at": None, "version": opposition.version}
    opposition.withdraw(actor, uow.now())
    uow.session.flush()
    welfare_steps.resume(opposition.procedure_id, uow=uow)
    welfare_steps.announce_again(opposition.case_id, uow=uow)
    uow.record(
        "withdraw_welfare_opposition",
        opposition,
        actor=actor,
        before=before,
        after={"withdrawn_at": opposition.withdrawn_at, "version": opposition.version},
    )
    event = WelfareOppositionWithdrawn(
        case_id=opposition.case_id,
        procedure_id=opposition.procedure_id,
        opposition_id=opposition.id,
    )
    uow.announce(event, actor=actor)
    return opposition


def _warnings(procedure: Procedure, day: date, *, uow: UnitOfWork) -> list[dict[str, Any]]:
    """What is doubtful in an opposition, and never blocks it.

    It comes before the claim or late, is not known to exist under this regime, or follows when the
    centre was told.
    """
    return [
        *_before_the_claim(procedure, day, uow=uow),
        *_doubts_of_the_law(procedure, day, uow=uow),
        *(
            {
                "code": "centre-already-told",
                "rule_id": step.rule_id,
                "article": step.article,
                "certainty": step.certainty,
                "day": step.done_on.isoformat() if step.done_on else None,
            }
            for step in uow.session.scalars(
                select(WelfareStep)
                .where(WelfareStep.procedure_id == procedure.id)
                .where(WelfareStep.state == StepState.DONE)
                .order_by(WelfareStep.done_on, WelfareStep.id)
            )
        ),
    ]


def _before_the_claim(procedure: Procedure, day: date, *, uow: UnitOfWork) -> list[dict[str, Any]]:
    claims = select(func.min(Act.acted_on)).where(
        Act.procedure_id == procedure.id, Act.kind.in_(_CLAIMS), *IN_FORCE
    )
    claimed_on = uow.session.scalar(claims)
    if claimed_on is None or claimed_on <= day:
        return []
    return [{"code": "before-the-claim", "day": claimed_on.isoformat()}]


def _doubts_of_the_law(procedure: Procedure, day: date, *, uow: UnitOfWork) -> list[dict[str, Any]]:
    rule_set = law_in_force(uow=uow).on(procedure.rule_set, day)
    if not any(rule.computes == OBJECTION_UNTIL for rule in rule_set.rules):
        return [
            {
                "code": "right-to-object-unverified",
                "rule_id": duty.id,
                "article": duty.article,
                "certainty": duty.certainty.value,
                "day": None,
            }
            for duty in rule_set.duties
            if duty.tells_welfare_centre and ActKind.PETITION in duty.triggers
        ]
    last = uow.session.scalars(
        select(LegalDeadline)
        .where(LegalDeadline.procedure_id == procedure.id)
        .where(LegalDeadline.computes == OBJECTION_UNTIL)
    )
    # The last of several summonses counts: no opposition is called late without need.
    latest = max(last, key=lambda row: row.effective_date, default=None)
    if latest is None or day <= latest.effective_date:
        return []
    return [
        {
            "code": "after-legal-term",
            "rule_id": latest.rule_id,
            "article": latest.article,
            "certainty": latest.certainty,
            "day": latest.effective_date.isoformat(),
        }
    ]
