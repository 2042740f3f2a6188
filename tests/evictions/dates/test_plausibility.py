"""F34: a slip is asked about in the answer, in three languages, and never refused."""

from datetime import UTC, date, datetime

import pytest

from services.evictions.counting.calendar import belgium
from services.evictions.dates.plausibility import of_instant, of_term
from services.shared.words.catalogue import keys
from tests.families import family
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def case(network: Network):
    network.clock.set(NOW)
    return open_shared_case(network)


@pytest.fixture
def procedure(network: Network, case):
    return started(network, case)


@beginning
def started(network, case):
    body = {"canton": "Schaerbeek 1", "regime": "BRU_LEASE"}
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body)


def record(network, procedure, **body):
    view = network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", body)
    return view, max(view["acts"], key=lambda act: act["recorded_at"])


def codes(record):
    return [each["code"] for each in record["warnings"]]


@family(
    "kind, day, more, asked",
    [
        ("service", "2062-11-27", {}, ["year-far-off"]),
        ("service", "2006-11-27", {}, ["year-far-off"]),
        ("petition", "2026-11-25", {"received_on": "2062-11-26"}, ["year-far-off"]),
        ("service", "2026-11-29", {}, ["on-a-sunday"]),
        ("petition", "2026-11-29", {}, []),
        ("judgment", "2026-11-11", {}, ["on-a-legal-holiday"]),
        ("service", "2026-11-26", {"delivery": "ordinary"}, ["letter-is-no-service"]),
        ("service", "2026-11-26", {"delivery": "registered"}, ["letter-is-no-service"]),
        ("service", "2026-11-26", {"delivery": "service"}, []),
        ("service", "2026-11-26", {"delivery": "electronic"}, []),
    ],
)
def test_an_act(network, case, kind, day, more, asked):
    _, act = record(network, started(network, case), kind=kind, acted_on=day, **more)
    assert codes(act) == asked
    for each in act["warnings"]:
        assert set(each["words"]) == {"en", "fr", "nl"}


def test_from_a_letter_no_remedy_runs(network, procedure):
    view, _ = record(network, procedure, kind="service", acted_on="2026-11-26", delivery="ordinary")
    assert view["deadlines"] == []


def test_of_the_same_act_twice_the_second_is_asked_about(network, procedure):
    body = {"kind": "petition", "acted_on": "2026-11-25"}
    first = record(network, procedure, **body)[1]
    network.clock.advance(minutes=1)
    view, second = record(network, procedure, **body)
    asked = {act["id"]: codes(act) for act in view["acts"]}
    assert asked == {first["id"]: [], second["id"]: ["same-act-twice"]}
    path = f"/api/v1/procedures/{procedure['id']}/acts/{second['id']}/strike"
    after = network["rw1"].post(path, {"reason": "Twice"}, status=200)
    assert len(after["deadlines"]) == len(view["deadlines"]) / 2


@family(
    "starts_at, asked",
    [
        ("2026-12-25T03:00:00+01:00", ["on-a-legal-holiday", "at-night"]),
        ("2026-12-06T09:00:00+01:00", ["on-a-sunday"]),
        ("2026-12-08T23:30:00+01:00", ["at-night"]),
        ("2029-12-11T09:00:00+01:00", ["year-far-off"]),
        ("2026-12-08T07:00:00+01:00", []),
        ("2026-12-08T20:00:00+01:00", []),
    ],
)
def test_a_hearing_and_a_posting_of_it(network, case, starts_at, asked):
    path = f"/api/v1/procedures/{started(network, case)['id']}"
    body = {"kind": "hearing_moved", "starts_at": starts_at}
    posting = network["liaison"].post(f"{path}/postings", body)
    assert codes(posting) == asked
    view = network["rw1"].post(f"/api/v1/postings/{posting['id']}/confirmation", status=200)
    assert codes(view["postings"][0]) == codes(view["hearings"][0]) == asked
    assert view["hearings"][0]["posted_by"] == network["liaison"].id
    (act,) = view["acts"]
    assert (act["posted_by"], act["recorded_by"]) == (network["liaison"].id, network["rw1"].id)


def test_an_eviction_of_which_no_announcement_is_written_down(network, procedure):
    """Asked after a judgment, until the bailiff's announcement is written down too."""
    _, first = record(network, procedure, kind="eviction", acted_on="2027-02-09")
    assert "no-announcement" not in codes(first)
    view, _ = record(network, procedure, kind="judgment", acted_on="2026-11-24")

    def asked(view) -> bool:
        (act,) = (each for each in view["acts"] if each["kind"] == "eviction")
        return "no-announcement" in codes(act)

    assert asked(view)
    view, _ = record(network, procedure, kind="bailiff_notice", acted_on="2027-01-25")
    assert not asked(view)


def test_an_opposition_before_the_claim(network, procedure):
    record(network, procedure, kind="petition", acted_on="2026-11-25")
    path = f"/api/v1/procedures/{procedure['id']}/welfare-oppositions"
    made = network["rw1"].post(path, {"opposed_on": "2026-11-20", "how": "orally"})
    assert codes(made)[0] == "before-the-claim"
    assert "mercredi 25 novembre 2026" in made["warnings"][0]["words"]["fr"]


def test_a_term_twice_and_before_its_judgment(network, procedure):
    view, act = record(network, procedure, kind="judgment", acted_on="2026-11-24")
    path = f"/api/v1/cases/{view['case_id']}/terms"
    body = {"kind": "leave_by", "act_id": act["id"], "due_on": "2027-01-15"}
    assert codes(network["rw1"].post(path, body)) == []
    network.clock.advance(minutes=1)
    assert codes(network["rw1"].post(path, body)) == ["same-term-twice"]
    early = network["rw1"].post(path, body | {"due_on": "2026-11-20"})
    assert codes(early) == ["before-its-judgment"]


def test_a_judgment_of_the_liaison_stays_hers(network, procedure):
    path = f"/api/v1/procedures/{procedure['id']}/postings"
    posting = network["liaison"].post(path, {"kind": "judgment_set", "day": "2026-11-22"})
    assert codes(posting) == ["on-a-sunday"]
    view = network["rw1"].post(f"/api/v1/postings/{posting['id']}/confirmation", status=200)
    assert view["acts"][0]["posted_by"] == network["liaison"].id


def test_every_code_has_its_words():
    asked = {
        *(
            each["code"]
            for each in of_instant(NOW.replace(year=2033, day=6, hour=2), NOW, belgium())
        ),
        *(each["code"] for each in of_term([date(2060, 1, 1)], NOW, None, twice=True)),
    }
    assert asked == {"year-far-off", "at-night", "on-a-sunday", "same-term-twice"}
    assert {f"warning.{code}" for code in asked} <= set(keys("warning."))
