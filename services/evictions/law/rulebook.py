"""What a rule is, and the legal dates that an act sets in motion by it. Pure.

The rules themselves are data with source and certainty (`rules/*.toml`, read by `rulesets.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.evictions.law.calendar import Calendar, Season
from services.evictions.law.deadlines import Counting, Deadline, Step, Unit, compute
from services.evictions.law.delivery import Delivery, counted_from
from services.evictions.law.rulefile import Words
from services.evictions.law.wording import day_of_year


class ActKind(StrEnum):
    """The acts of a procedure, in the words of the Judicial Code; most set a delay in motion.

    `summons` is the clerk's judicial letter, `citation` the bailiff's; `service` is the
    signification of the judgment, `eviction` its execution on a day; `safety_order` is the mayor's,
    that nobody may live there (NLC art. 133, 135).
    """

    FORMAL_NOTICE = "formal_notice"
    PETITION = "petition"
    UNILATERAL_PETITION = "unilateral_petition"
    CITATION = "citation"
    SUMMONS = "summons"
    SUBMISSIONS = "submissions"
    HEARING = "hearing"
    JUDGMENT = "judgment"
    DEFAULT_JUDGMENT = "default_judgment"
    SERVICE = "service"
    BAILIFF_NOTICE = "bailiff_notice"
    EVICTION = "eviction"
    SUSPENSION = "suspension"
    SETTLEMENT = "settlement"
    WELFARE_DECISION = "welfare_decision"
    MORATORIUM_EXCEPTION = "moratorium_exception"
    SAFETY_ORDER = "safety_order"


class Ground(StrEnum):
    """Why a moratorium does not hold for somebody; what each rests on is data."""

    REHOUSED_OR_LEFT = "rehoused_or_left"
    DWELLING_UNFIT = "dwelling_unfit"
    DANGEROUS_BEHAVIOUR = "dangerous_behaviour"
    OWN_OCCUPATION = "own_occupation"
    WAIVED = "waived"
    GUIDANCE_REFUSED = "guidance_refused"


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
        """Whether the norm is valid on this day; both ends of its validity are included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption(Norm):
    """A ground on which a moratorium does not hold, once a decision or a fact says so."""

    ground: Ground


@dataclass(frozen=True, slots=True)
class Lifting:
    """A decision or finding of `day` that the moratorium does not hold, on this ground."""

    ground: Ground
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Moratorium(Norm):
    """A season in which no eviction is carried out (CBL art. 233duodecies)."""

    season: Season
    exemptions: tuple[Exemption, ...] = ()

    def exempted(self, lifted: Iterable[Lifting]) -> tuple[Exemption, date] | None:
        """The surest exemption that was granted, and since when; None if there is none."""
        known = {each.ground: each for each in self.exemptions}
        found = [
            (known[each.ground], each.day)
            for each in lifted
            if each.ground in known and known[each.ground].in_force_on(each.day)
        ]
        sure = {Certainty.FOUND: 0}
        return min(found, key=lambda one: (sure.get(one[0].certainty, 1), one[1]), default=None)

    def lifted_on(self, day: date, since: date) -> date:
        """`first_day_after` for somebody whom the moratorium does not protect from `since` on."""
        return min(self.first_day_after(day), max(day, since))

    def covers(self, day: date) -> bool:
        """Whether an eviction on this day is forbidden."""
        return self.in_force_on(day) and self.season.covers(day)

    def first_day_after(self, day: date) -> date:
        """This day when it is outside the moratorium, otherwise the first day after it."""
        return self.season.first_day_after(day) if self.covers(day) else day


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule(Norm):
    """An act (`trigger`) sets a delay in motion that `computes` a date.

    `protective`: True for a date to act before, False for the earliest lawful date of an act.
    `one_reading`: no source defends another reading than the strict one for this rule.
    `on_receipt`: the delay runs from the day the letter counts as received (art. 53bis).
    `label`: what the date is called where the catalogues have no name for what it computes.
    """

    trigger: ActKind
    computes: str
    delay: int
    unit: Unit
    counting: Counting
    protective: bool
    one_reading: bool = False
    on_receipt: bool = False
    moratorium: Moratorium | None = None
    label: Words | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty(Norm):
    """What the law asks after an act without a delay that was found: shown, never computed.

    `tells_welfare_centre`: it asks that the public welfare centre be told. `window`: it has a
    fixed last day that returns every year, for an act within.
    """

    trigger: ActKind
    tells_welfare_centre: bool = False
    window: Season | None = None

    def follows(self, kind: ActKind) -> bool:
        """Whether the duty follows from such an act; a default judgment is a judgment."""
        also = self.trigger is ActKind.JUDGMENT and kind is ActKind.DEFAULT_JUDGMENT
        return kind is self.trigger or also

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


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedAct:
    """What a rule needs to know of an act: its day, and how and when it reached the addressee."""

    kind: ActKind
    acted_on: date
    received_on: date | None = None
    delivery: Delivery | None = None
    ground: Ground | None = None


def liftings(acts: Iterable[DatedAct]) -> tuple[Lifting, ...]:
    """What the acts of a procedure say against a moratorium."""
    return tuple(Lifting(act.ground, act.acted_on) for act in acts if act.ground is not None)


def apply(
    rule: Rule, act: DatedAct, calendar: Calendar, lifted: Iterable[Lifting] = ()
) -> Deadline:
    """The date a rule computes from an act, never inside the moratorium the rule obeys unless an
    exception to it was `lifted`.

    Raises DeadlineError when the act or the delay leaves the years 1900 to 2200.
    """
    start, presumed = act.acted_on, None
    if rule.on_receipt:
        start, presumed = counted_from(act.acted_on, act.received_on, act.delivery, calendar)
    deadline = compute(start, rule.delay, rule.unit, rule.counting, calendar=calendar)
    if rule.one_reading:
        deadline = deadline.strict()
    if presumed:
        deadline = replace(deadline, steps=(presumed, *deadline.steps))
    return _after_moratorium(deadline, rule.moratorium, lifted) if rule.moratorium else deadline


def deadlines_after(
    act: DatedAct, rule_set: RuleSet, calendar: Calendar, lifted: Iterable[Lifting] = ()
) -> tuple[tuple[Rule, Deadline], ...]:
    """Every date this act sets in motion, for the rules in force on the day of the act."""
    return tuple(
        (rule, apply(rule, act, calendar, lifted))
        for rule in rule_set.rules
        if rule.trigger is act.kind and rule.in_force_on(act.acted_on)
    )


def _after_moratorium(
    deadline: Deadline, season: Moratorium, lifted: Iterable[Lifting]
) -> Deadline:
    day = season.first_day_after(deadline.date)
    other = deadline.earlier_reading and season.first_day_after(deadline.earlier_reading)
    if (day, other) == (deadline.date, deadline.earlier_reading):
        return deadline
    plain = _moved(deadline, day, other, season_step("moratorium", day, season))
    exempted = season.exempted(lifted)
    if exempted is None:
        return plain
    exemption, since = exempted
    freed = season.lifted_on(deadline.date, since)
    first = season.lifted_on(deadline.earliest, since)
    if first == plain.earliest:
        return plain
    parts = (("since", since), ("why", exemption.explanation))
    if exemption.certainty is Certainty.FOUND:
        step = Step("moratorium_lifted", freed, exemption.article, (("date", freed), *parts))
        return _moved(deadline, freed, first if other else None, step)
    # What is not sure does not take the winter away: it is another reading, the earlier one.
    told = (("date", first), *parts)
    reading = Step("reading_moratorium_lifted", first, exemption.article, told)
    steps = (*plain.strict().steps, reading)
    return replace(plain, earlier_reading=first, steps=steps)


def season_step(code: str, day: date, season: Moratorium) -> Step:
    """The moratorium and the day it leads to."""
    first, last = (day_of_year(*end) for end in (season.season.first, season.season.last))
    return Step(code, day, season.article, (("date", day), ("first", first), ("last", last)))


def _moved(deadline: Deadline, day: date, other: date | None, step: Step) -> Deadline:
    if other == day or other is None:
        deadline, other = deadline.strict(), None
    return replace(deadline, date=day, earlier_reading=other, steps=(*deadline.steps, step))
