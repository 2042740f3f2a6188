"""The rules and the calendar that hold: what comes with the program, as the network changed it.

A version of a rule set holds for acts done from its `valid_from` on; a rule, a moratorium, an
exception or a duty that was disabled or altered is so in every version. Pure, but for what takes a
unit of work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import select, text

from services.evictions.counting.calendar import Calendar, LegalHoliday, belgium
from services.evictions.counting.rulefile import Words
from services.evictions.law import rulesets
from services.evictions.law.model import ChangeKind, ChangeState, RuleChange
from services.evictions.law.norms import Certainty, Norm
from services.evictions.law.rulebook import Rule, RuleSet
from services.shared.unit_of_work import UnitOfWork

# Held shared by whoever computes by the law, and alone by whoever changes it.
_LOCK = 7410225
# Under which a unit of work keeps the law: as it was read, and as it is locked.
_READ, _HELD = "law", "law held"
N = TypeVar("N", bound=Norm)


@dataclass(frozen=True)
class Change:
    """What a `RuleChange` says, as a value."""

    kind: ChangeKind
    rule_set: str | None = None
    source: str | None = None
    rule_id: str | None = None
    delay: int | None = None
    valid_until: date | None = None
    day: date | None = None
    names: Words | None = None


@dataclass(frozen=True)
class Law:
    """Every version of every rule set, the latest first, and the calendar."""

    versions: Mapping[str, tuple[RuleSet, ...]]
    calendar: Calendar

    def on(self, code: str, day: date) -> RuleSet:
        """The version that holds for an act of that day; before all of them, the first."""
        versions = self.versions[code]
        return next((each for each in versions if each.valid_from <= day), versions[-1])

    def chained(self) -> frozenset[str]:
        """What rules compute that wait for another date, or that another one waits for."""
        every = (rule for sets in self.versions.values() for each in sets for rule in each.rules)
        return frozenset(
            name for rule in every if rule.after for name in (rule.computes, rule.after)
        )

    def version(self, code: str, number: int) -> RuleSet | None:
        """The version with this number, if it is in force; a retired one is not."""
        return next((each for each in self.versions[code] if each.version == number), None)


def law_in_force(*, uow: UnitOfWork) -> Law:
    """The law that holds now, to explain by. Read once in a transaction."""
    return uow.once(_READ, lambda: law_of(_active(uow=uow)))


def held_law(*, uow: UnitOfWork) -> Law:
    """The law that holds now and goes on holding until this transaction ends, to compute by.

    Locked and read once in a transaction. What was read before the lock is read again.
    """
    return uow.once(_HELD, lambda: _hold(uow=uow))


def _hold(*, uow: UnitOfWork) -> Law:
    uow.session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})
    uow.forget(_READ)
    return law_in_force(uow=uow)


def law_with(change: RuleChange, *, retired: bool, uow: UnitOfWork) -> Law:
    """The law as it would be if this change were made, or taken back; nothing is changed."""
    others = tuple(each for each in _active(uow=uow) if each != value_of(change))
    return law_of(others if retired else (*others, value_of(change)))


def hold_alone(*, uow: UnitOfWork) -> None:
    """Take the law's lock exclusively: wait for running computations; later ones see the change."""
    uow.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def forget_law(*, uow: UnitOfWork) -> None:
    """Have the law read again in this transaction, which has just changed it."""
    uow.forget(_READ, _HELD)


@lru_cache(maxsize=16)
def law_of(changes: tuple[Change, ...]) -> Law:
    versions = {code: [rulesets.shipped(code)] for code in rulesets.codes()}
    for change in changes:
        if change.kind is ChangeKind.VERSION and change.source and change.rule_set:
            loaded = rulesets.parse_rule_set(change.source, change.rule_set)
            versions[change.rule_set].append(_less_sure(loaded))
    return Law(
        {
            code: tuple(
                _changed(each, changes)
                for each in sorted(found, key=lambda v: (v.valid_from, v.version), reverse=True)
            )
            for code, found in versions.items()
        },
        _calendar(changes),
    )


def value_of(row: RuleChange) -> Change:
    return Change(
        kind=ChangeKind(row.kind),
        rule_set=row.rule_set,
        source=row.source,
        rule_id=row.rule_id,
        delay=row.delay,
        valid_until=row.valid_until,
        day=row.day,
        names=Words(**row.names) if row.names else None,
    )


def _active(*, uow: UnitOfWork) -> tuple[Change, ...]:
    found = select(RuleChange).where(RuleChange.state == ChangeState.ACTIVE)
    return tuple(
        value_of(row)
        for row in uow.session.scalars(found.order_by(RuleChange.made_at, RuleChange.id))
    )


def _changed(rule_set: RuleSet, changes: tuple[Change, ...]) -> RuleSet:
    """The rule set without norms that are gone; a rule whose moratorium is gone obeys none."""
    own = [each for each in changes if each.rule_set == rule_set.code and each.rule_id]
    seasons = tuple(
        replace(each, exemptions=_kept(each.exemptions, own))
        for each in _kept(rule_set.moratoria, own)
    )
    known = {each.id: each for each in seasons}
    return replace(
        rule_set,
        rules=tuple(
            replace(rule, moratorium=known.get(rule.moratorium.id) if rule.moratorium else None)
            for rule in _kept(rule_set.rules, own)
        ),
        moratoria=seasons,
        duties=_kept(rule_set.duties, own),
    )


def _kept(norms: tuple[N, ...], own: Sequence[Change]) -> tuple[N, ...]:
    gone = {each.rule_id for each in own if each.kind is ChangeKind.RULE_DISABLED}
    altered = {each.rule_id: each for each in own if each.kind is ChangeKind.RULE_ALTERED}
    left = (norm for norm in norms if norm.id not in gone)
    return tuple(_altered(norm, altered[norm.id]) if norm.id in altered else norm for norm in left)


def _less_sure(loaded: RuleSet) -> RuleSet:
    """A network's own version: what differs in it from the norms that ship is never `found`."""
    shipped = {norm.id: norm for norm in rulesets.shipped(loaded.code).norms()}
    return replace(
        loaded,
        rules=tuple(_doubted(each, shipped) for each in loaded.rules),
        moratoria=tuple(
            replace(
                _doubted(each, shipped),
                exemptions=tuple(_doubted(one, shipped) for one in each.exemptions),
            )
            for each in loaded.moratoria
        ),
        duties=tuple(_doubted(each, shipped) for each in loaded.duties),
    )


def _doubted(norm: N, shipped: Mapping[str, Norm]) -> N:
    if norm.certainty is not Certainty.FOUND or shipped.get(norm.id) == norm:
        return norm
    return replace(norm, certainty=Certainty.DISPUTED)


def _altered(norm: N, change: Change) -> N:
    until = change.valid_until or norm.valid_until
    if isinstance(norm, Rule) and change.delay is not None:
        return replace(_doubted(norm, {}), delay=change.delay, valid_until=until)
    return replace(norm, valid_until=until)


def _calendar(changes: tuple[Change, ...]) -> Calendar:
    added = tuple(_holiday(each) for each in changes if each.kind is ChangeKind.HOLIDAY_ADDED)
    removed = {each.day for each in changes if each.kind is ChangeKind.HOLIDAY_REMOVED and each.day}
    return Calendar((*belgium().holidays, *added), frozenset(removed))


def _holiday(change: Change) -> LegalHoliday:
    assert change.day is not None
    assert change.names is not None
    return LegalHoliday(
        code="network",
        names=change.names,
        source="decision of the network",
        fixed=(change.day.month, change.day.day),
        from_year=change.day.year,
        until_year=change.day.year,
    )
