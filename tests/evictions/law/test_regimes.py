"""Which rule set applies: place, lease and day."""

from datetime import date

from services.evictions.counting.calendar import belgium
from services.evictions.law.acts import ActKind, DatedAct
from services.evictions.law.norms import Certainty
from services.evictions.law.regimes import Place, choose, regimes, region_of
from services.evictions.law.rulebook import deadlines_after
from services.evictions.law.rulesets import shipped
from tests.families import family


@family(
    "postal_code, lease_kind, day, regime, assumed",
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
        ("4000", "social", "2018-09-01", "WAL_SOCIAL_OPEN", True),
        ("4000", "social_company", "2018-09-01", "WAL_SOCIAL", False),
        ("4000", "social_public", "2018-09-01", "WAL_LEASE", False),
        ("4000", "lease_ended", "2018-09-01", "WAL_LEASE", False),
        ("1030", "lease_ended", "2026-02-16", "BRU_LEASE", False),
        ("1030", "social_public", "2026-02-16", "BRU_LEASE", False),
        ("9000", "social_company", "2026-02-16", "VLA_LEASE", False),
        ("4700", "main_residence", "2026-02-16", "DG_LEASE", True),
        ("4791", "social_company", "2026-02-16", "DG_LEASE", True),
        ("4699", "main_residence", "2026-02-16", "WAL_LEASE", False),
        ("4800", "main_residence", "2026-02-16", "WAL_LEASE", False),
        ("4700", "without_title", "2026-02-16", "SQT", False),
        ("9000", "other", "2019-01-01", "VLA_LEASE", False),
        ("4000", "main_residence", "2026-02-16", "WAL_LEASE", False),
        ("4000", "social", "2026-02-16", "WAL_SOCIAL_OPEN", True),
        ("1348", "social_company", "2026-02-16", "WAL_SOCIAL", False),
        ("1500", "social", "2026-02-16", "VLA_LEASE", False),
        ("9000", "main_residence", "2026-02-16", "VLA_LEASE", False),
        ("9000", "without_title", "2026-02-16", "SQT", False),
        (None, None, "2026-02-16", "BRU_LEASE", True),
        ("1030", None, "2026-02-16", "BRU_LEASE", True),
        ("75001", "social", "2026-02-16", "BRU_LEASE", True),
        ("B-1030", "social", "2026-02-16", "BRU_LEASE", False),
        ("B-4000", "main_residence", "2026-02-16", "WAL_LEASE", False),
        ("1000 Bruxelles", "main_residence", "2026-02-16", "BRU_LEASE", False),
    ],
)
def test_the_regime_follows_from_place_lease_and_day(postal_code, lease_kind, day, regime, assumed):
    found = choose(Place(postal_code), lease_kind, date.fromisoformat(day))
    assert (found.regime.id, found.assumed) == (regime, assumed)


KNOWN = frozenset({"1030", "4000", "4020", "9000", "4700", "4710"})


@family(
    "postal_code, canton, regime, assumed",
    [
        ("9999", {"4000", "4020"}, "WAL_LEASE", False),  # no commune has it: the canton does
        ("9999", {"4700", "4710"}, "DG_LEASE", True),
        ("9999", {"1030"}, "BRU_LEASE", False),
        (None, {"9000"}, "VLA_LEASE", False),
        ("?", {"9000"}, "VLA_LEASE", False),
        ("75001", {"4000"}, "WAL_LEASE", False),
        ("BE 4000", {"1030"}, "WAL_LEASE", False),  # a code that a commune has is the dwelling's
        ("9999", set(), "VLA_LEASE", True),  # by its range alone
        ("9999", {"1030", "4000"}, "VLA_LEASE", True),
        (None, set(), "BRU_LEASE", True),
    ],
)
def test_a_canton_that_is_known_beats_a_postal_code_that_is_odd(
    postal_code, canton, regime, assumed
):
    place = Place(postal_code, frozenset(canton), KNOWN)
    found = choose(place, "main_residence", date(2026, 2, 16))
    assert (found.regime.id, found.assumed) == (regime, assumed)


SELECTED_BY_LAW_FILE = {
    *("BRU_LEASE", "BRU_OTHER", "WAL_LEASE", "WAL_SOCIAL", "VLA_LEASE", "SQT", "ADMIN"),
    # Where what is known does not decide (§0).
    *("WAL_SOCIAL_OPEN", "DG_LEASE"),
}
WINTER = {
    "BRU_LEASE": {"BRU-12"},
    "WAL_SOCIAL": {"WAL-01"},
    "WAL_SOCIAL_OPEN": {"WAL-01-OPEN"},
}


def test_a_truce_that_may_not_hold_is_a_reading_and_the_risk_begins_without_it():
    act = DatedAct(kind=ActKind.SERVICE, acted_on=date(2026, 11, 20))
    found = deadlines_after(act, shipped("WAL-SOCIAL-OPEN"), belgium())
    (earliest,) = [day for rule, day in found if rule.computes == "eviction_not_before"]
    assert (earliest.date, earliest.earliest) == (date(2027, 3, 16), date(2026, 12, 21))
    assert [step.code for step in earliest.steps[-2:]] == ["moratorium", "reading_no_moratorium"]
    summer = DatedAct(kind=ActKind.SERVICE, acted_on=date(2026, 5, 20))
    found = deadlines_after(summer, shipped("WAL-SOCIAL-OPEN"), belgium())
    (outside,) = [day for rule, day in found if rule.computes == "eviction_not_before"]
    assert all("moratorium" not in step.code for step in outside.steps)


def test_what_does_not_decide_says_so_in_three_languages():
    for code in ("WAL_SOCIAL_OPEN", "DG_LEASE"):
        assert regimes()[code].asks
        assert regimes()[code].certainty is Certainty.UNVERIFIED
    assert "avocat" in regimes()["DG_LEASE"].explanation.fr
    assert "bailleur" in regimes()["WAL_SOCIAL_OPEN"].explanation.fr
    assert regimes()["BRU_LEASE"].certainty is Certainty.FOUND


def test_every_row_of_the_law_file_is_a_regime_and_only_two_know_the_winter():
    assert set(regimes()) == SELECTED_BY_LAW_FILE
    for code, each in regimes().items():
        seasons = {season.id for season in shipped(each.rule_set).moratoria}
        assert seasons == WINTER.get(code, set())


@family(
    "regime, blocked",
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
    found = choose(Place("1030"), "main_residence", date(2023, 8, 30))
    rules = {rule.id: rule for rule in shipped(found.regime.rule_set).rules}
    assert found.regime.rule_set == "FED-2018"
    assert "BRU-04" not in rules
    assert rules["FED-07"].delay == 1


@family("lease_kind", ["main_residence", "social", "other", "without_title", None])
def test_no_lease_leads_to_a_mayors_order(lease_kind):
    assert choose(Place("1030"), lease_kind, date(2026, 2, 16)).regime.id != "ADMIN"


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
    assert choose(Place("1030"), "social", date(2010, 1, 1)) is None


def test_every_regime_names_a_rule_set_that_exists_and_its_source():
    for each in regimes().values():
        assert shipped(each.rule_set).code == each.rule_set
        assert all(source.address for source in each.sources)
        assert each.sources or each.certainty is Certainty.UNVERIFIED
        assert all(each.explanation.say(language) for language in ("fr", "nl", "en"))


@family(
    "postal_code, region",
    [
        ("1000", "brussels"),
        ("1299", "brussels"),
        ("1300", "wallonia"),
        ("1500", "flanders"),
        ("3999", "flanders"),
        ("4000", "wallonia"),
        ("4700", "german_community"),
        ("4791", "german_community"),
        ("4792", "wallonia"),
        (" b-4000 Liège", "wallonia"),
        ("L-1234", None),
        ("10000", None),
        ("7999", "wallonia"),
        ("8000", "flanders"),
        ("0999", None),
        ("", None),
        (None, None),
    ],
)
def test_the_region_of_a_postal_code(postal_code, region):
    assert region_of(postal_code) == region
