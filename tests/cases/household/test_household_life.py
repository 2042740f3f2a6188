"""F01: members leave, come back and are corrected, and what that does to consents and seals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.steps import join, mails_about, org
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def case(network: Network) -> Any:
    network.clock.set(datetime(2026, 7, 20, 8, 0, tzinfo=UTC))
    members = [
        {"role": "adult", "pseudonym": "A", "given_name": "Ada", "joined_on": "2026-01-01"},
        {"role": "adult", "pseudonym": "B", "joined_on": "2026-01-01"},
        {"role": "child", "pseudonym": "C", "joined_on": "2026-01-01"},
    ]
    body = {"language": "fr", "commune": "Schaerbeek", "members": members}
    return network["rw1"].post("/api/v1/cases", body)


def member(network: Network, case: Any, pseudonym: str) -> Any:
    file = network["rw1"].get(f"/api/v1/cases/{case['id']}")
    return [m for m in file["household"]["members"] if m["pseudonym"] == pseudonym][-1]


def path_of(case: Any, of: Any) -> str:
    return f"/api/v1/cases/{case['id']}/members/{of['id']}"


def leave(network: Network, case: Any, pseudonym: str, *, status: int = 200, **more: Any) -> Any:
    of = member(network, case, pseudonym)
    body = {"left_on": "2026-07-19", **more}
    network.clock.advance(seconds=1)
    tag = f'"v{of["version"]}"'
    path = f"{path_of(case, of)}/departure"
    return network["rw1"].post(path, body, status=status, If_Match=tag)


def agree(network: Network, case: Any, of: Any | None, *, status: int = 201) -> Any:
    """To CPAS-N: the household, or one adult alone."""
    until = network.clock.now() + timedelta(days=181)
    provision = {
        "recipient_kind": "organisation",
        "recipient_id": org(network, "rw2"),
        "categories": ["identity", "tenancy"],
    }
    body = {
        **{"purpose": "Keep the home", "evidence": "oral", "witness": "W", "language": "fr"},
        **{"valid_until": until.isoformat(), "provisions": [provision]},
        **({"member_id": of["id"]} if of else {}),
    }
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/consents", body, status=status)


def test_somebody_who_comes_back_is_the_same_person_with_other_days(network, case):
    gone = leave(network, case, "A")
    path = f"{path_of(case, gone)}/return"
    early = network["rw1"].post(path, {"joined_on": "2026-07-18"}, status=422)
    assert early["code"] == "returned-before-leaving"
    later = network["rw1"].post(path, {"joined_on": "2026-07-21"}, status=422)
    assert later["code"] == "day-in-the-future"
    back = network["rw1"].post(path, {"joined_on": "2026-07-20"})
    assert back["id"] != gone["id"]
    assert back["person_id"] == gone["person_id"]
    assert (back["given_name"], back["left_on"]) == ("Ada", None)
    twice = network["rw1"].post(path, {"joined_on": "2026-07-20"}, status=409)
    assert twice["code"] == "member-still-there"
    rows = network["rw1"].get(f"/api/v1/cases/{case['id']}")["household"]["members"]
    days = [(m["joined_on"], m["left_on"]) for m in rows if m["pseudonym"] == "A"]
    assert days == [("2026-01-01", "2026-07-19"), ("2026-07-20", None)]


def test_two_returns_at_once_are_one(network, case):
    gone = leave(network, case, "A")
    path = f"{path_of(case, gone)}/return"
    body = {"joined_on": "2026-07-20"}
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: network["rw1"].call("POST", path, body), range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_a_correction_is_written_down_without_what_it_says(network, case):
    child = member(network, case, "C")
    body = {"role": "adult", "pseudonym": "C", "given_name": "Zoé", "birth_date": "2008-07-01"}
    network["rw1"].call("PUT", path_of(case, child), body, status=428)
    network["rw2"].call("PUT", path_of(case, child), body, status=404, If_Match='"v1"')
    answer = network["rw1"].call("PUT", path_of(case, child), body, status=200, If_Match='"v1"')
    assert (answer.json()["role"], answer.json()["joined_on"]) == ("adult", "2026-01-01")
    network["rw1"].call("PUT", path_of(case, child), body, status=412, If_Match='"v1"')
    lines = network["rw1"].get(f"/api/v1/cases/{case['id']}/history")["items"]
    (line,) = [each for each in lines if each["action"] == "correct_member"]
    assert line["before"]["role"] == "child"
    assert line["after"]["role"] == "adult"
    assert line["after"]["changed"] == ["role", "given_name", "birth_date"]
    assert "Zoé" not in str(line)
    assert "2008" not in str(line)


def test_the_last_adult_leaves_only_if_the_case_goes_on(network, case):
    leave(network, case, "A")
    assert leave(network, case, "B", status=422)["code"] == "last-adult"
    body = {"role": "child", "pseudonym": "B"}
    last = member(network, case, "B")
    refused = network["rw1"].call(
        "PUT", path_of(case, last), body, status=422, If_Match=f'"v{last["version"]}"'
    )
    assert refused.json()["code"] == "last-adult"
    leave(network, case, "C")
    assert leave(network, case, "B", goes_on_without_adult=True)["left_on"] == "2026-07-19"


def test_of_the_last_two_adults_who_leave_at_once_one_stays(network, case):
    pair = [member(network, case, name) for name in "AB"]
    body = {"left_on": "2026-07-19"}

    def go(of: Any) -> int:
        path = f"{path_of(case, of)}/departure"
        return network["rw1"].call("POST", path, body, If_Match='"v1"').status_code

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(go, pair)) == [200, 422]


def test_nobody_leaves_on_a_day_to_come(network, case):
    assert leave(network, case, "A", status=422, left_on="2026-07-21")["code"] == (
        "day-in-the-future"
    )
    network["rw1"].get(f"/api/v1/cases/{case['id']}")


def test_what_one_adult_agreed_to_ends_when_they_leave(network, case):
    adult = member(network, case, "A")
    own = agree(network, case, adult)
    assert own["member_id"] == adult["id"]
    join(network, case, "rw2", "generalist")
    path = f"/api/v1/cases/{case['id']}"
    network["rw2"].get(path)
    leave(network, case, "A")
    network["rw2"].call("GET", path, status=404)
    (seen,) = network["rw1"].get(f"{path}/consents")["items"]
    assert seen["withdrawn_at"] is not None
    actions = [line["action"] for line in network["rw1"].get(f"{path}/history")["items"]]
    assert {"end_membership", "withdraw_consent"} <= set(actions)
    network.clock.set(datetime(2026, 12, 20, 9, tzinfo=UTC))
    network.work()
    assert mails_about(network, "rw1", "consentement") == []


def test_what_the_household_agreed_to_stays(network, case):
    agree(network, case, None)
    join(network, case, "rw2", "generalist")
    leave(network, case, "A")
    network["rw2"].get(f"/api/v1/cases/{case['id']}")


def test_only_an_adult_who_lives_there_agrees_alone(network, case):
    for who in ("A", "C"):
        if who == "A":
            leave(network, case, "A")
        refused = agree(network, case, member(network, case, who), status=422)
        assert refused["code"] == "not-an-adult-of-the-household"
    other = network["rw1"].post(
        "/api/v1/cases",
        {"language": "fr", "members": [{"role": "adult", "pseudonym": "X"}]},
    )
    stranger = other["household"]["members"][0]
    agree(network, case, stranger, status=404)


def test_where_a_leaver_can_be_reached_is_forgotten(network, case):
    adult = member(network, case, "A")
    path = f"{path_of(case, adult)}/compartment"
    network["rw1"].post(path)
    seal = {"address": "Rue sûre 1", "phone": "0470 00 00 00"}
    network["rw1"].call("PUT", path, seal, status=200, If_Match='"v1"')
    leave(network, case, "A")
    assert network["rw1"].get(path)["has_address"] is False
    network["rw1"].call("GET", f"{path}/address", status=404)
    ((key, address, phone),) = network.rows("SELECT key_id, address, phone FROM sealed_contacts")
    assert (key, address, phone) == (None, None, None)
