"""F06: the ledger of arrears, exact to the cent, and a payment plan without a judge."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.families import family
from tests.journeys.steps import join, mails_about, open_shared_case, sweep
from tests.people import Network


@pytest.fixture
def case(network: Network) -> Any:
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def enter(network: Network, case: Any, kind: str, amount: Any, *, status: int = 201, **more: Any):
    body = {"day": "2026-01-01", "kind": kind, "amount_eur": amount, **more}
    who = network[more.pop("who", "rw1")]
    body.pop("who", None)
    return who.post(f"/api/v1/cases/{case['id']}/arrears", body, status=status)


def test_the_balance_is_exact_and_in_months_of_the_rent(network, case):
    path = f"/api/v1/cases/{case['id']}"
    assert network["rw1"].get(f"{path}/arrears") == {
        **{"balance_eur": "0.00", "months_of_rent": None, "entries": []}
    }
    network["rw1"].post(f"{path}/tenancy", {"lease_kind": "main_residence", "rent_eur": "650.10"})
    enter(network, case, "rent_due", "650.10", day="2025-12-01")
    enter(network, case, "rent_due", "650.10")
    enter(network, case, "cost", "0.30", words="Registered letter")
    enter(network, case, "payment", "0.20", day="2026-02-01")
    ledger = enter(network, case, "correction", "-0.10", day="2026-02-02")
    assert (ledger["balance_eur"], ledger["months_of_rent"]) == ("1300.20", "2.0")
    lines = [(each["day"], each["kind"], each["amount_eur"]) for each in ledger["entries"]]
    assert lines[0] == ("2025-12-01", "rent_due", "650.10")
    assert lines[-1] == ("2026-02-02", "correction", "-0.10")
    ledger = enter(network, case, "payment", "0.01", day="2026-02-03")
    assert ledger["months_of_rent"] == "1.9"  # what is not a full tenth does not count


@family("amount", [650.1, "650.101", "NaN", "100000000.00", "", "-1e3"])
def test_an_amount_is_text_with_cents_at_most(network, case, amount):
    answer = enter(network, case, "rent_due", amount, status=422)
    assert answer["code"] in ("invalid-input", "arrears-amount")


def test_only_a_correction_is_below_zero(network, case):
    for kind, amount in (("payment", "-1.00"), ("rent_due", "0.00"), ("correction", "0.00")):
        assert enter(network, case, kind, amount, status=422)["code"] == "arrears-amount"


def test_arrears_of_more_months_than_there_are_say_so(network, case):
    path = f"/api/v1/cases/{case['id']}/tenancy"
    body = {"lease_kind": "social", "months_of_arrears": "10000"}
    refused = network["rw1"].post(path, body, status=422)
    assert "months_of_arrears" in str(refused)
    assert "9999" in str(refused)


def test_a_document_of_another_case_is_no_source(network, case):
    other = open_shared_case(network)
    made = network["rw1"].upload(
        f"/api/v1/cases/{other['id']}/documents",
        *("statement.txt", b"Rent: 650"),
        **{"category": "tenancy", "kind": "other", "title": "Statement"},
    )
    key = made.json()["id"]
    enter(network, case, "rent_due", "650.00", document_id=key, status=404)
    ledger = enter(network, other, "rent_due", "650.00", document_id=key)
    assert ledger["entries"][0]["document_id"] == key


def test_the_ledger_is_the_teams_as_far_as_the_tenancy_is_open(network, case):
    path = f"/api/v1/cases/{case['id']}/arrears"
    join(network, case, "rw2", "generalist")
    enter(network, case, "rent_due", "650.00", who="rw2")
    for who in ("liaison", "specialist", "coordinator"):
        network[who].call("GET", path, status=404)
    assert network["rw2"].get(path)["balance_eur"] == "650.00"


def test_a_plan_agreed_with_the_landlord_is_watched_and_may_be_left_open_with_a_reason(
    network, case
):
    parts = [{"due_on": "2026-03-01", "amount_eur": "75.50"}]
    plan = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/terms", {"kind": "payment_plan", "instalments": parts}
    )
    assert (plan["act_id"], plan["procedure_id"]) == (None, None)
    network.clock.set(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    sweep(network)
    assert len(mails_about(network, "rw1", "Mensualité non payée")) == 1
    body = {"reason": "solved", "reviewer_id": network["colleague"].id}
    path = f"/api/v1/cases/{case['id']}/closings"
    refused = network["rw1"].post(path, body, status=409)
    assert (refused["code"], refused["open"]) == ("case-not-settled", "payment_plans 1")
    network["rw1"].post(path, {**body, "despite": "They pay on"})
