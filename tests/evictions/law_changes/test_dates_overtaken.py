"""A change of the law moves a date that was ahead into the past: one legal alert, at once."""

from datetime import UTC, datetime

import pytest

from tests.evictions.law_changes.test_rule_versions import (
    _apply,
    _preview,
    _procedure,
    _read,
    _subjects,
)
from tests.journeys.steps import want_all_at_once
from tests.once.beginnings import beginning
from tests.people import Network

# The bailiff's notice, fifteen working days before the eviction.
NOTICE = "BRU-11"
STANDING = """
    SELECT kind, due_at <= %s, climbs_at IS NOT NULL FROM alerts
    WHERE object_id = %s AND state IN ('planned', 'sending')
"""
HOLIDAY = {
    "day": "2026-09-15",
    "names": {"en": "Mourning", "fr": "Deuil", "nl": "Rouw"},
    "reason": "Royal decree",
}


@pytest.fixture
@beginning
def september(network: Network) -> Network:
    network.clock.set(datetime(2026, 9, 7, 8, 0, tzinfo=UTC))
    want_all_at_once(network, "rw1")
    return network


def _delayed(network: Network, delay: int):
    body = {"rule_set": "BXL-2023-09", "rule_id": NOTICE, "delay": delay, "reason": "As judged"}
    return network["coordinator"].post("/api/v1/rule-changes", body)


def _applied(network: Network, change) -> list[str]:
    """The subjects of what the reference worker was told."""
    run = _preview(network, change)
    told = len(network.mails("rw1"))
    _apply(network, run)
    return _subjects(network.mails("rw1")[told:])


def _standing(network: Network, procedure):
    deadline = _read(network, procedure)[NOTICE]
    return deadline["date"], network.rows(STANDING, network.clock.now(), deadline["id"])


@pytest.mark.parametrize("by", ["rule", "holiday"])
def test_a_date_that_was_ahead_and_is_over_is_told_once_and_at_once(september, by):
    eviction = {"rule": "2026-10-12", "holiday": "2026-09-29"}[by]
    case, procedure = _procedure(september, ("eviction", eviction))
    before, planned = _standing(september, procedure)
    assert before >= "2026-09-07"
    assert {kind for kind, _, _ in planned} == {"evictions.deadline_approaching"}
    if by == "rule":
        change = _delayed(september, 30)
    else:
        change = september["coordinator"].post("/api/v1/holidays", HOLIDAY)
    subjects = _applied(september, change)
    (urgent,) = [each for each in subjects if "recalculées" not in each]
    assert len(subjects) == 2
    assert urgent.endswith(f"elle est dépassée (à confirmer) – dossier {case['code']}")
    after, standing = _standing(september, procedure)
    assert after < "2026-09-07"
    # The rungs of the old day are gone; nothing is told of the new one but this, and it climbs.
    assert standing == [("evictions.deadline_moved", True, True)]


def test_one_that_was_over_already_is_in_the_digest_alone(september):
    _, procedure = _procedure(september, ("eviction", "2026-09-20"))
    assert _read(september, procedure)[NOTICE]["date"] < "2026-09-07"
    (digest,) = _applied(september, _delayed(september, 20))
    assert "recalculées" in digest


@pytest.mark.parametrize("last", [("2026-10-14", "proche"), ("2026-10-20", None)])
def test_one_that_is_near_is_told_as_such_and_keeps_its_later_rungs(september, last):
    """One of which only rungs ahead are left has these; a near one has one alert for the rest."""
    eviction, word = last
    _procedure(september, ("eviction", eviction))
    subjects = _applied(september, _delayed(september, 21))
    assert [word in each for each in subjects if "recalculées" not in each] == [True] * bool(word)
