"""A court is named with its canton, as each language says it."""

import pytest

from services.network.courts.places import CourtPlace
from tests.cases.plans.test_plan import adult
from tests.evictions.bundles.test_defence_bundle import download, freeze, read
from tests.families import family
from tests.household import adult as session_of
from tests.household import text_of
from tests.journeys.steps import open_shared_case

UCCLE = {"fr": "Uccle", "nl": "Ukkel"}


@family(
    "names, language, said",
    [
        (UCCLE, "fr", "Justice de paix du canton d’Uccle"),
        (UCCLE, "nl", "Vredegerecht van het kanton Ukkel"),
        (UCCLE, "en", "Justice of the peace of the canton of Uccle"),
        ({"fr": "Etterbeek"}, "fr", "Justice de paix du canton d’Etterbeek"),
        ({"fr": "Schaerbeek 1"}, "fr", "Justice de paix du canton de Schaerbeek 1"),
        ({"fr": "Huy 2"}, "fr", "Justice de paix du canton de Huy 2"),
        ({"fr": "Le Rœulx"}, "fr", "Justice de paix du canton du Rœulx"),
        ({"fr": "La Louvière"}, "fr", "Justice de paix du canton de La Louvière"),
    ],
)
def test_a_canton_is_said_as_people_of_the_language_do(names, language, said):
    assert CourtPlace("Uccle", names, None).court(language) == said


def test_an_address_stands_behind_the_court():
    place = CourtPlace("Uccle", UCCLE, "Rue Egide Van Ophem 46, 1180 Uccle")
    assert (
        place.whole("nl") == "Vredegerecht van het kanton Ukkel, Rue Egide Van Ophem 46, 1180 Uccle"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Justice de paix du canton d’Uccle"),
        ("nl", "Vredegerecht van het kanton Ukkel"),
    ],
)
def test_sheet_bundle_and_own_view_name_court_canton_and_address(network, language, said):
    case = open_shared_case(network)
    made = {"canton": "Uccle", "roll_number": "26A100"}
    procedure = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", made)
    case["procedure"] = f"/api/v1/procedures/{procedure['id']}"
    hearing = {"starts_at": "2026-04-21T09:00:00+02:00"}
    network["rw1"].post(f"{case['procedure']}/hearings", hearing)
    (court,) = network["rw1"].get("/api/v1/courts?q=Uccle")["items"]
    assert (court["code"], court["names"]["nl"]) == ("Uccle", "Ukkel")
    assert court["phone"]
    member = adult(case)
    own = session_of(network, case, member).get(f"?language={language}")["hearing"]
    assert (own["court"], own["address"]) == (said, court["address"])
    path = f"/api/v1/cases/{case['id']}/%s?member={member}&language={language}"
    for sheet in ("household-sheet", "household-copy.pdf"):
        answer = network["rw1"].call("GET", path % sheet, status=None)
        if answer.status_code == 200:
            text = " ".join(text_of(answer.content).split())
            assert f"{said}, {court['address']}" in text
    bundle = freeze(network, case, language, words="Voici.")
    text = read(download(network, bundle).content)[1]
    assert f"{said}, {court['address']}" in text
