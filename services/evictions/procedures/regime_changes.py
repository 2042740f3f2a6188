"""The regime of a procedure, and what another one would change, said before it is chosen."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from uuid import UUID

from services.consent.policy import require_reference_worker
from services.consent.queries import access_to
from services.evictions.dates.computing import Difference, compare, computed
from services.evictions.dates.facts import Running, read_dates
from services.evictions.dates.model import Procedure
from services.evictions.dates.recompute import acts_of
from services.evictions.law.in_force import law_in_force
from services.evictions.law.regimes import Choice, Place, Regime, choose, regimes
from services.households.queries import dwelling
from services.network.courts.queries import courts
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class RegimeDifference:
    """The regime that would be chosen, and every date that would come, move or go under it."""

    regime: str
    regime_assumed: bool
    regime_words: dict[str, str]
    rule_set: str
    differences: list[Difference]


def regime_of(
    case_id: UUID, canton: str, wanted: str | None, day: date, *, uow: UnitOfWork
) -> Choice:
    """The regime that is wanted, or the one that follows from dwelling, canton and day."""
    if wanted is not None:
        return Choice(regimes()[wanted], assumed=False)
    postal_code, lease_kind = dwelling(case_id, uow=uow)
    codes = courts(uow=uow).postal_codes
    place = Place(postal_code, codes.get(canton, frozenset()), frozenset().union(*codes.values()))
    found = choose(place, lease_kind, day)
    if found is None:
        raise RuleBroken("no-regime-for-that-day")
    return found


def said_of(regime: str) -> dict[str, str]:
    """What the regime is and what is in doubt about it, in every language."""
    found: Regime = regimes()[regime]
    return asdict(found.explanation)


def regime_difference(
    procedure_id: UUID,
    regime: str | None,
    claimed_on: date | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> RegimeDifference:
    """What `choose_regime` would change; nothing is written.

    A date that one rule gave and another rule would give after the same act has moved, or it is
    not named at all where the day stays the same.
    """
    procedure = load(Procedure, procedure_id, uow=uow)
    access = access_to(procedure.case_id, uow=uow)
    require_reference_worker(access)
    day = claimed_on or uow.today()
    chosen = regime_of(procedure.case_id, procedure.canton, regime, day, uow=uow)
    rule_set = chosen.regime.rule_set
    running = Running(procedure.id, procedure.case_id, procedure.rule_set)
    read_dates([running], uow=uow)
    acts = [act for act in acts_of(procedure, uow=uow) if act.is_in_force]
    found = compare(computed(acts, rule_set, law_in_force(uow=uow)), running.rows)
    uow.read(procedure.case_id, "regime-difference", 0, actor=actor)
    return RegimeDifference(
        regime=chosen.regime.id,
        regime_assumed=chosen.assumed,
        regime_words=said_of(chosen.regime.id),
        rule_set=rule_set,
        differences=_moved(found),
    )


def _moved(found: Iterable[Difference]) -> list[Difference]:
    """A date that goes and one of the same meaning that comes after the same act are one."""
    said: dict[tuple[UUID, str], list[Difference]] = {}
    for each in found:
        said.setdefault((each.act_id, each.computes), []).append(each)
    return [one for alike in said.values() for one in _together(alike)]


def _together(alike: list[Difference]) -> list[Difference]:
    gone = next((each for each in alike if each.kind == "gone"), None)
    new = next((each for each in alike if each.kind == "new"), None)
    if gone is None or new is None:
        return alike
    rest = [each for each in alike if each not in (gone, new)]
    moved = replace(new, kind="changed", before=gone.before)
    return rest if gone.before == new.after else [*rest, moved]
