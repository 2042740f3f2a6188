"""The rule sets: which legal dates an act sets in motion, as data with source and certainty.

A rule set is one TOML file in `rules/`. Reading it validates every field: a broken file raises
RuleFileError, one sentence that names the file and the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from services.evictions import rulefile
from services.evictions.calendar import Calendar, Season
from services.evictions.counting import DeadlineError, require_meaning
from services.evictions.deadlines import Counting, Deadline, Step, Unit, compute
from services.evictions.rulefile import RULES, Fields, RuleFileError, Words
from services.evictions.wording import day_of_year, sentence

__all__ = [
    "ActKind",
    "Certainty",
    "Moratorium",
    "Rule",
    "RuleFileError",
    "RuleSet",
    "apply",
    "brussels",
    "deadlines_after",
    "first_day_after_moratorium",
    "load_rule_set",
    "moratorium",
    "parse_rule_set",
]


class ActKind(StrEnum):
    """The acts of a procedure that set a legal delay in motion."""

    FORMAL_NOTICE = "formal_notice"
    PETITION = "petition"
    HEARING = "hearing"
    JUDGMENT = "judgment"
    SERVICE = "service"
    EVICTION = "eviction"


class Certainty(StrEnum):
    """How sure the rule is: read in a source, contradicted by one, or read in none."""

    FOUND = "found"
    DISPUTED = "disputed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True, slots=True)
class Norm:
    """What every rule carries: where it was read, how sure it is, when it applies, what it says."""

    id: str
    article: str
    source: str
    valid_from: date
    valid_until: date | None = None
    certainty: Certainty
    explanation: Words

    def in_force_on(self, day: date) -> bool:
        """Is the rule valid on this day? Both ends of the validity are included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moratorium(Norm):
    """A season in which no eviction is carried out (CBL art. 233duodecies)."""

    season: Season

    def covers(self, day: date) -> bool:
        """Is an eviction on this day forbidden?"""
        return self.in_force_on(day) and self.season.covers(day)

    def first_day_after(self, day: date) -> date:
        """This day when it is outside the moratorium, otherwise the first day after it."""
        return self.season.first_day_after(day) if self.covers(day) else day


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Norm):
    """An act (`trigger`) sets a delay in motion that `computes` a date.

    `protective`: True for a date to act before, False for the earliest lawful date of an act.
    `one_reading`: no source defends another reading than the strict one for this rule.
    """

    trigger: ActKind
    computes: str
    delay: int
    unit: Unit
    counting: Counting
    protective: bool
    one_reading: bool = False
    moratorium: Moratorium | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A versioned set of rules with the period in which it applies."""

    code: str
    version: int
    valid_from: date
    valid_until: date | None
    rules: tuple[Rule, ...]
    moratoria: tuple[Moratorium, ...]

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; KeyError when the set has none."""
        return {rule.id: rule for rule in self.rules}[rule_id]


def apply(rule: Rule, act_date: date, calendar: Calendar) -> Deadline:
    """The date a rule computes from an act, never inside the moratorium the rule obeys.

    Raises DeadlineError when the act or the delay leaves the years 1900 to 2200.
    """
    deadline = compute(act_date, rule.delay, rule.unit, rule.counting, calendar=calendar)
    if rule.one_reading:
        deadline = deadline.strict()
    return _after_moratorium(deadline, rule.moratorium) if rule.moratorium else deadline


def deadlines_after(
    act_kind: ActKind, act_date: date, rule_set: RuleSet, calendar: Calendar
) -> tuple[tuple[Rule, Deadline], ...]:
    """Every date this act sets in motion, for the rules in force on the day of the act."""
    return tuple(
        (rule, apply(rule, act_date, calendar))
        for rule in rule_set.rules
        if rule.trigger is act_kind and rule.in_force_on(act_date)
    )


def moratorium(day: date) -> bool:
    """Does the Brussels winter moratorium forbid an eviction on this day (BRU-12)?"""
    return any(each.covers(day) for each in brussels().moratoria)


def first_day_after_moratorium(day: date) -> date:
    """This day when evictions are allowed on it, otherwise 16 March (BRU-12)."""
    for each in brussels().moratoria:
        day = each.first_day_after(day)
    return day


def _after_moratorium(deadline: Deadline, season: Moratorium) -> Deadline:
    day = season.first_day_after(deadline.date)
    other = deadline.earlier_reading and season.first_day_after(deadline.earlier_reading)
    if (day, other) == (deadline.date, deadline.earlier_reading):
        return deadline
    first, last = (day_of_year(*end) for end in (season.season.first, season.season.last))
    words = sentence("moratorium", date=day, first=first, last=last)
    if other == day:
        deadline, other = deadline.strict(), None
    steps = (*deadline.steps, Step("moratorium", day, season.article, words))
    return replace(deadline, date=day, earlier_reading=other, steps=steps)


@lru_cache(maxsize=1)
def brussels() -> RuleSet:
    """The Brussels rule set "BXL-2023-09", read once."""
    return load_rule_set(RULES / "bxl-2023-09.toml")


def load_rule_set(path: Path) -> RuleSet:
    """The rule set in a TOML file; RuleFileError names the file and the faulty rule."""
    return parse_rule_set(rulefile.read_file(path), path.name)


def parse_rule_set(source: str, file: str) -> RuleSet:
    """The rule set in a TOML text; `file` is the name that errors give."""
    top = rulefile.read_fields(source, file)
    moratoria = tuple(_moratorium(fields) for fields in top.rows("moratorium"))
    known = {each.id: each for each in moratoria}
    rules = tuple(_rule(fields, known) for fields in top.rows("rule"))
    _refuse_doubles(top, [each.id for each in (*moratoria, *rules)])
    rule_set = RuleSet(
        code=top.take("code", rulefile.text),
        version=top.take("version", rulefile.whole),
        valid_from=top.take("valid_from", rulefile.day),
        valid_until=top.maybe("valid_until", rulefile.day),
        rules=rules,
        moratoria=moratoria,
    )
    top.finish()
    return rule_set


def _refuse_doubles(top: Fields, ids: list[str]) -> None:
    for each in ids:
        if ids.count(each) > 1:
            raise top.fault(f"rule {each} is given twice")


class _NormFields(TypedDict):
    id: str
    article: str
    source: str
    valid_from: date
    valid_until: date | None
    certainty: Certainty
    explanation: Words


def _norm(fields: Fields) -> _NormFields:
    norm = _NormFields(
        id=fields.take("id", rulefile.text),
        article=fields.take("article", rulefile.text),
        source=fields.take("source", rulefile.text),
        valid_from=fields.take("valid_from", rulefile.day),
        valid_until=fields.maybe("valid_until", rulefile.day),
        certainty=fields.take("certainty", Certainty),
        explanation=fields.take("explanation", rulefile.words),
    )
    if norm["valid_until"] and norm["valid_until"] < norm["valid_from"]:
        raise fields.fault("valid_until is before valid_from")
    return norm


def _moratorium(fields: Fields) -> Moratorium:
    first, last = (fields.take(end, rulefile.month_day) for end in ("first", "last"))
    moratorium = Moratorium(**_norm(fields), season=Season(first, last))
    fields.finish()
    return moratorium


def _rule(fields: Fields, moratoria: Mapping[str, Moratorium]) -> Rule:
    rule = Rule(
        **_norm(fields),
        trigger=fields.take("trigger", ActKind),
        computes=fields.take("computes", rulefile.text),
        delay=fields.take("delay", rulefile.whole),
        unit=fields.take("unit", Unit),
        counting=fields.take("counting", Counting),
        protective=fields.take("protective", rulefile.flag),
        one_reading=fields.maybe("one_reading", rulefile.flag) or False,
        moratorium=_obeyed(fields, moratoria),
    )
    fields.finish()
    try:
        require_meaning(rule.delay, rule.unit, rule.counting)
    except DeadlineError as fault:
        raise fields.fault(str(fault)) from fault
    return rule


def _obeyed(fields: Fields, moratoria: Mapping[str, Moratorium]) -> Moratorium | None:
    name = fields.maybe("moratorium", rulefile.text)
    if name is not None and name not in moratoria:
        raise fields.fault(f"moratorium {name} is not in this file")
    return moratoria[name] if name else None
