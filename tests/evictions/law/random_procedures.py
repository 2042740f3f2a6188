"""Random procedures: acts in random order over two years, a sixth struck, corrected, dated anew.

A third of the days lie on, or next to, a day on which something changes.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.evictions.law.second_life import Act, dates

FIRST, DAYS = date(2026, 1, 5), 730
REGIMES = {
    "BRU_LEASE": "BXL-2023-09",
    "WAL_LEASE": "FED-2018",
    "WAL_SOCIAL": "WAL-SOCIAL",
    "VLA_LEASE": "VLA-2019",
    "SQT": "SQT-2017",
    "ADMIN": "ADMIN-2023",
}
# The kinds of acts, those that make or end most dates more often.
KINDS = (
    *("service", "eviction") * 5,
    *("bailiff_notice", "eviction_postponed", "default_judgment", "judgment") * 3,
    *("petition", "citation", "summons", "hearing", "appeal", "opposition", "stay") * 2,
    *("delay_granted", "moratorium_exception", "suspension", "unilateral_petition") * 2,
    *("formal_notice", "letter", "submissions", "claim_withdrawn", "settlement"),
    *("deemed_judgment", "third_party_opposition", "appeal_judgment", "rehousing_notice"),
    *("postponement_refused", "unlawful_eviction", "belongings_collected", "welfare_decision"),
    *("welfare_appeal", "welfare_objection", "safety_order", "council_of_state_application"),
)
GROUNDS = (
    *("rehoused_or_left", "dwelling_unfit", "dangerous_behaviour", "own_occupation"),
    *("waived", "guidance_refused"),
)
DELIVERIES = (
    *("service", "judicial_letter", "registered_with_receipt", "registered", "ordinary"),
    *("electronic", "by_hand"),
)


@dataclass
class Lived:
    """A procedure as it stands: its regime and its first one, the acts in force, people's dates."""

    chance: Random
    regime: str = ""
    before: str = ""
    acts: dict[int, Act] = field(default_factory=dict)
    own: dict[tuple[int, str], date] = field(default_factory=dict)
    keys: int = 0

    @property
    def code(self) -> str:
        return REGIMES[self.regime]

    @property
    def in_force(self) -> list[Act]:
        """The acts by their day, then in the order in which they were written down."""
        return sorted(self.acts.values(), key=lambda act: (act.on, act.key))

    def next_act(self, today: date, kinds: tuple[str, ...] = KINDS) -> Act:
        """An act that was not there before, done some days before or after it is written down."""
        chance, self.keys = self.chance, self.keys + 1
        kind, on = chance.choice(kinds), self._day(today)
        held = kind in ("stay", "suspension", "delay_granted")
        end = held and (kind == "delay_granted" or chance.random() < 0.6)
        delivery = chance.choice(DELIVERIES) if chance.random() < 0.3 else None
        received = delivery is not None and chance.random() < 0.4
        return Act(
            self.keys,
            kind,
            on,
            received=on + timedelta(days=chance.randrange(8)) if received else None,
            delivery=delivery,
            ground=chance.choice(GROUNDS) if kind == "moratorium_exception" else None,
            until=max(on, self._day(on + timedelta(days=60))) if end else None,
        )

    def _day(self, today: date) -> date:
        found = list(dates(self.in_force, self.code, self.own).values()) if self.acts else []
        if found and self.chance.random() < 1 / 3:
            each = self.chance.choice(found)
            return self.chance.choice(each.readings) + timedelta(days=self.chance.randint(-1, 1))
        if self.acts and self.chance.random() < 1 / 4:
            return self.chance.choice(self.in_force).on
        return today + timedelta(days=self.chance.randint(-40, 25))

    def forget(self, key: int) -> None:
        """Strike an act, and what people put in the place of its dates."""
        del self.acts[key]
        self.own = {of: day for of, day in self.own.items() if of[0] != key}


def begin(chance: Random) -> Lived:
    regime = chance.choice(list(REGIMES))
    return Lived(chance, regime, regime)


def days_of(chance: Random) -> list[date]:
    """On which days something is written down, in order."""
    number = chance.randint(5, 16)
    return sorted(FIRST + timedelta(days=chance.randrange(DAYS)) for _ in range(number))


class Said(NamedTuple):
    """What was written down: an act (instead of `old`), one struck, a regime, a date of one's own.

    `day` is None where a date of one's own was taken back.
    """

    what: str
    act: Act | None = None
    old: int = 0
    of: tuple[int, str] = (0, "")
    day: date | None = None


def step(one: Lived, today: date, kinds: tuple[str, ...] = KINDS) -> Said:
    """Something is written down: mostly an act, else one is struck or corrected, and so on."""
    chance, roll = one.chance, one.chance.random()
    if not one.acts or roll < 0.70:
        act = one.next_act(today, kinds)
        one.acts[act.key] = act
        return Said("act", act)
    old = chance.choice(one.in_force)
    if roll < 0.75:
        one.forget(old.key)
        return Said("struck", old=old.key)
    if roll < 0.86:
        new = one.next_act(today, kinds)
        if roll < 0.80:
            new = new._replace(kind=old.kind, ground=old.ground, until=None)
        return _correct(one, old, new)
    if roll < 0.92:
        one.regime = chance.choice([one.before, *REGIMES])
        return Said("regime")
    return _own(one)


def _correct(one: Lived, old: Act, new: Act) -> Said:
    """The new act takes the place of the old one, and people's dates go with it."""
    if new.kind == "delay_granted" and new.until is None:
        new = new._replace(until=new.on + timedelta(days=60))
    del one.acts[old.key]
    one.acts[new.key] = new
    one.own = {
        (new.key if key == old.key else key, row): day for (key, row), day in one.own.items()
    }
    return Said("corrected", new, old.key)


def _own(one: Lived) -> Said:
    """A date of one's own is put, or taken back."""
    found = dates(one.in_force, one.code, one.own)
    if not found:
        return Said("nothing")
    key = one.chance.choice(sorted(found))
    if one.own.pop(key, None) is not None:
        return Said("own", of=key)
    one.own[key] = found[key].day + timedelta(days=one.chance.randint(-20, 20))
    return Said("own", of=key, day=one.own[key])
