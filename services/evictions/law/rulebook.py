"""What a rule is, and the legal dates that an act sets in motion by it. Pure.

The rules themselves are data with source and certainty (`rules/*.toml`, read by `rulesets.py`).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.evictions.counting.calendar import Calendar, Season
from services.evictions.counting.deadlines import CountedBy, Counting, Deadline, Step, Unit, compute
from services.evictions.counting.delivery import counted_from, from_posting
from services.evictions.counting.rulefile import Words
from services.evictions.law.acts import JUDGMENTS, ActKind, Circumstances, DatedAct
from services.evictions.law.moratorium import Moratorium, after_moratorium, execution
from services.evictions.law.norms import Certainty, Norm

UNKNOWN = Circumstances()


class Bound(StrEnum):
    """What a date bounds: the last day for an act, or the first."""

    UNTIL = "until"
    NOT_BEFORE = "not_before"


class Party(StrEnum):
    """Who must do what a rule is about."""

    TENANT = "tenant"
    LANDLORD = "landlord"
    BAILIFF = "bailiff"
    JUDGE = "judge"
    CLERK = "clerk"
    WELFARE_CENTRE = "welfare_centre"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Norm):
    """An act (one of the `triggers`) sets a delay in motion that `computes` a date.

    `protective`: True for a date to act before, False for the earliest lawful date of an act.
    `actor` must act, and does so by one of the acts `completed_by`; one of `moot_by` leaves the
    date without a purpose. `judgment` and `introduced_by`: the rule holds only after a judgment,
    or in a procedure begun, in one of these ways. `execution_day`: it computes a day of eviction.
    `one_reading`: no source defends another reading than the strict one for this rule.
    `on_receipt`: the delay runs from the day the letter counts as received (art. 53bis).
    `from_posting`: a source starts it on the first working day after posting, received or not.
    `after`: what another rule computes, whose day must be over first (`waiting.py`).
    `law`: whose law of counting its steps cite; None for the one that such a counting has.
    `label`: what the date is called where the catalogues have no name for what it computes.
    """

    triggers: tuple[ActKind, ...]
    computes: str
    delay: int
    unit: Unit
    counting: Counting
    protective: bool
    one_reading: bool = False
    on_receipt: bool = False
    execution_day: bool = False
    from_posting: bool = False
    after: str | None = None
    law: CountedBy | None = None
    moratorium: Moratorium | None = None
    label: Words | None = None
    actor: Party | None = None
    completed_by: tuple[ActKind, ...] = ()
    moot_by: tuple[ActKind, ...] = ()
    judgment: tuple[ActKind, ...] = ()
    introduced_by: tuple[ActKind, ...] = ()

    @property
    def bound(self) -> Bound:
        return Bound.UNTIL if self.computes.endswith("_until") else Bound.NOT_BEFORE

    @property
    def shields(self) -> bool:
        """Whether an act against it breaks what protects the household from somebody else."""
        if self.bound is Bound.UNTIL:
            return self.actor is Party.BAILIFF
        return self.actor in (Party.LANDLORD, Party.BAILIFF, Party.JUDGE)

    @property
    def protects(self) -> bool:
        """Whether it is the tenant's own last day, or binds the other side."""
        if self.actor is None:
            return True
        return self.shields or (self.bound is Bound.UNTIL and self.actor is Party.TENANT)

    @property
    def computes_anything(self) -> bool:
        """Not in the other side's favour as long as nobody read its text."""
        return self.protects or self.certainty is not Certainty.UNVERIFIED

    def holds_for(self, act: DatedAct, known: Circumstances) -> bool:
        """Whether this act sets the delay in motion: its kind, its day, and what came before."""
        return (
            act.kind in self.triggers
            and self.in_force_on(act.acted_on)
            and not act.is_no_service
            and self.computes_anything
            and (not self.judgment or known.judgment in self.judgment)
            and (not self.introduced_by or known.introduced_by in self.introduced_by)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty(Norm):
    """What the law asks after an act without a delay that was found: shown, never computed.

    `tells_welfare_centre`: it asks that the public welfare centre be told. `window`: it has a
    fixed last day that returns every year, for an act within.
    """

    triggers: tuple[ActKind, ...]
    tells_welfare_centre: bool = False
    window: Season | None = None

    def follows(self, kind: ActKind) -> bool:
        """Whether the duty follows from such an act; every kind of judgment is a judgment."""
        also = ActKind.JUDGMENT in self.triggers and kind in JUDGMENTS
        return kind in self.triggers or also

    def last_day(self, day: date) -> Deadline | None:
        """The fixed day, never moved whatever day of the week it is; None without one."""
        if self.window is None or not self.window.covers(day):
            return None
        last = self.window.first_day_after(day) - timedelta(days=1)
        return Deadline(last, None, (Step("fixed_day", last, self.article, (("date", last),)),))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A versioned set of rules with the period in which it applies."""

    code: str
    version: int
    valid_from: date
    valid_until: date | None
    rules: tuple[Rule, ...]
    moratoria: tuple[Moratorium, ...]
    duties: tuple[Duty, ...] = ()

    def norms(self) -> tuple[Norm, ...]:
        """Everything in it that has an id of its own."""
        exemptions = (each for season in self.moratoria for each in season.exemptions)
        return (*self.rules, *self.moratoria, *exemptions, *self.duties)

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; KeyError when the set has none."""
        return {rule.id: rule for rule in self.rules}[rule_id]


def apply(
    rule: Rule, act: DatedAct, calendar: Calendar, known: Circumstances = UNKNOWN
) -> Deadline:
    """The date a rule computes from an act, as what is `known` of the procedure moves it.

    A day of eviction is never inside the moratorium that the rule obeys unless an exception to it
    was granted. Raises DeadlineError when the act or the delay leaves the years 1900 to 2200.
    """
    start, presumed = act.acted_on, tuple[Step, ...]()
    if rule.on_receipt:
        received = (act.received_on, act.delivery)
        start, presumed = counted_from(act.acted_on, *received, calendar, rule.law)
    deadline = compute(start, rule.delay, rule.unit, rule.counting, calendar=calendar, law=rule.law)
    if rule.one_reading:
        deadline = deadline.strict()
    if presumed:
        deadline = replace(deadline, steps=(*presumed, *deadline.steps))
    if rule.from_posting:
        posted, delay = (act.acted_on, act.delivery), (rule.delay, rule.unit)
        deadline = from_posting(deadline, posted, delay, rule.article, calendar)
    if rule.execution_day:
        return execution(deadline, rule.moratorium, calendar, known)
    season = rule.moratorium
    return after_moratorium(deadline, season, known.lifted) if season else deadline


def deadlines_after(
    act: DatedAct, rule_set: RuleSet, calendar: Calendar, known: Circumstances = UNKNOWN
) -> tuple[tuple[Rule, Deadline], ...]:
    """Every date this act sets in motion, for the rules in force on the day of the act."""
    return tuple(
        (rule, apply(rule, act, calendar, known))
        for rule in rule_set.rules
        if rule.holds_for(act, known)
    )
