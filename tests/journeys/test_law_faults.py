"""The faults of the evaluation of the law, each asked the way it was found: none is left.

F1 and F7 are another's, F11 is in tests/evictions/bundles.
"""

from datetime import UTC, datetime

import pytest

from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning


@pytest.fixture
@beginning
def case(network):
    """The day on which the faults were found."""
    network.clock.set(datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def under(network, case, regime):
    path = f"/api/v1/cases/{case['id']}/procedures"
    made = network["rw1"].post(path, {"canton": "Uccle", "regime": regime})
    return f"/api/v1/procedures/{made['id']}"


def act(network, path, kind, day, **more):
    return network["rw1"].post(f"{path}/acts", {"kind": kind, "acted_on": day, **more})


def dates(seen):
    return {each["computes"]: each["date"] for each in seen["deadlines"]}


def states(seen):
    return {each["computes"]: each["state"] for each in seen["deadlines"]}


def codes(seen, kind):
    return {w["code"] for each in seen["acts"] if each["kind"] == kind for w in each["warnings"]}


def test_f2_there_is_an_appeal_without_a_title(network, case):
    path = under(network, case, "SQT")
    act(network, path, "judgment", "2026-11-20")
    seen = act(network, path, "service", "2026-11-27")
    assert dates(seen)["appeal_until"] == "2026-12-28"


@pytest.mark.parametrize("regime", ["SQT", "WAL_LEASE", "WAL_SOCIAL", "VLA_LEASE", "ADMIN"])
def test_f2b_another_regime_leaves_the_appeal(network, case, regime):
    path = under(network, case, "BRU_LEASE")
    before = dates(act(network, path, "service", "2026-11-26"))
    after = network["rw1"].post(f"{path}/regime", {"regime": regime}, status=200)
    assert dates(after)["appeal_until"] == before["appeal_until"] == "2026-12-28"


def test_f3_a_mayors_order_can_be_taken_to_the_council_of_state(network, case):
    seen = act(network, under(network, case, "ADMIN"), "safety_order", "2026-11-27")
    assert dates(seen) == {"council_of_state_until": "2027-01-26"}


def test_f4_too_late_is_said_whichever_was_written_down_first(network, case):
    path = under(network, case, "BRU_LEASE")
    for kind, day in (("service", "2026-08-20"), ("eviction", "2026-10-30")):
        act(network, path, kind, day)
    seen = act(network, path, "bailiff_notice", "2026-10-20")
    assert dates(seen)["bailiff_notice_until"] == "2026-10-08"
    assert codes(seen, "bailiff_notice") == {"after-lawful-date"}


def test_f5_what_was_done_does_not_count_any_more(network, case):
    path = under(network, case, "BRU_LEASE")
    act(network, path, "default_judgment", "2026-11-16")
    assert "service_until" not in dates(act(network, path, "service", "2026-11-26"))
    seen = act(network, path, "opposition", "2026-11-30")
    assert states(seen)["opposition_until"] == "kept"
    assert states(seen)["eviction_not_before"] == "moot"


def test_f5b_no_opposition_against_a_judgment_after_debate(network, case):
    path = under(network, case, "BRU_LEASE")
    act(network, path, "judgment", "2026-11-16")
    assert "opposition_until" not in dates(act(network, path, "service", "2026-11-26"))


def test_f6_a_citation_does_what_a_petition_does(network, case):
    path = under(network, case, "BRU_LEASE")
    seen = act(network, path, "citation", "2026-11-23", delivery="service")
    assert dates(seen)["hearing_not_before"] == "2026-12-02"
    assert {"BRU-03", "BRU-05"} <= {each["rule_id"] for each in seen["duties"]}
    assert {each["rule_id"] for each in seen["welfare_steps"]} == {"BRU-05"}
    path = under(network, case, "VLA_LEASE")
    seen = act(network, path, "citation", "2026-11-27", delivery="service")
    assert {"welfare_informed_from", "welfare_objection_until"} <= dates(seen).keys()


@pytest.mark.parametrize("kind", ["appeal", "opposition", "third_party_opposition", "stay"])
def test_f8_remedies_are_acts(network, case, kind):
    act(network, under(network, case, "BRU_LEASE"), kind, "2026-11-30")


def test_f9_a_first_day_that_passed_is_counted_from_today(network, case):
    seen = act(network, under(network, case, "BRU_LEASE"), "service", "2026-09-10")
    (first,) = (each for each in seen["deadlines"] if each["computes"] == "eviction_not_before")
    assert first["lawful_from"] == "2027-03-16"


@pytest.mark.parametrize("letter", ["ordinary", "registered", "judicial_letter"])
def test_f10_a_letter_is_no_service(network, case, letter):
    path = under(network, case, "BRU_LEASE")
    assert dates(act(network, path, "service", "2026-11-26", delivery=letter)) == {}
