"""Dates to act before are told 14, 7, 3 and 1 days ahead, and follow when they move (F35, F36)."""

from datetime import UTC, datetime

import pytest

from tests.evictions.law_changes.test_rule_versions import SHIPPED, _apply, _load, _preview
from tests.journeys.steps import mails_about, open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.people import Network

PLANNED = (
    "SELECT a.rung, a.due_at FROM alerts a JOIN deadlines d ON d.id = a.object_id"
    " WHERE d.computes = 'appeal_until' AND a.state = 'planned' ORDER BY a.due_at"
)


@pytest.fixture
@beginning
def served(network: Network):
    """The judgment was served: an appeal until Monday 16 March 2026."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    view = network["rw1"].post(path, {"kind": "service", "acted_on": "2026-02-16"})
    return case, view


def _appeal(view):
    return next(each for each in view["deadlines"] if each["computes"] == "appeal_until")


def _override(network, deadline, day):
    return network["rw1"].post(
        f"/api/v1/deadlines/{deadline['id']}/override",
        {"date": day, "reason": "The lawyer counted again."},
        status=200,
        **{"If-Match": f'"v{deadline["version"]}"'},
    )


def test_it_is_told_at_nine_before_a_working_day_that_is_over(network, served):
    case, view = served
    assert _appeal(view)["date"] == "2026-03-16"
    # 2 and 9 March are Mondays; 13 March is a Friday, and Sunday the 15th falls on it too.
    found = network.rows(PLANNED)
    assert found == [
        ("14d", datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        ("7d", datetime(2026, 3, 9, 8, 0, tzinfo=UTC)),
        ("1d", datetime(2026, 3, 13, 8, 0, tzinfo=UTC)),
    ]
    network.clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    sweep(network)
    mails = mails_about(network, "rw1", "Échéance légale dans 14 jours")
    assert mails
    for mail in mails:
        text = str(mail)
        assert case["code"] in mail["subject"]
        assert "Tenant" not in text
    assert mails_about(network, "liaison", "termijn") == []


def test_a_date_of_ones_own_moves_its_alerts(network, served):
    _, view = served
    moved = _appeal(_override(network, _appeal(view), "2026-03-05"))
    days = [due.date().isoformat() for _, due in network.rows(PLANNED)]
    assert days == ["2026-02-19", "2026-02-26", "2026-03-02", "2026-03-04"]
    _override(network, moved, "2026-02-20")
    rungs = [rung for rung, _ in network.rows(PLANNED)]
    assert rungs == ["3d", "1d"]  # those that are over are told at once, as one


def test_a_corrected_act_takes_its_alerts_with_it(network, served):
    _, view = served
    (act,) = view["acts"]
    path = f"/api/v1/procedures/{view['id']}/acts/{act['id']}/correction"
    body = {"kind": "service", "acted_on": "2026-02-17", "reason": "Misread"}
    after = network["rw1"].post(path, body)
    assert _appeal(after)["date"] == "2026-03-17"
    assert len(network.rows(PLANNED)) == 4
    assert next(due.date().isoformat() for _, due in network.rows(PLANNED)) == "2026-03-03"


def test_of_a_date_that_is_over_nobody_is_told(network, served):
    _, view = served
    path = f"/api/v1/procedures/{view['id']}/acts"
    network["rw1"].post(path, {"kind": "judgment", "acted_on": "2025-06-02"})
    over = network.rows(
        "SELECT count(*) FROM alerts a JOIN deadlines d ON d.id = a.object_id"
        " JOIN acts c ON c.id = d.act_id WHERE c.kind = 'judgment'"
    )
    assert over == [(0,)]


DOUBTS = (
    "SELECT DISTINCT d.computes, a.facts ->> 'certainty' FROM alerts a"
    " JOIN deadlines d ON d.id = a.object_id WHERE a.state = 'planned' ORDER BY 1"
)


def test_a_mail_of_a_date_in_doubt_says_so(network, served):
    """Whether a lay tenant may oppose at all is disputed or unverified; an appeal is certain."""
    _, view = served
    certainty = {each["computes"]: each["certainty"] for each in view["deadlines"]}
    assert certainty["appeal_until"] == "found"
    assert network.rows(DOUBTS)[0] == ("appeal_until", None)
    act = {"kind": "eviction", "acted_on": "2026-04-20"}
    network["rw1"].post(f"/api/v1/procedures/{view['id']}/acts", act)
    (notice,) = [found for found in network.rows(DOUBTS) if found[0] == "bailiff_notice_until"]
    assert notice[1] == "disputed"
    network.clock.set(datetime(2026, 3, 20, 8, 0, tzinfo=UTC))
    sweep(network)
    said = [
        mail.get_body(("plain",)).get_content()
        for mail in mails_about(network, "rw1", "à confirmer")
    ]
    assert said
    assert all("à faire confirmer par un avocat" in text for text in said)


def test_a_date_of_ones_own_is_not_in_doubt(network, served):
    _, view = served
    act = {"kind": "eviction", "acted_on": "2026-04-20"}
    after = network["rw1"].post(f"/api/v1/procedures/{view['id']}/acts", act)
    (notice,) = [e for e in after["deadlines"] if e["computes"] == "bailiff_notice_until"]
    _override(network, notice, notice["date"])
    planned = dict(network.rows(DOUBTS))
    assert planned["bailiff_notice_until"] is None


def test_a_rule_that_falls_into_doubt_says_so_in_what_is_still_ahead(network, served):
    """The day does not move: what went out is not sent again, and still waits for an answer."""
    network.clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    sweep(network)
    head, rule, tail = SHIPPED.partition('id = "REM-01"')
    doubted = rule + tail.replace('certainty = "found"', 'certainty = "unverified"', 1)
    source = head.replace("version = 1", "version = 2") + doubted
    told = len(network.mails("rw1"))
    _apply(network, _preview(network, _load(network, source)))
    found = network.rows(
        "SELECT a.rung, a.state, a.facts ->> 'certainty' FROM alerts a"
        " JOIN deadlines d ON d.id = a.object_id WHERE d.computes = 'appeal_until'"
        " AND a.state <> 'cancelled' ORDER BY a.due_at"
    )
    assert found == [
        ("14d", "sending", None),
        ("7d", "planned", "unverified"),
        ("1d", "planned", "unverified"),
    ]
    assert [mail for mail in network.mails("rw1")[told:] if "14 jours" in mail["subject"]] == []
