"""What a network changes in the law as data: drafted here, previewed and applied elsewhere."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.evictions.counting.arithmetic import DeadlineError, require_meaning
from services.evictions.counting.rulefile import RuleFileError, Words
from services.evictions.law import rulesets
from services.evictions.law.in_force import Law, forget_law, hold_alone, law_in_force
from services.evictions.law.model import (
    ChangeKind,
    ChangeState,
    Recomputation,
    RuleChange,
    RunState,
)
from services.evictions.law.norms import Norm
from services.evictions.law.rulebook import Rule, RuleSet
from services.evictions.law_changes.confirmations import end_confirmations
from services.evictions.law_changes.queries import require_latest
from services.network.policy import require_network_administrator
from services.shared.actor import Actor
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load, require_version
from services.shared.unit_of_work import UnitOfWork

# A version number is written by people: higher than the last, not a timestamp.
_HIGHEST = 9999
_LINE = re.compile(r"line (\d+)")


def load_rule_set(source: str, reason: str, *, actor: Actor, uow: UnitOfWork) -> RuleChange:
    """Draft a version of a rule set of this program, given as TOML; a broken one names its line."""
    require_network_administrator(actor)
    rule_set = _read(source)
    if rule_set.code not in rulesets.codes():
        raise RuleBroken("rule-set-unknown", rule_set=rule_set.code)
    if not rulesets.shipped(rule_set.code).version < rule_set.version <= _HIGHEST:
        raise RuleBroken("rule-set-not-newer", rule_set=rule_set.code)
    change = RuleChange(
        kind=ChangeKind.VERSION,
        rule_set=rule_set.code,
        number=rule_set.version,
        valid_from=rule_set.valid_from,
        source=source,
        reason=reason,
    )
    return _draft(change, actor=actor, uow=uow)


@dataclass(frozen=True, kw_only=True)
class ChangeRule:
    """What to change about a norm, in every version of the rule set.

    It is disabled, or has another delay or end of validity. `rule_id` names a rule, a
    moratorium, an exception to one or a duty; only a rule has a delay.
    """

    rule_set: str
    rule_id: str
    reason: str
    disabled: bool = False
    delay: int | None = None
    valid_until: date | None = None


def change_rule(cmd: ChangeRule, *, actor: Actor, uow: UnitOfWork) -> RuleChange:
    require_network_administrator(actor)
    norm = _norm(law_in_force(uow=uow), cmd)
    if cmd.disabled == (cmd.delay is not None or cmd.valid_until is not None):
        raise RuleBroken("rule-change-says-nothing")
    _require_delay(cmd, norm)
    values = vars(cmd) | {"kind": ChangeKind.RULE_ALTERED}
    if values.pop("disabled"):
        values["kind"] = ChangeKind.RULE_DISABLED
    return _draft(RuleChange(**values), actor=actor, uow=uow)


@dataclass(frozen=True, kw_only=True)
class ChangeHoliday:
    """A day that is a legal holiday after all (`names`), or is none."""

    day: date
    reason: str
    names: Words | None = None


def change_holiday(cmd: ChangeHoliday, *, actor: Actor, uow: UnitOfWork) -> RuleChange:
    require_network_administrator(actor)
    known = law_in_force(uow=uow).calendar.holiday(cmd.day)
    if (known is None) == (cmd.names is None):
        raise RuleBroken("holiday-unknown" if known is None else "holiday-known", day=cmd.day)
    names = cmd.names
    change = RuleChange(
        kind=ChangeKind.HOLIDAY_ADDED if names else ChangeKind.HOLIDAY_REMOVED,
        day=cmd.day,
        names={"en": names.en, "fr": names.fr, "nl": names.nl} if names else None,
        reason=cmd.reason,
    )
    return _draft(change, actor=actor, uow=uow)


def withdraw_draft(change_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> RuleChange:
    """Drop a draft that is not wanted after all; what is active is retired through a preview."""
    require_network_administrator(actor)
    change = load(RuleChange, change_id, uow=uow, lock=True)
    require_version(change, version)
    if change.state != ChangeState.DRAFT:
        raise Conflict("rule-change-has-no-such-step")
    change.state = ChangeState.RETIRED
    uow.session.flush()
    _audit("withdraw_rule_change", change, ChangeState.DRAFT, actor=actor, uow=uow)
    return change


def preview_change(
    change_id: UUID, *, retires: bool, actor: Actor, uow: UnitOfWork
) -> Recomputation:
    """Ask what would move if the change were made, or taken back. The workers answer."""
    require_network_administrator(actor)
    change = load(RuleChange, change_id, uow=uow)
    change.require_step(retires=retires)
    run = Recomputation(
        change_id=change.id,
        retires=retires,
        state=RunState.PREVIEWING,
        asked_by=actor.id,
        asked_at=uow.now(),
    )
    run.start_over()
    uow.session.add(run)
    uow.session.flush()
    after = {"change": change.id, "retires": retires, "state": run.state}
    uow.record("preview_rule_change", run, actor=actor, case_id=None, after=after)
    uow.wake()
    return run


def apply_preview(
    recomputation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Recomputation:
    """Let the change hold from this commit on; the workers compute what is running anew."""
    require_network_administrator(actor)
    hold_alone(uow=uow)
    run = load(Recomputation, recomputation_id, uow=uow, lock=True)
    require_version(run, version)
    require_latest(run, uow=uow)
    change = load(RuleChange, run.change_id, uow=uow, lock=True)
    before = {"state": run.state, "change_state": change.state}
    run.apply(actor.id, uow.now())
    change.step(retires=run.retires)
    uow.session.flush()
    forget_law(uow=uow)
    end_confirmations(change, uow=uow)
    after = {"state": run.state, "change_state": change.state, "change": change.id}
    uow.record("apply_rule_change", run, actor=actor, case_id=None, before=before, after=after)
    uow.wake()
    return run


def _read(source: str) -> RuleSet:
    try:
        return rulesets.parse_rule_set(source, "rule set")
    except RuleFileError as fault:
        line = _LINE.search(str(fault))
        raise RuleBroken(
            "rule-set-broken", line=int(line[1]) if line else 1, fault=str(fault)
        ) from fault


def _require_delay(cmd: ChangeRule, norm: Norm) -> None:
    """RuleBroken unless another delay has a meaning and is that of a rule: nothing else has one."""
    if not isinstance(norm, Rule):
        if cmd.delay is not None:
            raise RuleBroken("rule-has-no-delay", rule=norm.id)
        return
    try:
        require_meaning(cmd.delay or norm.delay, norm.unit, norm.counting)
    except DeadlineError as fault:
        raise RuleBroken("rule-delay-meaningless") from fault


def _norm(law: Law, cmd: ChangeRule) -> Norm:
    versions = law.versions.get(cmd.rule_set, ())
    norms = (norm for each in versions for norm in each.norms() if norm.id == cmd.rule_id)
    found = next(norms, None)
    if found is None:
        raise RuleBroken("rule-unknown", rule_set=cmd.rule_set, rule=cmd.rule_id)
    return found


def _draft(change: RuleChange, *, actor: Actor, uow: UnitOfWork) -> RuleChange:
    change.state, change.made_by, change.made_at = ChangeState.DRAFT, actor.id, uow.now()
    uow.session.add(change)
    uow.session.flush()
    _audit("draft_rule_change", change, None, actor=actor, uow=uow)
    return change


def _audit(
    action: str, change: RuleChange, before: str | None, *, actor: Actor, uow: UnitOfWork
) -> None:
    after: dict[str, Any] = {"state": change.state, "kind": change.kind, "number": change.number}
    after |= {"rule": change.rule_id, "delay": change.delay, "day": change.day}
    was = {"state": before} if before else None
    uow.record(action, change, actor=actor, case_id=None, before=was, after=after)
