"""The acts of a procedure, and what they say together about one of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.evictions.counting.delivery import LETTERS, Delivery


class ActKind(StrEnum):
    """The acts of a procedure, in the words of the Judicial Code; most set a delay in motion.

    `summons` is the clerk's judicial letter, `citation` the bailiff's; `service` is the
    signification of the judgment; `eviction` is its execution on a day, ahead or past;
    `safety_order` is the mayor's, that nobody may live there (NLC art. 133, 135). A judgment is
    given after debate (`judgment`), by default, or deemed to be after debate. `delay_granted` is
    the judge's own delay for leaving, `stay` an order not to execute, `suspension` an agreement
    not to. `unlawful_eviction` has no enforceable title (CBL art. 233/1). `welfare_objection` is
    the tenant's, that the welfare centre be told; it is recorded as an opposition of its own.
    """

    FORMAL_NOTICE = "formal_notice"
    LETTER = "letter"
    PETITION = "petition"
    UNILATERAL_PETITION = "unilateral_petition"
    CITATION = "citation"
    SUMMONS = "summons"
    WELFARE_OBJECTION = "welfare_objection"
    SUBMISSIONS = "submissions"
    HEARING = "hearing"
    CLAIM_WITHDRAWN = "claim_withdrawn"
    SETTLEMENT = "settlement"
    JUDGMENT = "judgment"
    DEFAULT_JUDGMENT = "default_judgment"
    DEEMED_JUDGMENT = "deemed_judgment"
    SERVICE = "service"
    APPEAL = "appeal"
    OPPOSITION = "opposition"
    THIRD_PARTY_OPPOSITION = "third_party_opposition"
    APPEAL_JUDGMENT = "appeal_judgment"
    STAY = "stay"
    SUSPENSION = "suspension"
    DELAY_GRANTED = "delay_granted"
    MORATORIUM_EXCEPTION = "moratorium_exception"
    REHOUSING_NOTICE = "rehousing_notice"
    BAILIFF_NOTICE = "bailiff_notice"
    EVICTION_POSTPONED = "eviction_postponed"
    POSTPONEMENT_REFUSED = "postponement_refused"
    EVICTION = "eviction"
    UNLAWFUL_EVICTION = "unlawful_eviction"
    BELONGINGS_COLLECTED = "belongings_collected"
    WELFARE_DECISION = "welfare_decision"
    WELFARE_APPEAL = "welfare_appeal"
    SAFETY_ORDER = "safety_order"
    COUNCIL_OF_STATE_APPLICATION = "council_of_state_application"


INTRODUCTIONS = (ActKind.PETITION, ActKind.UNILATERAL_PETITION, ActKind.CITATION)
JUDGMENTS = (ActKind.JUDGMENT, ActKind.DEFAULT_JUDGMENT, ActKind.DEEMED_JUDGMENT)
# What a judge decides, or what parties agreed before the judge.
DECISIONS = (*JUDGMENTS, ActKind.APPEAL_JUDGMENT, ActKind.SETTLEMENT)
# The acts that may say until which day they hold.
WITH_AN_END = (ActKind.DELAY_GRANTED, ActKind.STAY, ActKind.SUSPENSION)


class Ground(StrEnum):
    """Why a moratorium does not hold for somebody; what each rests on is data."""

    REHOUSED_OR_LEFT = "rehoused_or_left"
    DWELLING_UNFIT = "dwelling_unfit"
    DANGEROUS_BEHAVIOUR = "dangerous_behaviour"
    OWN_OCCUPATION = "own_occupation"
    WAIVED = "waived"
    GUIDANCE_REFUSED = "guidance_refused"


@dataclass(frozen=True, slots=True)
class Lifting:
    """A decision or finding of `day` that the moratorium does not hold, on this ground."""

    ground: Ground
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedAct:
    """What a rule needs to know of an act: its day, and how and when it reached the addressee.

    `until_on` is the last day for which a delay, a stay or a suspension holds.
    """

    kind: ActKind
    acted_on: date
    received_on: date | None = None
    delivery: Delivery | None = None
    ground: Ground | None = None
    until_on: date | None = None

    @property
    def is_no_service(self) -> bool:
        """Whether it was brought by letter what only a bailiff can serve (C. jud. art. 32, 57)."""
        return self.kind is ActKind.SERVICE and self.delivery in LETTERS


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the other acts say about one act, and all that a computation from it may depend on.

    `judgment` and `introduced_by`: the kinds of the last judgment and of the last introductory act
    until that day, None if nobody wrote one down. `granted`: the last day of the judge's own delay
    for leaving. `stayed`: the last day of the longest stay or suspension that has an end.
    """

    lifted: tuple[Lifting, ...] = ()
    judgment: ActKind | None = None
    introduced_by: ActKind | None = None
    granted: date | None = None
    stayed: date | None = None


def around(act: DatedAct, acts: Iterable[DatedAct]) -> Circumstances:
    """What the acts of a procedure say about one of them."""
    everything = list(acts)
    before = [each for each in everything if each.acted_on <= act.acted_on]
    granted = [
        (each.acted_on, each.until_on)
        for each in everything
        if each.kind is ActKind.DELAY_GRANTED and each.until_on
    ]
    stays = [
        each.until_on for each in everything if each.kind in (ActKind.STAY, ActKind.SUSPENSION)
    ]
    return Circumstances(
        lifted=liftings(everything),
        judgment=_last_of(JUDGMENTS, before),
        introduced_by=_last_of(INTRODUCTIONS, before),
        granted=max(granted)[1] if granted else None,
        stayed=max((day for day in stays if day), default=None),
    )


def liftings(acts: Iterable[DatedAct]) -> tuple[Lifting, ...]:
    """What the acts of a procedure say against a moratorium."""
    return tuple(Lifting(act.ground, act.acted_on) for act in acts if act.ground is not None)


def _last_of(kinds: tuple[ActKind, ...], acts: Sequence[DatedAct]) -> ActKind | None:
    found = [each for each in acts if each.kind in kinds]
    return max(found, key=lambda each: each.acted_on).kind if found else None
