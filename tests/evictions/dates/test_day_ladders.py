"""The day of an eviction, the day to leave and an instalment are told ahead (F1, F-2)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.journeys.steps import consent, join, mails_about, open_shared_case, org, sweep
from tests.once.beginnings import beginning
from tests.people import Network

OF = (
    "SELECT rung, due_at FROM alerts WHERE kind = %s AND state = 'planned' AND first_id IS NULL"
    " ORDER BY due_at"
)
EVICTION, TERM = "evictions.eviction_approaching", "evictions.term_approaching"
INSTALMENT = "evictions.instalment_approaching"


@pytest.fixture
@beginning
def judged(network: Network) -> Any:
    """On Monday 2 March 2026, with a judgment of February."""
    network.clock.set(datetime(2026, 3, 2, 8, 30, tzinfo=UTC))
    case = open_shared_case(network)
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    body = {"kind": "judgment", "acted_on": "2026-02-20"}
    acts = network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", body)["acts"]
    return case, procedure, acts[0]


def announce(network: Network, procedure: Any, day: str) -> Any:
    body = {"kind": "eviction", "acted_on": day}
    view = network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", body)
    return next(each for each in view["acts"] if each["kind"] == "eviction")


def correct(network: Network, procedure: Any, act: Any, day: str) -> Any:
    network.clock.advance(seconds=1)
    body = {"kind": "eviction", "acted_on": day, "reason": "Read wrongly."}
    path = f"/api/v1/procedures/{procedure['id']}/acts/{act['id']}/correction"
    return network["rw1"].post(path, body)


def leave_by(network: Network, case: Any, act: Any, day: str) -> Any:
    body = {"kind": "leave_by", "act_id": act["id"], "due_on": day}
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/terms", body)


def nine(month: int, day: int, hour: int = 8) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_an_eviction_is_told_fourteen_seven_three_one_days_before_and_on_the_day(network, judged):
    case, procedure, _ = judged
    # A Wednesday; the clocks change on the 29th.
    announce(network, procedure, "2026-04-01")
    days = [nine(3, 18), nine(3, 25), nine(3, 27), nine(3, 31, 7), nine(4, 1, 7)]
    names = ("14d", "7d", "3d", "1d", "0d")
    assert network.rows(OF, EVICTION) == list(zip(names, days, strict=True))
    network.clock.set(nine(3, 18))
    sweep(network)
    (mail,) = mails_about(network, "rw1", "Expulsion dans 14 jours")
    assert case["code"] in mail["subject"]


def test_one_recorded_late_speaks_at_once_and_once(network, judged):
    _, procedure, _ = judged
    announce(network, procedure, "2026-03-04")
    sweep(network)
    assert len(mails_about(network, "rw1", "Expulsion dans 2 jours")) == 1
    assert [rung for rung, _ in network.rows(OF, EVICTION)] == ["1d", "0d"]


def test_one_of_today_is_told_today(network, judged):
    _, procedure, _ = judged
    announce(network, procedure, "2026-03-02")
    sweep(network)
    assert len(mails_about(network, "rw1", "Expulsion aujourd’hui")) == 1
    assert network.rows(OF, EVICTION) == []


def test_nobody_is_told_of_one_that_is_over(network, judged):
    _, procedure, _ = judged
    announce(network, procedure, "2026-03-01")
    assert network.rows("SELECT 1 FROM alerts WHERE kind = %s", EVICTION) == []


def test_its_alerts_move_with_it_and_a_day_that_only_was_written_anew_is_not_told_again(
    network, judged
):
    _, procedure, _ = judged
    act = announce(network, procedure, "2026-03-05")
    sweep(network)
    view = correct(network, procedure, act, "2026-03-20")
    assert [rung for rung, _ in network.rows(OF, EVICTION)] == ["14d", "7d", "3d", "1d", "0d"]
    again = next(each for each in view["acts"] if each["acted_on"] == "2026-03-20")
    network.clock.set(nine(3, 6))
    sweep(network)
    view = correct(network, procedure, again, "2026-03-20")
    sweep(network)
    assert len(mails_about(network, "rw1", "Expulsion dans 14 jours")) == 1
    assert [rung for rung, _ in network.rows(OF, EVICTION)] == ["7d", "3d", "1d", "0d"]
    open_ = "SELECT count(DISTINCT object_id) FROM alerts WHERE kind = %s AND state <> 'cancelled'"
    assert network.rows(open_, EVICTION) == [(1,)]


def test_without_an_answer_it_climbs_to_the_coordinator(network, judged):
    _, procedure, _ = judged
    announce(network, procedure, "2026-03-03")
    sweep(network)
    for _ in range(12):
        network.clock.advance(seconds=2 * 3600)
        sweep(network)
    told = "SELECT DISTINCT recipient_role FROM alerts WHERE kind = 'evictions.unacknowledged'"
    assert ("coordinator",) in network.rows(told)
    climbed = network.rows("SELECT facts ->> 'about' FROM alerts WHERE first_id IS NOT NULL")
    # That it is announced too early is told by an alert of its own.
    assert {about for (about,) in climbed} == {EVICTION, "evictions.act_against_law"}


def test_the_day_to_leave_four_days_ahead_is_told_at_once(network, judged):
    """Journeys F-2: it was on no board and had no alert at all."""
    case, _, act = judged
    leave_by(network, case, act, "2026-03-06")
    sweep(network)
    (mail,) = mails_about(network, "rw1", "plus que 4 jours (jour auquel il faut avoir quitté")
    assert case["code"] in mail["subject"]
    assert [rung for rung, _ in network.rows(OF, TERM)] == ["3d", "1d", "0d"]
    found = network["rw1"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    (task,) = [each for each in found if each["template"] == "judgment_term"]
    assert task["remind_at"] == "2026-03-02T08:30:00Z"
    board = network["rw1"].get("/api/v1/deadlines?about=term")["items"]
    assert [(line["computes"], line["days_left"]) for line in board] == [("leave_by", 4)]


def test_a_term_that_is_called_off_is_told_no_more_and_one_that_resumes_is(network, judged):
    case, _, act = judged
    term = leave_by(network, case, act, "2026-04-01")
    path, tag = f"/api/v1/terms/{term['id']}", {"If-Match": f'"v{term["version"]}"'}
    network["rw1"].post(f"{path}/cancellation", {"reason": "They agreed."}, status=200, **tag)
    assert network.rows(OF, TERM) == []
    term = leave_by(network, case, act, "2026-03-04")
    network.clock.set(nine(3, 5, 9))
    sweep(network)
    path = f"/api/v1/terms/{term['id']}"
    term = network["rw1"].get(path)
    assert term["state"] == "missed"
    left = "SELECT DISTINCT state FROM alerts WHERE kind = %s AND object_id = %s"
    assert network.rows(left, TERM, term["id"]) == [("cancelled",)]
    tag = {"If-Match": f'"v{term["version"]}"'}
    network["rw1"].post(f"{path}/resumption", {"due_on": "2026-03-31"}, status=200, **tag)
    assert [rung for rung, _ in network.rows(OF, TERM)] == ["14d", "7d", "3d", "1d", "0d"]


def test_an_instalment_has_one_reminder_that_ends_with_its_payment(network, judged):
    """Whoever reads the tenancy alone may note that a plan without a judge was paid."""
    case, _, _ = judged
    join(network, case, "specialist", "specialist")
    consent(
        network,
        case,
        {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")},
        ["tenancy"],
    )
    parts = [{"due_on": each, "amount_eur": "85.50"} for each in ("2026-03-03", "2026-04-03")]
    body = {"kind": "payment_plan", "instalments": parts}
    term = network["specialist"].post(f"/api/v1/cases/{case['id']}/terms", body)
    sweep(network)
    assert len(mails_about(network, "rw1", "Mensualité à payer demain")) == 1
    assert network.rows(OF, INSTALMENT) == [("3d", nine(3, 31, 7))]
    for part in term["instalments"]:
        network.clock.advance(seconds=1)
        tag = {"If-Match": f'"v{term["version"]}"'}
        path = f"/api/v1/terms/{term['id']}/instalments/{part['id']}/payment"
        term = network["specialist"].post(path, {"paid_on": "2026-03-02"}, status=200, **tag)
    assert network.rows("SELECT DISTINCT state FROM alerts WHERE kind = %s", INSTALMENT) == [
        ("cancelled",)
    ]
    assert network["rw1"].get("/api/v1/deadlines?about=instalment")["items"] == []


def test_two_dates_of_one_morning_say_which_is_which(network, judged):
    """F6: appeal and opposition ran out on one day, and the mails told them apart by nothing."""
    _, procedure, _ = judged
    for kind, day in (("default_judgment", "2026-02-26"), ("service", "2026-03-02")):
        body = {"kind": kind, "acted_on": day}
        network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", body)
    network.clock.set(datetime(2026, 3, 30, 7, tzinfo=UTC))
    sweep(network)
    subjects = {str(mail["subject"]) for mail in mails_about(network, "rw1", "Échéance légale")}
    assert any("(dernier jour pour faire appel)" in each for each in subjects)
    assert any("(dernier jour pour faire opposition" in each for each in subjects)
