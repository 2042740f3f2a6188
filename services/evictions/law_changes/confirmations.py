"""A lawyer confirms a version of a rule set, until a change of the network or people end it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select, update

from services.evictions.law import rulesets
from services.evictions.law.in_force import law_in_force
from services.evictions.law.model import (
    ChangeKind,
    Recomputation,
    RuleChange,
    RuleSetConfirmation,
)
from services.network.policy import require_network_administrator
from services.shared.actor import Actor
from services.shared.clock import legal_day
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ConfirmRuleSet:
    """Who confirmed which version, at which bar, on which day."""

    rule_set: str
    version: int
    lawyer: str
    bar: str
    confirmed_on: date


def confirm_rule_set(cmd: ConfirmRuleSet, *, actor: Actor, uow: UnitOfWork) -> RuleSetConfirmation:
    """Dates of this version are confirmed from the commit on, as long as nothing of it changes."""
    require_network_administrator(actor)
    law = law_in_force(uow=uow)
    if cmd.rule_set not in law.versions or law.version(cmd.rule_set, cmd.version) is None:
        raise RuleBroken("rule-set-version-unknown", rule_set=cmd.rule_set)
    if cmd.confirmed_on > uow.today():
        raise RuleBroken("confirmed-in-the-future", day=cmd.confirmed_on)
    _require_unchanged(cmd, uow=uow)
    confirmation = RuleSetConfirmation(
        rule_set=cmd.rule_set,
        number=cmd.version,
        law_text=rulesets.fingerprint(cmd.rule_set),
        lawyer=cmd.lawyer,
        bar=cmd.bar,
        confirmed_on=cmd.confirmed_on,
        recorded_by=actor.id,
        recorded_at=uow.now(),
    )
    uow.session.add(confirmation)
    uow.session.flush()
    after = {"rule_set": cmd.rule_set, "number": cmd.version, "confirmed_on": cmd.confirmed_on}
    uow.record("confirm_rule_set", confirmation, actor=actor, case_id=None, after=after)
    return confirmation


def withdraw_confirmation(
    confirmation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> RuleSetConfirmation:
    require_network_administrator(actor)
    confirmation = load(RuleSetConfirmation, confirmation_id, uow=uow, lock=True)
    require_version(confirmation, version)
    confirmation.withdraw(actor.id, uow.now())
    uow.session.flush()
    after = {"rule_set": confirmation.rule_set, "number": confirmation.number}
    uow.record(
        "withdraw_rule_set_confirmation", confirmation, actor=actor, case_id=None, after=after
    )
    return confirmation


def end_confirmations(change: RuleChange, *, uow: UnitOfWork) -> None:
    """What was confirmed of the sets that a change of the network is about: it is so no longer."""
    ended = update(RuleSetConfirmation).where(
        RuleSetConfirmation.withdrawn_at.is_(None), RuleSetConfirmation.lapsed_at.is_(None)
    )
    if change.rule_set is not None:
        ended = ended.where(RuleSetConfirmation.rule_set == change.rule_set)
    if change.kind == ChangeKind.VERSION:
        ended = ended.where(RuleSetConfirmation.number == change.number)
    # Whoever read one before is told that it changed.
    values = {"lapsed_at": uow.now(), "version": RuleSetConfirmation.version + 1}
    uow.session.execute(ended.values(values))


def _require_unchanged(cmd: ConfirmRuleSet, *, uow: UnitOfWork) -> None:
    """Conflict if the network changed the set, or a holiday, after the lawyer's day."""
    latest = uow.session.scalar(
        select(Recomputation.applied_at)
        .join(RuleChange, RuleChange.id == Recomputation.change_id)
        .where(
            Recomputation.applied_at.is_not(None),
            RuleChange.kind != ChangeKind.VERSION,
            or_(RuleChange.rule_set == cmd.rule_set, RuleChange.rule_set.is_(None)),
        )
        .order_by(Recomputation.applied_at.desc())
        .limit(1)
    )
    if latest is not None and legal_day(latest) > cmd.confirmed_on:
        raise Conflict("rule-set-changed-since")
