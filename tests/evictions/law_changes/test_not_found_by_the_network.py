"""What a network put into the law itself is never shown as found."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

from services.evictions.counting.rulefile import RULES, Words
from services.evictions.dates.computing import computed
from services.evictions.dates.facts import ActRow
from services.evictions.law.in_force import Change, law_of
from services.evictions.law.model import ChangeKind, RuleChange
from services.evictions.law.norms import Certainty
from services.evictions.law_changes.read import places, reached_by
from services.evictions.law_changes.run import _OneDay, _with_chains

BRIDGE = Words(en="Bridge day", fr="Jour de pont", nl="Brugdag")


def served(law, day):
    acts = [ActRow(uuid4(), "service", day, None, None)]
    return {new.rule.computes: new for new in computed(acts, "BXL-2023-09", law).values()}


def with_holiday(day):
    return law_of((Change(ChangeKind.HOLIDAY_ADDED, day=day, names=BRIDGE),))


def test_a_date_that_an_added_holiday_moves_is_disputed_and_the_others_stay_found():
    added = with_holiday(date(2026, 4, 10))
    moved = served(added, date(2026, 3, 10))["appeal_until"]
    assert (moved.deadline.date, moved.rule.certainty) == (
        date(2026, 4, 13),
        Certainty.DISPUTED,
    )
    elsewhere = served(added, date(2026, 5, 12))["appeal_until"]
    assert elsewhere.rule.certainty is Certainty.FOUND


def test_a_legal_holiday_taken_out_makes_the_date_disputed_too():
    law = law_of((Change(ChangeKind.HOLIDAY_REMOVED, day=date(2026, 5, 1)),))
    moved = served(law, date(2026, 4, 1))["appeal_until"]
    assert (moved.deadline.date, moved.rule.certainty) == (date(2026, 5, 1), Certainty.DISPUTED)


def test_an_altered_delay_is_disputed():
    altered = Change(ChangeKind.RULE_ALTERED, rule_set="BXL-2023-09", rule_id="REM-01", delay=2)
    assert served(law_of((altered,)), date(2026, 3, 10))["appeal_until"].rule.certainty is (
        Certainty.DISPUTED
    )


def test_only_what_differs_in_a_version_of_the_networks_own_is_less_sure():
    source = (RULES / "fed-2018.toml").read_text(encoding="utf-8")
    own = source.replace("version = 1", "version = 2", 1).replace("delay = 8\n", "delay = 9\n", 1)
    version = Change(ChangeKind.VERSION, rule_set="FED-2018", source=own)
    shipped, loaded = law_of(()).version("FED-2018", 1), law_of((version,)).version("FED-2018", 2)
    differing = [new for new, old in zip(loaded.rules, shipped.rules, strict=True) if new != old]
    assert [(rule.id, rule.certainty) for rule in differing] == [("FED-03b", Certainty.DISPUTED)]
    assert replace(differing[0], delay=8, certainty=Certainty.FOUND) in shipped.rules


def test_a_date_that_waits_for_another_is_read_with_it_when_a_day_changes(network):
    """The two days to object end a working day later, and so the centre is told a day later."""
    case = network["rw1"].post("/api/v1/cases", {"language": "fr", "members": []})
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Liège 1", "regime": "WAL_LEASE"})
    acts = f"/api/v1/procedures/{procedure['id']}/acts"
    network["rw1"].post(acts, {"kind": "petition", "acted_on": "2026-02-17"})
    summons = {"kind": "summons", "acted_on": "2026-02-20", "received_on": "2026-02-23"}
    before = network["rw1"].post(acts, summons)["deadlines"]
    assert {"2026-02-25", "2026-02-26"} <= {each["date"] for each in before}
    day = date(2026, 2, 25)
    law = with_holiday(day)
    names = {"en": BRIDGE.en, "fr": BRIDGE.fr, "nl": BRIDGE.nl}
    body = {"day": day.isoformat(), "names": names, "reason": "R"}
    change = network["coordinator"].post("/api/v1/holidays", body)
    network["coordinator"].post(f"/api/v1/rule-changes/{change['id']}/previews", {})
    with network.runtime.transaction() as uow:
        reached = reached_by(day, places(None, 10, uow=uow), uow=uow)
        (whole,) = _with_chains(reached, law, uow=uow)
    assert whole.whole
    found = _OneDay(law, RuleChange(day=day)).moved(whole)
    assert {each.computes: each.after for each in found.differences} == {
        "welfare_objection_until": date(2026, 2, 26),
        "welfare_informed_from": date(2026, 2, 27),
    }
