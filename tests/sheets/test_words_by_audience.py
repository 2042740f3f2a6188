"""The judge reads articles and dates, the household what a date means (law.md F8, F15)."""

import re
from datetime import UTC, datetime

import pytest

from services.evictions.counting.rulefile import RULES
from tests.cases.plans.test_plan import adult
from tests.evictions.bundles.test_defence_bundle import download, freeze
from tests.evictions.law_changes.test_rule_versions import _apply, _load, _preview
from tests.household import adult as session_of
from tests.household import text_of
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.printed import printed

ACTS = (
    ("formal_notice", "2026-01-12"),
    ("petition", "2026-02-16"),
    ("summons", "2026-02-17"),
    ("default_judgment", "2026-04-21"),
    ("service", "2026-05-04"),
    ("bailiff_notice", "2026-06-01"),
    ("eviction", "2026-06-20"),
    ("welfare_decision", "2026-05-11"),
)
# The marks of our sources, what we were not sure of, and what is the tenant's to be told.
OURS = re.compile(
    r"\bS\d\d\b|to check|sources? se contredisent|bronnen spreken elkaar tegen|avocat|advocaat"
    r"|[a-z]+_(?:until|before|from)\b|unverified|disputed|background|Lu dans la source"
)
ADDED = """
[[rule]]
id = "ADMIN-09"
trigger = "safety_order"
computes = "mayor_hears_until"
delay = 60
unit = "day"
counting = "period"
protective = true
article = "RvS art. 4"
source = "a network's own lawyer"
valid_from = 2023-08-31
certainty = "{certainty}"
label.en = "Mayor hears"
label.fr = "Fin du délai pour être entendu par le bourgmestre"
label.nl = "Einde van de termijn om te worden gehoord"

[rule.explanation]
en = "Advice to the tenant."
fr = "Un conseil au locataire."
nl = "Een raad aan de huurder."
"""


@pytest.fixture
@beginning
def case(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    procedures = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(procedures, {"canton": "Schaerbeek 1"})
    case["procedure"] = f"/api/v1/procedures/{procedure['id']}"
    return case


def record(network, case, *acts):
    for kind, day in acts:
        body = {"kind": kind, "acted_on": day}
        view = network["rw1"].post(f"{case['procedure']}/acts", body)
    return view


def bundle_text(network, case, language):
    made = freeze(network, case, language, words="Voici.")
    return " ".join(printed(download(network, made).content).split())


def sheet_text(network, case, language):
    path = f"/api/v1/cases/{case['id']}/household-sheet?member={adult(case)}&language={language}"
    return text_of(network["rw1"].call("GET", path, status=200).content)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            ("Fin du délai d’appel", "C. jud. art. 1051", "Premier jour possible de l’expulsion"),
        ),
        ("nl", ("Einde van de termijn voor hoger beroep", "Eerste mogelijke dag van de uithuis")),
    ],
)
def test_the_judge_reads_articles_and_dates_and_nothing_of_ours(network, case, language, said):
    view = record(network, case, *ACTS)
    assert {each["certainty"] for each in view["deadlines"]} >= {"found", "disputed"}
    text = bundle_text(network, case, language)
    assert OURS.findall(text) == []
    for words in said:
        assert words in text, words


def test_a_norm_that_nobody_read_is_not_in_the_judges_bundle(network, case):
    view = record(network, case, *ACTS)
    network.rows(
        "UPDATE deadlines SET certainty = 'unverified' WHERE computes = 'appeal_until' RETURNING 1"
    )
    assert "appeal_until" in {each["computes"] for each in view["deadlines"]}
    assert "Fin du délai d’appel" not in bundle_text(network, case, "fr")


def test_a_hearing_that_was_not_held_is_no_act_before_the_judge(network, case):
    path = f"{case['procedure']}/hearings"
    hearing = network["rw1"].post(path, {"starts_at": "2026-03-25T09:00:00+01:00"})["hearings"][0]
    moved = {"starts_at": "2026-04-08T09:00:00+02:00"}
    network["rw1"].post(f"{path}/{hearing['id']}/move", moved, status=200, If_Match='"v1"')
    text = bundle_text(network, case, "fr")
    assert "mercredi 25 mars 2026" not in text
    assert "mercredi 8 avril 2026" in text


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_household_reads_no_identifier_and_no_note_of_ours(network, case, language):
    record(network, case, *ACTS)
    text = sheet_text(network, case, language)
    assert re.findall(r"[a-z]+_(?:until|before|from)\b|\bS\d\d\b|to check", text) == []
    assert {"fr": "Dernier jour pour faire appel", "nl": "beroep"}[language] in text


@pytest.mark.parametrize("certainty", ["found", "unverified"])
def test_a_rule_that_a_network_adds_brings_its_words_to_every_reader(network, case, certainty):
    shipped = (RULES / "admin-2023.toml").read_text(encoding="utf-8")
    source = shipped.replace("version = 1", "version = 2") + ADDED.format(certainty=certainty)
    network["rw1"].post(f"{case['procedure']}/regime", {"regime": "ADMIN"}, status=200)
    record(network, case, ("safety_order", "2026-02-17"))
    _apply(network, _preview(network, _load(network, source)))
    words = "Fin du délai pour être entendu par le bourgmestre"
    sheet, own = sheet_text(network, case, "fr"), session_of(network, case, adult(case)).get()
    assert words in " ".join(sheet.split())
    assert words in [each["words"] for each in own["dates"]]
    assert "mayor_hears_until" not in sheet
    text = bundle_text(network, case, "fr")
    assert (words in text) == (certainty == "found")
    assert "conseil au locataire" not in text
