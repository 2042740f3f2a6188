"""The household's own view once its case is closed, or in other hands."""

import pytest

from tests.cases.closings.test_closing import close, reopen
from tests.cases.plans.test_plan import goal
from tests.household import Adult, adult, code_for, text_of
from tests.journeys.steps import join, note, open_shared_case, org, propose, take_over
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def case(network: Network):
    case = open_shared_case(network)
    case["adult"] = next(m["id"] for m in case["household"]["members"] if m["role"] == "adult")
    join(network, case, "rw2", "generalist")
    note(network, case, "rw1", "Marker-note")
    case["goal"] = goal(network, case, words="Marker-goal")
    return case


def test_a_closed_case_is_read_and_said_no_in(network, case):
    before = adult(network, case, case["adult"])
    close(network, case)
    network.work()
    # Whoever is inside stays inside, and a code opens it still.
    assert before.get()["state"] == "closed"
    person = adult(network, case, case["adult"])
    copy = person.get("/copy")
    assert [each["body"] for each in copy["notes"]] == ["Marker-note"]
    assert "Marker-goal" in text_of(person.call("GET", "/copy.pdf", status=200).content)
    # On paper too, by whoever was the last reference worker.
    path = f"/api/v1/cases/{case['id']}/household-copy?member={case['adult']}"
    assert "Marker-note" in text_of(network["rw1"].call("GET", path, status=200).content)
    consent = person.get()["consents"][0]
    path = f"/consents/{consent['id']}/withdrawal"
    assert person.post(path, status=200, If_Match='"v1"')["what"] == "consent_withdrawn"
    assert person.get()["consents"][0]["withdrawn_at"] is not None
    refusal = {"organisation_id": org(network, "rw2"), "reason": "No more"}
    assert person.post("/exclusions", refusal)["what"] == "excluded"
    reopen(network, case)
    network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=404)


def test_nothing_new_is_said_in_a_closed_case(network, case):
    close(network, case)
    person = adult(network, case, case["adult"])
    until = network.clock.now().replace(year=2027).isoformat()
    law = {"recipient_kind": "role", "recipient_role": "lawyer", "categories": ["tenancy"]}
    asked = {
        "/consents": {"purpose": "P", "valid_until": until, "provisions": [law]},
        "/worker-requests": {"reason": "R"},
        "/requests": {"kind": "correction", "about": "Children", "words": "Two"},
        f"/plan/goals/{case['goal']['id']}/answers": {"kind": "cosigned"},
    }
    for path, body in asked.items():
        answer = person.post(path, body, status=409, If_Match='"v1"')
        assert answer["code"] == "household-case-closed", path
    reopen(network, case)
    for path, body in asked.items():
        person.post(path, body, status=201, If_Match='"v1"')


def test_a_handover_voids_the_codes_and_sessions_of_the_one_before(network, case):
    person = adult(network, case, case["adult"])
    handover = propose(network, case)
    person.get()
    take_over(network, handover, "rw2")
    # Who handed the case over knows the code, and could sit at that very screen.
    assert person.get(status=401)["code"] == "household-session-needed"
    unused = code_for(network, case, case["adult"], "rw2")["code"]
    Adult(person.base).enter(unused)


def test_an_unused_code_dies_with_the_handover_and_stays_dead(network, case):
    unused = code_for(network, case, case["adult"])["code"]
    take_over(network, propose(network, case), "rw2")
    network.clock.advance(minutes=1)
    Adult(network["rw1"].base).enter(unused, status=403)
    # Not even when the same person is responsible again.
    take_over(network, propose(network, case, "rw2", "rw1"), "rw1")
    network.clock.advance(minutes=1)
    Adult(network["rw1"].base).enter(unused, status=403)
    adult(network, case, case["adult"]).get()


def test_who_leaves_the_household_is_out_at_that_instant(network, case):
    second = {"role": "adult", "pseudonym": "Second"}
    member = network["rw1"].post(f"/api/v1/cases/{case['id']}/members", second)["id"]
    person = adult(network, case, member)
    other = adult(network, case, case["adult"])
    person.get()
    today = network.clock.now().date().isoformat()
    path = f"/api/v1/cases/{case['id']}/members/{member}/departure"
    network["rw1"].post(path, {"left_on": today}, status=200, If_Match='"v1"')
    for what in ("", "/copy", "/copy.pdf", "/reads"):
        person.call("GET", what, status=401)
    other.get()
    issue = f"/api/v1/cases/{case['id']}/members/{member}/portal-codes"
    assert network["rw1"].post(issue, status=422)["code"] == "member-already-left"
