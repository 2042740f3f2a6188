"""Which rule set applies to a dwelling: by its place, the kind of lease and the day of the claim.

Pure; the regimes are data (`rules/regimes.toml`). Legal source: law file §1, each row its own.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.evictions.counting import rulefile
from services.evictions.counting.rulefile import RULES, Fields, Words
from services.evictions.law.norms import Norm
from services.evictions.law.rulesets import codes, norm_fields
from services.shared.places import tidy_postal_code


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A region by its postal codes: ranges, both ends included."""

    code: str
    postal_codes: tuple[tuple[int, int], ...]
    names: Words

    def holds(self, postal_code: str) -> bool:
        return any(first <= int(postal_code) <= last for first, last in self.postal_codes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Regime(Norm):
    """A regime and what it applies to; `region` and `lease_kinds` are None where every one fits.

    `asks`: it is taken until people say more, because what is known does not decide; what it
    computes may differ from what will turn out to hold.
    """

    region: str | None
    lease_kinds: frozenset[str] | None
    rule_set: str
    asks: bool

    def fits(self, region: str | None, lease_kind: str | None, day: date) -> bool:
        return (
            self.in_force_on(day)
            and self.region in (None, region)
            and (self.lease_kinds is None or lease_kind in self.lease_kinds)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The regime found; `assumed` if what is known of place or lease does not decide on it."""

    regime: Regime
    assumed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the dwelling is: its postal code as it was written, and the court's canton.

    `canton`: the postal codes of the canton. `known`: every postal code that a commune has; empty
    where nobody knows them.
    """

    postal_code: str | None = None
    canton: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    def region(self) -> tuple[str | None, bool]:
        """The region and whether it is sure. A canton that is known beats a postal code that no
        commune has."""
        code = tidy_postal_code(self.postal_code)
        by_code = region_of(code)
        if by_code and (code in self.known or not self.known):
            return by_code, True
        regions = {region_of(each) for each in self.canton} - {None}
        return (regions.pop(), True) if len(regions) == 1 else (by_code, False)


# The regime of a dwelling about which nothing is known yet.
USUAL = ("brussels", "main_residence")


def choose(place: Place, lease_kind: str | None, day: date) -> Choice | None:
    """The regime of a claim made on `day`; None if no rule set covers that day."""
    region, sure = place.region()
    kind = lease_kind or USUAL[1]
    fitting = (each for each in regimes().values() if each.fits(region or USUAL[0], kind, day))
    found = next(fitting, None)
    if found is None:
        return None
    return Choice(found, assumed=not sure or lease_kind is None or found.asks)


def region_of(postal_code: str | None) -> str | None:
    """The region of a Belgian postal code; None without one, or for one that is not Belgian."""
    code = tidy_postal_code(postal_code)
    return next((each.code for each in _read()[0] if code and each.holds(code)), None)


def regimes() -> dict[str, Regime]:
    """Every regime by its code, in the order in which they are tried."""
    return {each.id: each for each in _read()[1]}


@lru_cache(maxsize=1)
def _read() -> tuple[tuple[Region, ...], tuple[Regime, ...]]:
    file = RULES / "regimes.toml"
    top = rulefile.read_fields(rulefile.read_file(file), file.name)
    regions = tuple(_region(fields) for fields in top.rows("region", key="code"))
    found = tuple(_regime(fields) for fields in top.rows("regime"))
    top.finish()
    return regions, found


def _region(fields: Fields) -> Region:
    region = Region(
        code=fields.take("code", rulefile.text),
        postal_codes=fields.take("postal_codes", _ranges),
        names=fields.take("names", rulefile.words),
    )
    fields.finish()
    return region


def _regime(fields: Fields) -> Regime:
    regime = Regime(
        **norm_fields(fields),
        region=fields.maybe("region", rulefile.text),
        lease_kinds=fields.maybe("lease_kinds", _kinds),
        rule_set=fields.take("rule_set", _rule_set),
        asks=fields.maybe("asks", rulefile.flag) or False,
    )
    fields.finish()
    return regime


def _kinds(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError("a list of kinds of lease is expected")
    return frozenset(rulefile.text(each) for each in value)


def _ranges(value: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list):
        raise ValueError("a list of ranges is expected")
    return tuple((rulefile.whole(first), rulefile.whole(last)) for first, last in value)


def _rule_set(value: object) -> str:
    if value not in codes():
        raise ValueError(f"{value!r} is no rule set of this program")
    return str(value)
