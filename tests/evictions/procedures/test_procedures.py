"""Regimes, corrections of acts, and what stays of the dates people put themselves (F34-F37)."""

from datetime import UTC, datetime

import pytest

from tests.families import family
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
def opened(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def _tenancy(network, case, postal_code, lease_kind):
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/tenancy",
        {"postal_code": postal_code, "lease_kind": lease_kind},
    )


@beginning
def _procedure(network, case, **more):
    path = f"/api/v1/cases/{case['id']}/procedures"
    return network["rw1"].post(path, {"canton": "Schaerbeek 1", **more})


def _acts(network, procedure, *acts):
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    for kind, day in acts:
        procedure = network["rw1"].post(path, {"kind": kind, "acted_on": day})
    return procedure


def _dates(procedure):
    return {each["computes"]: each["date"] for each in procedure["deadlines"]}


@family(
    "postal_code, lease_kind, regime, eviction",
    [
        ("1030", "main_residence", "BRU_LEASE", "2027-03-16"),
        ("1030", "other", "BRU_OTHER", "2026-11-20"),
        ("4000", "social_company", "WAL_SOCIAL", "2027-03-16"),
        ("4000", "social_public", "WAL_LEASE", "2026-11-20"),
        ("1030", "lease_ended", "BRU_LEASE", "2027-03-16"),
        ("9000", "social", "VLA_LEASE", "2026-11-20"),
    ],
)
def test_the_dwelling_decides_which_rules_apply(
    network, opened, postal_code, lease_kind, regime, eviction
):
    network.database.execute("DELETE FROM tenancies")
    _tenancy(network, opened, postal_code, lease_kind)
    procedure = _procedure(network, opened)
    assert (procedure["regime"], procedure["regime_assumed"]) == (regime, False)
    served = _acts(network, procedure, ("service", "2026-10-20"))
    assert _dates(served)["eviction_not_before"] == eviction


def test_a_regime_that_was_assumed_is_chosen_anew_and_every_date_with_it(network, opened):
    procedure = _procedure(network, opened)
    assert (procedure["regime"], procedure["regime_assumed"]) == ("BRU_LEASE", True)
    procedure = _acts(network, procedure, ("petition", "2026-02-16"), ("eviction", "2026-10-30"))
    assert _dates(procedure)["hearing_not_before"] == "2026-03-29"
    kept = next(d for d in procedure["deadlines"] if d["computes"] == "bailiff_notice_until")
    network["rw1"].post(
        f"/api/v1/deadlines/{kept['id']}/override",
        {"date": "2026-10-01", "reason": "The bailiff wrote so."},
        status=200,
        **{"If-Match": f'"v{kept["version"]}"'},
    )
    _tenancy(network, opened, "4000", "main_residence")
    chosen = network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/regime", {}, status=200)
    assert (chosen["regime"], chosen["rule_set"]) == ("WAL_LEASE", "FED-2018")
    dates = {each["rule_id"]: each["date"] for each in chosen["deadlines"]}
    assert "BRU-04" not in dates
    assert dates["FED-04"] == "2026-02-21"
    assert dates["BRU-11"] == "2026-10-01"  # a person's own date stays, whatever rule falls away


def test_a_postal_code_that_says_nothing_leaves_the_region_to_the_canton(network, opened):
    """bugs/46: B-4000 before Liège 1 was Brussels."""
    _tenancy(network, opened, "9999", "main_residence")
    path = f"/api/v1/cases/{opened['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Liège 1"})
    assert (procedure["regime"], procedure["regime_assumed"]) == ("WAL_LEASE", False)
    eupen = network["rw1"].post(path, {"canton": "Eupen-Saint-Vith 1"})
    assert (eupen["regime"], eupen["regime_assumed"]) == ("DG_LEASE", True)
    assert "avocat" in eupen["regime_words"]["fr"]


def test_choosing_a_regime_first_says_what_disappears_and_what_moves(network, opened):
    _tenancy(network, opened, "1030", "main_residence")
    procedure = _acts(network, _procedure(network, opened), ("service", "2026-10-20"))
    path = f"/api/v1/procedures/{procedure['id']}/regime"
    said = network["rw1"].get(f"{path}?regime=SQT")
    assert (said["regime"], said["rule_set"], said["regime_assumed"]) == ("SQT", "SQT-2017", False)
    moves = {each["computes"]: (each["kind"], each["before"]) for each in said["differences"]}
    assert moves["eviction_not_before"] == ("changed", "2027-03-16")
    assert network["rw1"].get(f"{path}?regime=BRU_LEASE")["differences"] == []
    as_it_is = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")
    assert (as_it_is["regime"], as_it_is["deadlines"]) == ("BRU_LEASE", procedure["deadlines"])
    chosen = network["rw1"].post(path, {"regime": "SQT"}, status=200)
    became = {(each["computes"], each["date"]) for each in chosen["deadlines"]}
    before = {(each["computes"], each["date"]) for each in procedure["deadlines"]}
    told = {(each["computes"], each["after"]) for each in said["differences"] if each["after"]}
    assert became - before == told
    network["rw2"].call("GET", path, status=404)


def test_a_corrected_act_moves_its_dates_and_the_old_one_stays_readable(network, opened):
    procedure = _acts(network, _procedure(network, opened), ("formal_notice", "2026-01-12"))
    (notice,) = procedure["acts"]
    path = f"/api/v1/procedures/{procedure['id']}/acts/{notice['id']}/correction"
    body = {"kind": "formal_notice", "acted_on": "2026-01-14", "reason": "Misread"}
    after = network["rw1"].post(path, body)
    old, new = sorted(after["acts"], key=lambda act: act["acted_on"])
    assert (old["replaced_by"], new["replaced_by"]) == (new["id"], None)
    assert new["correction_reason"] == "Misread"
    assert _dates(after) == {"petition_not_before": "2026-02-15"}
    again = network["rw1"].post(path, body, status=409)
    assert again["type"].endswith("act-already-corrected")


def test_an_overridden_date_survives_the_correction_of_its_act(network, opened):
    procedure = _acts(network, _procedure(network, opened), ("petition", "2026-02-16"))
    (deadline,) = procedure["deadlines"]
    network["rw1"].post(
        f"/api/v1/deadlines/{deadline['id']}/override",
        {"date": "2026-04-09", "reason": "The registry said so."},
        status=200,
        **{"If-Match": f'"v{deadline["version"]}"'},
    )
    (petition,) = procedure["acts"]
    path = f"/api/v1/procedures/{procedure['id']}/acts/{petition['id']}/correction"
    body = {"kind": "petition", "acted_on": "2026-02-20", "reason": "Stamped on the 20th"}
    after = network["rw1"].post(path, body)
    (kept,) = after["deadlines"]
    assert (kept["date"], kept["computed_date"]) == ("2026-04-09", "2026-04-02")


def test_what_the_law_asks_without_a_delay_is_listed_with_its_certainty(network, opened):
    procedure = _acts(network, _procedure(network, opened), ("petition", "2026-02-16"))
    duties = {each["rule_id"]: each for each in procedure["duties"]}
    assert set(duties) == {"BRU-03", "BRU-03b", "BRU-03c", "BRU-03s", "BRU-05", "BRU-05b"}
    (source,) = duties["BRU-03s"]["sources"]
    assert source["address"] in duties["BRU-03s"]["source"]
    assert set(source) == {"title", "address", "read_on", "read_by"}
    assert duties["BRU-05"]["certainty"] == "unverified"
    assert set(duties["BRU-05"]["explanation"]) == {"en", "fr", "nl"}


def test_an_impossible_receipt_is_named_and_a_hearing_corrected_as_an_act_refused(network, opened):
    procedure = _procedure(network, opened)
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    early = {"kind": "summons", "acted_on": "2026-02-16", "received_on": "2026-02-15"}
    (summons,) = network["rw1"].post(path, early)["acts"]
    assert [each["code"] for each in summons["warnings"]] == ["received-before-sent"]
    hearing = network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings",
        {"starts_at": "2026-03-31T09:00:00+02:00"},
    )
    act = next(each for each in hearing["acts"] if each["kind"] == "hearing")
    body = {"kind": "petition", "acted_on": "2026-02-16", "reason": "R"}
    refused = network["rw1"].post(f"{path}/{act['id']}/correction", body, status=422)
    assert refused["type"].endswith("hearing-is-moved")


def test_the_board_lists_dates_and_hearings_by_days_left(network, opened):
    procedure = _acts(network, _procedure(network, opened), ("service", "2026-02-16"))
    network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings",
        {"starts_at": "2026-02-24T00:30:00+01:00"},
    )
    shown = network["rw1"].get("/api/v1/deadlines")["items"]
    lines = [line for line in shown if line["about"] not in ("task", "consent")]
    assert [(line["computes"], line["date"], line["days_left"]) for line in lines[:1]] == [
        ("hearing", "2026-02-24", 6)
    ]
    assert {(line["computes"], line["date"]) for line in lines[1:]} == {
        ("appeal_until", "2026-03-16"),
        ("eviction_not_before", "2026-03-16"),
    }
    assert [line["days_left"] for line in lines[1:]] == [26, 26]
    assert lines[0]["case_code"] == opened["code"]
    narrowed = network["rw1"].get("/api/v1/deadlines?protective=false&last_day=2026-12-31")
    assert [line["computes"] for line in narrowed["items"]] == ["eviction_not_before"]
    assert network["rw1"].get("/api/v1/deadlines?canton=Uccle")["items"] == []
    waiting = network["rw1"].get("/api/v1/me")["waiting"]
    assert (waiting["deadlines_in_a_week"], waiting["hearings_in_a_week"]) == (0, 1)


def test_the_board_is_walked_page_by_page(network, opened):
    _acts(network, _procedure(network, opened), ("service", "2026-02-16"))
    path = "/api/v1/deadlines?about=deadline"
    first = network["rw1"].call("GET", f"{path}&limit=1", status=200)
    assert len(first.json()["items"]) == 1
    rest = network["rw1"].get(first.links["next"]["url"].removeprefix(network["rw1"].base))
    whole = network["rw1"].get(path)["items"]
    assert first.json()["items"] + rest["items"] == whole


def test_the_board_of_somebody_without_the_procedure_is_empty(network, opened):
    _acts(network, _procedure(network, opened), ("service", "2026-02-16"))
    for who in ("rw2", "coordinator"):
        assert network[who].get("/api/v1/deadlines")["items"] == []
        assert network[who].get("/api/v1/me")["waiting"]["deadlines_in_a_week"] == 0
