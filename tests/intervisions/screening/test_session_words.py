"""Weeks instead of days, words that are the same ones again, and the vocabulary of needs."""

from datetime import date

import pytest

from services.intervisions.follow_ups.need_vocabulary import NEEDS, labels, require_known
from services.intervisions.follow_ups.weeks import week_of
from services.intervisions.screening.verbatim import repeats
from services.shared.errors import RuleBroken
from services.shared.words.catalogue import LANGUAGES
from tests.families import family


@family(
    "day, week",
    [("2026-06-10", "2026-W24"), ("2027-01-03", "2026-W53"), ("2024-12-30", "2025-W01")],
)
def test_a_day_is_told_as_its_week(day, week):
    assert week_of(date.fromisoformat(day)) == week


@family(
    "title",
    [
        "Appeler le médiateur de dettes",
        "  appeler  LE mediateur, de dettes. ",
        "APPELER-LE-MÉDIATEUR-DE-DETTES",
        "À faire : appeler le médiateur de dettes avant lundi",
        "appeler le médiateur de",
    ],
)
def test_the_same_words_are_known_however_they_are_written(title):
    assert repeats(title, "Appeler le médiateur de dettes")


@family("title", ["Prendre contact avec le service de dettes", "Appeler", "Appeler le médiateur"])
def test_words_of_ones_own_are_not_taken_for_those_of_the_session(title):
    assert not repeats(title, "Appeler le médiateur de dettes")


def test_short_words_are_refused_only_if_they_are_the_same():
    assert repeats("Appeler!", "appeler")
    assert not repeats("Appeler le bailleur", "Appeler")


def test_every_need_has_a_label_of_its_own_in_every_language():
    assert 20 <= len(NEEDS) <= 30
    assert {"housing", "debt", "mental_health", "papers", "violence", "isolation"} <= set(NEEDS)
    for language in LANGUAGES:
        assert len({labels(need)[language] for need in NEEDS}) == len(NEEDS)


def test_only_needs_of_the_vocabulary_are_counted():
    require_known(["housing", "energy"])
    with pytest.raises(RuleBroken) as broken:
        require_known(["housing", "madame_x"])
    assert (broken.value.code, broken.value.facts) == ("need-unknown", {})
