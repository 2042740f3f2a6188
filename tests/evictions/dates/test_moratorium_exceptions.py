"""A judge's exception to the winter moratorium, recorded, corrected, taken back: each time every
date is computed anew.
"""

from datetime import UTC, datetime

import pytest

from tests.families import family
from tests.journeys.steps import open_shared_case, sweep
from tests.once.beginnings import beginning

SERVED = {"kind": "service", "acted_on": "2026-11-05"}
GRANTED = {"kind": "moratorium_exception", "ground": "own_occupation", "acted_on": "2026-10-28"}


@pytest.fixture
@beginning
def case(network):
    network.clock.set(datetime(2026, 11, 9, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


@pytest.fixture
def path(network, case):
    return opened(network, case)


@beginning
def opened(network, case, regime="BRU_LEASE"):
    body = {"canton": "Schaerbeek 1", "regime": regime}
    made = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body)
    return f"/api/v1/procedures/{made['id']}"


def earliest(seen):
    (found,) = [d for d in seen["deadlines"] if d["computes"] == "eviction_not_before"]
    return found["computed_date"], found["earlier_reading"], found["steps"][-1]["code"]


BLOCKED = ("2027-03-16", None, "moratorium")
# 5 and 6 December 2026 are a Saturday and a Sunday: nobody is evicted (C. jud. art. 1387).
LIFTED = ("2026-12-07", None, "moratorium_lifted")


def exception_of(seen):
    (found,) = [a for a in seen["acts"] if a["ground"] and not a["replaced_by"]]
    return found


def test_recorded_later_corrected_and_taken_back(network, path):
    assert earliest(network["rw1"].post(f"{path}/acts", SERVED)) == BLOCKED
    seen = network["rw1"].post(f"{path}/acts", GRANTED)
    assert earliest(seen) == LIFTED
    (step,) = [s for s in _eviction(seen)["steps"] if s["code"] == "moratorium_lifted"]
    assert step["article"] == "CBL art. 233duodecies, 4°"
    assert "28 octobre 2026" in step["words"]["fr"]
    assert _eviction(seen)["certainty"] == "disputed"
    act = exception_of(seen)
    later = GRANTED | {"acted_on": "2027-01-20", "reason": "the later decision"}
    seen = network["rw1"].post(f"{path}/acts/{act['id']}/correction", later)
    assert earliest(seen) == ("2027-01-20", None, "moratorium_lifted")
    act = exception_of(seen)
    withdrawal = f"{path}/acts/{act['id']}/withdrawal"
    seen = network["rw1"].post(withdrawal, {"reason": "reformed on appeal"}, status=200)
    assert earliest(seen) == BLOCKED
    assert exception_of(seen)["lapsed_at"]
    network["rw1"].post(withdrawal, {"reason": "again"}, status=409)
    before = {"kind": "moratorium_exception", "ground": "own_occupation"}
    before |= {"acted_on": "2027-01-20"}
    noted = "SELECT before FROM audit_entries WHERE action = 'strike_act'"
    assert network.rows(noted) == [(before,)]


def _eviction(seen):
    (found,) = [d for d in seen["deadlines"] if d["computes"] == "eviction_not_before"]
    return found


def test_in_the_judgment_before_the_service(network, path):
    seen = network["rw1"].post(f"{path}/acts", GRANTED)
    assert seen["deadlines"] == []
    assert earliest(network["rw1"].post(f"{path}/acts", SERVED)) == LIFTED
    seen = network["rw1"].post(f"{path}/acts", {"kind": "eviction", "acted_on": "2026-12-10"})
    warned = [w["code"] for act in seen["acts"] for w in act["warnings"]]
    assert "in-moratorium" not in warned


def test_a_waiver_leaves_the_block_and_the_warning(network, path):
    network["rw1"].post(f"{path}/acts", GRANTED | {"ground": "waived"})
    seen = network["rw1"].post(f"{path}/acts", SERVED)
    assert earliest(seen) == ("2027-03-16", "2026-12-07", "reading_moratorium_lifted")
    seen = network["rw1"].post(f"{path}/acts", {"kind": "eviction", "acted_on": "2026-12-10"})
    assert "in-moratorium" in [w["code"] for act in seen["acts"] for w in act["warnings"]]


@family(
    "regime, ground, date, doubted",
    [
        ("WAL_SOCIAL", "guidance_refused", "2026-12-07", False),
        ("WAL_SOCIAL", "own_occupation", "2027-03-16", True),
        ("BRU_LEASE", "guidance_refused", "2027-03-16", True),
        ("BRU_OTHER", "own_occupation", "2026-12-07", True),
    ],
)
def test_each_regime_knows_its_own_exceptions(network, case, regime, ground, date, doubted):
    path = opened(network, case, regime)
    network["rw1"].post(f"{path}/acts", SERVED)
    seen = network["rw1"].post(f"{path}/acts", GRANTED | {"ground": ground})
    assert earliest(seen)[0] == date
    codes = [warning["code"] for warning in exception_of(seen)["warnings"]]
    assert codes == (["no-such-exception"] if doubted else [])


def test_what_is_no_exception_is_refused(network, path):
    answer = network["rw1"].post(f"{path}/acts", SERVED | {"ground": "waived"}, status=422)
    assert answer["code"] == "exception-needs-its-ground"
    lacking = {"kind": "moratorium_exception", "acted_on": "2026-10-28"}
    assert network["rw1"].post(f"{path}/acts", lacking, status=422)["code"] == answer["code"]
    network["liaison"].post(f"{path}/acts", GRANTED, status=403)


def test_a_holiday_that_is_added_does_not_forget_the_exception(network, path):
    network["rw1"].post(f"{path}/acts", GRANTED)
    network["rw1"].post(f"{path}/acts", SERVED)
    names = {language: "D" for language in ("en", "fr", "nl")}
    body = {"day": "2026-12-06", "names": names, "reason": "R"}
    change = network["coordinator"].post("/api/v1/holidays", body)
    preview = f"/api/v1/rule-changes/{change['id']}/previews"
    run = network["coordinator"].post(preview, {})
    sweep(network)
    path_of = f"/api/v1/recomputations/{run['id']}"
    assert network["coordinator"].get(path_of)["changed"] == 0
    assert earliest(network["rw1"].get(path)) == LIFTED
