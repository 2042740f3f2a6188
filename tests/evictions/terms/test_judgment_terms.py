"""F43: what a judgment orders is watched, and what is not kept is told (journey J1 steps 6)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.journeys.steps import join, mails_about, open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.people import Network

MONTHS = ("2026-06-01", "2026-07-01", "2026-08-01")


@pytest.fixture
@beginning
def judged(network: Network) -> Any:
    """The case, its procedure, and the act of its judgment of 5 May."""
    network.clock.set(datetime(2026, 5, 6, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    procedure = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"}
    )
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    acts = network["rw1"].post(path, {"kind": "judgment", "acted_on": "2026-05-05"})["acts"]
    return case, procedure, acts[0]


def set_term(
    network: Network, case: Any, *, who: str = "rw1", status: int = 201, **more: Any
) -> Any:
    return network[who].post(f"/api/v1/cases/{case['id']}/terms", more, status=status)


def plan(network: Network, case: Any, act: Any, *days: str, who: str = "rw1") -> Any:
    parts = [{"due_on": day, "amount_eur": "150.00"} for day in days or MONTHS]
    body = {"kind": "payment_plan", "instalments": parts}
    return set_term(network, case, who=who, **body, **({"act_id": act["id"]} if act else {}))


def change(
    network: Network, term: Any, what: str, *, who: str = "rw1", status: int = 200, **body: Any
) -> Any:
    network.clock.advance(seconds=1)
    tag = {"If-Match": f'"v{term["version"]}"'}
    path = f"/api/v1/terms/{term['id']}/{what}"
    return network[who].post(path, body if what != "completion" else None, status=status, **tag)


def pay(network: Network, term: Any, number: int, day: str, **more: Any) -> Any:
    part = term["instalments"][number]["id"]
    return change(network, term, f"instalments/{part}/payment", paid_on=day, **more)


def now(network: Network, month: int, day: int, hour: int = 8) -> None:
    network.clock.set(datetime(2026, month, day, hour, tzinfo=UTC))
    sweep(network)


def the_term(network: Network, term: Any) -> Any:
    return network["rw1"].get(f"/api/v1/terms/{term['id']}")


def tasks(network: Network, case: Any) -> Any:
    found = network["rw1"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    return [task for task in found if task["template"] in ("instalment_missed", "term_missed")]


def closing(network: Network, case: Any, status: int = 201, **more: Any) -> Any:
    network.clock.advance(seconds=1)
    body = {"reason": "solved", "reviewer_id": network["colleague"].id, **more}
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/closings", body, status=status)


def test_a_missed_instalment_is_told_and_becomes_a_task_and_the_plan_goes_on(network, judged):
    case, _, act = judged
    term = plan(network, case, act)
    assert (term["state"], term["instalments"][0]["amount_eur"]) == ("running", "150.00")
    now(network, 6, 1)
    term = pay(network, the_term(network, term), 0, "2026-06-01")
    now(network, 7, 1, 20)
    assert the_term(network, term)["state"] == "running"  # its day is not over
    now(network, 7, 2)
    missed = the_term(network, term)
    assert missed["state"] == "missed"
    assert [each["state"] for each in missed["instalments"]] == ["paid", "missed", "due"]
    (mail,) = mails_about(network, "rw1", "Mensualité non payée")
    assert case["code"] in mail["subject"]
    assert "mercredi 1er juillet 2026" in mail.get_body(("plain",)).get_content()
    (task,) = tasks(network, case)
    assert (task["due_on"], task["assignee_id"]) == ("2026-07-05", None)
    sweep(network)
    assert len(mails_about(network, "rw1", "Mensualité non payée")) == 1
    assert len(tasks(network, case)) == 1
    catching_up = [{"due_on": "2026-09-01", "amount_eur": "150.00"}]
    resumed = change(network, missed, "resumption", instalments=catching_up)
    assert resumed["state"] == "resumed"
    resumed = pay(network, resumed, 1, "2026-07-02")
    now(network, 8, 1)
    resumed = pay(network, the_term(network, resumed), 2, "2026-08-01")
    done = pay(network, resumed, 3, "2026-08-01")
    assert (done["state"], done["was_missed"]) == ("done", True)


def test_a_sweep_that_was_away_for_months_finds_everything_that_was_missed(network, judged):
    case, _, act = judged
    term = plan(network, case, act)
    now(network, 10, 15)
    assert [each["state"] for each in the_term(network, term)["instalments"]] == ["missed"] * 3
    assert len(mails_about(network, "rw1", "Mensualité non payée")) == 3
    assert len(tasks(network, case)) == 3


def test_a_plan_that_is_paid_in_time_is_kept(network, judged):
    case, _, act = judged
    term = plan(network, case, act, "2026-06-01")
    refused = pay(network, term, 0, "2026-06-01", status=422)
    assert refused["code"] == "paid-in-the-future"
    kept = pay(network, term, 0, "2026-05-06")
    assert (kept["state"], kept["was_missed"]) == ("kept", False)
    assert pay(network, kept, 0, "2026-05-06", status=409)["code"] == "term-is-over"
    now(network, 7, 2)
    assert mails_about(network, "rw1", "Mensualité") == []


def test_a_case_is_not_closed_while_a_term_is_open(network, judged):
    case, _, act = judged
    term = plan(network, case, act, "2026-06-01")
    refused = closing(network, case, status=409, despite="All the same")
    assert refused["code"] == "judgment-term-open"
    cancelled = change(network, term, "cancellation", reason="The landlord gave it up")
    assert cancelled["state"] == "cancelled"
    assert cancelled["instalments"][0]["state"] == "cancelled"
    closing(network, case)


def test_nor_is_it_closed_when_the_term_came_after_the_proposal(network, judged):
    case, _, act = judged
    proposed = closing(network, case)
    plan(network, case, act, "2026-06-01")
    path = f"/api/v1/closings/{proposed['id']}/confirmation"
    assert network["colleague"].post(path, status=409)["code"] == "judgment-term-open"


def test_a_date_to_leave_is_a_task_ahead_and_an_alert_when_it_passed(network, judged):
    case, _, act = judged
    term = set_term(network, case, kind="leave_by", act_id=act["id"], due_on="2026-07-31")
    ahead = network["rw1"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    (task,) = [each for each in ahead if each["template"] == "judgment_term"]
    assert (task["due_on"], task["remind_at"]) == ("2026-07-31", "2026-07-24T07:00:00Z")
    now(network, 8, 3)
    assert the_term(network, term)["state"] == "missed"
    assert len(mails_about(network, "rw1", "Terme d’un jugement non respecté")) == 1
    assert len(tasks(network, case)) == 1
    refused = change(network, the_term(network, term), "resumption", status=422)
    assert refused["code"] == "term-needs-its-day"
    again = change(network, the_term(network, term), "resumption", due_on="2026-08-31")
    assert (again["state"], again["due_on"]) == ("resumed", "2026-08-31")
    now(network, 9, 1)
    assert len(mails_about(network, "rw1", "Terme d’un jugement non respecté")) == 2
    done = change(network, the_term(network, term), "completion")
    assert done["state"] == "done"


def test_it_can_be_recorded_by_hand_from_its_day_on(network, judged):
    case, _, act = judged
    term = plan(network, case, act, "2026-06-01")
    part = term["instalments"][0]["id"]
    refused = change(network, term, "miss", status=422, instalment_id=part)
    assert refused["code"] == "instalment-still-ahead"
    now(network, 6, 1)
    assert change(network, term, "miss", instalment_id=part)["state"] == "missed"
    network.work()
    assert len(mails_about(network, "rw1", "Mensualité non payée")) == 1
    now(network, 6, 3)
    assert len(mails_about(network, "rw1", "Mensualité non payée")) == 1


def test_two_who_pay_at_once_need_the_version_they_saw(network, judged):
    case, _, act = judged
    term = plan(network, case, act, "2026-05-06", "2026-06-01")
    pay(network, term, 0, "2026-05-06")
    stale = pay(network, term, 1, "2026-05-06", status=412)
    assert stale["code"] == "stale-version"


def test_what_a_term_must_say(network, judged):
    case, procedure, act = judged
    day = {"due_on": "2026-07-31"}
    parts = [{"due_on": "2026-06-01", "amount_eur": "150.00"}]
    for body, code in (
        ({"kind": "payment_plan", "act_id": act["id"]}, "term-needs-its-instalments"),
        ({"kind": "leave_by", "act_id": act["id"]}, "term-needs-its-day"),
        ({"kind": "other", "act_id": act["id"], **day}, "term-needs-words"),
        ({"kind": "leave_by", **day}, "term-without-judgment"),
        ({"kind": "payment_plan", "instalments": parts, **day}, "term-needs-its-day"),
    ):
        assert set_term(network, case, status=422, **body)["code"] == code
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    acts = network["rw1"].post(path, {"kind": "petition", "acted_on": "2026-02-16"})["acts"]
    petition = next(each for each in acts if each["kind"] == "petition")
    refused = set_term(network, case, status=422, kind="leave_by", act_id=petition["id"], **day)
    assert refused["code"] == "term-without-judgment"
    zero = [{"due_on": "2026-06-01", "amount_eur": "0.00"}]
    set_term(network, case, status=422, kind="payment_plan", instalments=zero)


def test_a_corrected_judgment_keeps_its_terms(network, judged):
    case, procedure, act = judged
    term = plan(network, case, act)
    path = f"/api/v1/procedures/{procedure['id']}/acts/{act['id']}/correction"
    body = {"kind": "judgment", "acted_on": "2026-05-04", "reason": "Misread"}
    view = network["rw1"].post(path, body)
    new = next(each["id"] for each in view["acts"] if each["replaced_by"] is None)
    assert the_term(network, term)["act_id"] == new


def test_terms_are_the_teams_never_the_liaisons(network, judged):
    case, _, act = judged
    join(network, case, "rw2", "generalist")
    term = plan(network, case, act, who="rw2")
    path = f"/api/v1/terms/{term['id']}"
    for who in ("liaison", "specialist", "coordinator"):
        network[who].call("GET", path, status=404)
        network[who].call("GET", f"/api/v1/cases/{case['id']}/terms", status=404)
    assert network["rw2"].get(path)["recorded_by"] == network["rw2"].id


def test_a_worker_writes_no_task_about_a_term_that_was_kept(network, judged):
    case, _, act = judged
    term = plan(network, case, act)
    forged = "SELECT write_missed_task(:term, :template, now()::date)"
    with network.runtime.transaction() as uow:
        for template in ("term_missed", "other"):
            uow.session.execute(text(forged), {"term": term["id"], "template": template})
    assert tasks(network, case) == []
