"""The checklist of a defence bundle is data: read, checked, and complete in every language."""

import pytest

from services.evictions.bundles.items import every_item, items_of, read_items
from services.evictions.counting.rulefile import RuleFileError
from services.evictions.law.acts import ActKind
from services.evictions.law.labels import provision
from services.evictions.law.regimes import regimes
from services.evictions.law.rulesets import codes, shipped
from services.shared.words.catalogue import has_text
from tests.families import family

ONE = """
[[item]]
code = "lease"
required = true
names = { en = "L", fr = "B", nl = "H" }
"""


@family("regime", list(regimes()))
def test_every_regime_asks_for_something(regime):
    items = items_of(regime)
    assert sum(each.required for each in items.values()) >= 3
    assert {"petition", "medical", "legal_aid", "other"} <= items.keys()
    assert ("lease" in items) != ("occupation" in items)


def test_codes_are_unique_and_what_is_delicate_asks_for_consent():
    items = every_item()
    assert len({each.code for each in items}) == len(items)
    assert {each.code for each in items if each.consent} == {"medical", "family", "income"}


@family(
    "broken, named",
    [
        (ONE.replace('nl = "H"', 'de = "H"'), r"bundle\.toml, line 5: item lease: names"),
        (ONE.replace("true", '"yes"'), r"line 4: item lease: required"),
        (ONE + 'regimes = ["MARS"]\n', r"line 6: item lease: regimes"),
        (ONE + "colour = 1\n", r"line 6: item lease: colour is not a known field"),
    ],
)
def test_a_broken_file_names_its_line(broken, named):
    with pytest.raises(RuleFileError, match=named):
        read_items(broken, "bundle.toml")


def test_the_letter_names_every_act_and_every_date():
    dates = {rule.computes for code in codes() for rule in shipped(code).rules}
    keys = [f"act_{kind}" for kind in ActKind] + [f"date_{each}" for each in sorted(dates)]
    assert [key for key in keys if not has_text(f"letter.{key}")] == []
    assert [each for each in sorted(dates) if not has_text(f"household.dates.{each}")] == []


@family(
    "written, shown",
    [
        ("Ord. 22 June 2023 (article number to check)", "Ord. 22 June 2023"),
        ("CBL art. 233quater (to check)", "CBL art. 233quater"),
        ("CBL (formerly art. 1344quater; article to check)", "CBL (formerly art. 1344quater)"),
        (
            "CBL art. 233duodecies; case law (JP Uccle)",
            "CBL art. 233duodecies; case law (JP Uccle)",
        ),
    ],
)
def test_a_reader_is_shown_the_provision_and_no_note_about_it(written, shown):
    assert provision(written) == shown
