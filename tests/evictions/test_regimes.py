"""Which rule set applies: place, lease and day."""

from datetime import date

import pytest

from services.evictions.regimes import choose, regimes, region_of
from services.evictions.rulesets import shipped


@pytest.mark.parametrize(
    ("postal_code", "lease_kind", "day", "regime", "assumed"),
    [
        ("1030", "main_residence", "2026-02-16", "BRU_LEASE", False),
        ("1210", "social", "2023-08-31", "BRU_LEASE", False),
        ("1030", "social", "2023-08-30", "BRU_OTHER", False),  # before the ordinance
        ("1030", "other", "2026-02-16", "BRU_OTHER", False),
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
