"""Which rule set applies: place, lease and day."""

from datetime import date

import pytest

from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.calendar import belgium
from services.evictions.law.regimes import choose, regimes, region_of
from services.evictions.law.rulebook import deadlines_after
from services.evictions.law.rulesets import shipped


@pytest.mark.parametrize(
    ("postal_code", "lease_kind", "day", "regime", "assumed"),
    [
        ("1030", "main_residence", "2026-02-16", "BRU_LEASE", False),
        ("1210", "social", "2023-08-31", "BRU_LEASE", False),
        ("1030", "commercial_dwelling", "2026-02-16", "BRU_LEASE", False),
        ("4000", "commercial_dwelling", "2026-02-16", "WAL_LEASE", False),
        ("1030", "social", "2023-08-30", "BRU_OTHER", False),  # before the ordinance
        ("1030", "other", "2026-02-16", "BRU_OTHER", False),
        ("1030", "main_residence", "2023-08-30", "BRU_OTHER", False),
        ("1000", "main_residence", "2023-08-31", "BRU_LEASE", False),
        ("1030", "without_title", "2026-02-16", "SQT", False),
        ("5000", "without_title", "2017-11-16", "SQT", False),
        ("4000", "other", "2018-09-01", "WAL_LEASE", False),
        ("4000", "social", "2018-09-01", "WAL_SOCIAL", False),
        ("9000", "other", "2019-01-01", "VLA_LEASE", False),
        ("4000", "main_residence", "2026-02-16", "WAL_LEASE", False),
        ("4000", "social", "2026-02-16", "WAL_SOCIAL", False),
        ("1348", "social", "2026-02-16", "WAL_SOCIAL", False),
        ("1500", "social", "2026-02-16", "VLA_LEASE", False),
        ("9000", "main_residence", "2026-02-16", "VLA_LEASE", False),
        ("9000", "without_title", "2026-02-16", "SQT", False),
        (None, None, "2026-02-16", "BRU_LEASE", True),
        ("1030", None, "2026-02-16", "BRU_LEASE", True),
        ("75001", "social", "2026-02-16", "BRU_LEASE", True),
        ("B-1030", "social", "2026-02-16", "BRU_LEASE", True),
    ],
)
def test_the_regime_follows_from_place_lease_and_day(postal_code, lease_kind, day, regime, assumed):
    found = choose(postal_code, lease_kind, date.fromisoformat(day))
    assert (found.regime.id, found.assumed) == (regime, assumed)


SELECTED_BY_LAW_FILE = {
    *("BRU_LEASE", "BRU_OTHER", "WAL_LEASE", "WAL_SOCIAL", "VLA_LEASE", "SQT", "ADMIN"),
}
WINTER = {"BRU_LEASE": {"BRU-12"}, "WAL_SOCIAL": {"WAL-01"}}


def test_every_row_of_the_law_file_is_a_regime_and_only_two_know_the_winter():
    assert set(regimes()) == SELECTED_BY_LAW_FILE
    for code, each in regimes().items():
        seasons = {season.id for season in shipped(each.rule_set).moratoria}
        assert seasons == WINTER.get(code, set())


@pytest.mark.parametrize(
    ("regime", "blocked"),
    [
        ("BRU_LEASE", True),
        ("WAL_SOCIAL", True),
        *((code, False) for code in ("BRU_OTHER", "WAL_LEASE", "VLA_LEASE", "SQT")),
    ],
)
def test_only_where_there_is_a_moratorium_does_it_block_an_eviction(regime, blocked):
    act = DatedAct(kind=ActKind.SERVICE, acted_on=date(2026, 11, 20))
    found = deadlines_after(act, shipped(regimes()[regime].rule_set), belgium())
    (earliest,) = [day for rule, day in found if rule.computes == "eviction_not_before"]
    assert (earliest.date == date(2027, 3, 16)) is blocked
    assert (earliest.steps[-1].code == "moratorium") is blocked


def test_a_claim_from_before_the_ordinance_follows_the_old_federal_rules():
    found = choose("1030", "main_residence", date(2023, 8, 30))
    rules = {rule.id: rule for rule in shipped(found.regime.rule_set).rules}
    assert found.regime.rule_set == "FED-2018"
    assert "BRU-04" not in rules
    assert rules["FED-07"].delay == 1


@pytest.mark.parametrize("lease_kind", ["main_residence", "social", "other", "without_title", None])
def test_no_lease_leads_to_a_mayors_order(lease_kind):
    assert choose("1030", lease_kind, date(2026, 2, 16)).regime.id != "ADMIN"


def test_a_mayors_order_opens_the_council_of_state_and_is_sent_to_the_welfare_centre():
    order = shipped(regimes()["ADMIN"].rule_set)
    (recourse,) = [rule for rule in order.rules if ActKind.SAFETY_ORDER in rule.triggers]
    assert (recourse.computes, recourse.delay) == ("council_of_state_until", 60)
    assert order.moratoria == ()
    duty = next(each for each in order.duties if each.id == "ADMIN-01")
    assert duty.follows(ActKind.SAFETY_ORDER)
    assert duty.tells_welfare_centre
    assert duty.article == "CBL art. 8 §2"


def test_no_regime_for_a_claim_of_long_ago():
    assert choose("1030", "social", date(2010, 1, 1)) is None


def test_every_regime_names_a_rule_set_that_exists_and_its_source():
    for each in regimes().values():
        assert shipped(each.rule_set).code == each.rule_set
        assert each.source.startswith("S")
        assert all(each.explanation.say(language) for language in ("fr", "nl", "en"))


@pytest.mark.parametrize(
    ("postal_code", "region"),
    [
        ("1000", "brussels"),
        ("1299", "brussels"),
        ("1300", "wallonia"),
        ("1500", "flanders"),
        ("3999", "flanders"),
        ("4000", "wallonia"),
        ("7999", "wallonia"),
        ("8000", "flanders"),
        ("0999", None),
        ("", None),
        (None, None),
    ],
)
def test_the_region_of_a_postal_code(postal_code, region):
    assert region_of(postal_code) == region
