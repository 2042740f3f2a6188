"""The tenant opposes by themselves that the welfare centre is told (C. jud. art. 1344ter §4)."""

import pytest

from tests.household import Adult, adult
from tests.journeys.steps import consent, join, mails_about, org, set_hearing, sweep
from tests.once.beginnings import beginning
from tests.people import Network
from tests.portal.test_household_portal import member


@pytest.fixture
@beginning
def case(network: Network):
    """Anna and Bert; CPAS-N takes part, and a judgment asks that the centre be told."""
    people = [{"role": "adult", "pseudonym": name} for name in ("Anna", "Bert")]
    body = {"language": "fr", "commune": "Schaerbeek", "members": people}
    case = network["rw1"].post("/api/v1/cases", body)
    cpas = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, cpas, ["identity", "tenancy", "procedure"])
    join(network, case, "rw2", "generalist")
    case["procedure"] = set_hearing(network, case, "2026-04-21T09:00:00+02:00")["id"]
    judged = {"kind": "judgment", "acted_on": "2026-02-17"}
    network["rw1"].post(f"/api/v1/procedures/{case['procedure']}/acts", judged)
    return case


@pytest.fixture
def anna(network, case) -> Adult:
    return adult(network, case, member(case, "Anna"))


@pytest.fixture
def bert(network, case) -> Adult:
    return adult(network, case, member(case, "Bert"))


def oppose(who, case, status=201):
    return who.post(f"/procedures/{case['procedure']}/welfare-opposition", status=status)


def take_back(who, opposition, version=1, status=200):
    path = f"/welfare-oppositions/{opposition}/withdrawal"
    return who.post(path, status=status, If_Match=f'"v{version}"')


def told(network, case, who="rw1", status=200):
    return network[who].get(f"/api/v1/procedures/{case['procedure']}", status=status)


def test_what_she_says_holds_at_once_and_she_sees_since_when(network, case, anna):
    (before,) = anna.get()["welfare_centre"]
    assert (before["opposition_id"], before["opposed_on"]) == (None, None)
    assert before["words"].startswith("Le CPAS peut être informé")
    told(network, case, "rw2")
    receipt = oppose(anna, case)
    assert receipt["what"] == "welfare_centre_opposed"
    told(network, case, "rw2", status=404)
    (after,) = anna.get()["welfare_centre"]
    assert (after["opposition_id"], after["mine"]) == (receipt["id"], True)
    assert after["opposed_on"] == network.clock.now().date().isoformat()
    assert after["words"].startswith("Depuis le ")
    assert anna.get("?language=nl")["welfare_centre"][0]["words"].startswith("Sinds ")


def test_the_team_reads_it_as_said_by_the_household_and_is_told(network, case, anna):
    receipt = oppose(anna, case)
    (noted,) = told(network, case)["welfare_oppositions"]
    assert (noted["id"], noted["how"], noted["recorded_by"]) == (receipt["id"], "own_view", None)
    assert noted["recorded_by_member"] == member(case, "Anna")
    assert {each["state"] for each in told(network, case)["welfare_steps"]} == {"opposed"}
    sweep(network)
    assert mails_about(network, "rw1", "Le ménage a fait un choix")
    who = "SELECT actor_id FROM audit_entries WHERE action = 'oppose_welfare_centre'"
    assert [str(key) for (key,) in network.rows(who)] == [member(case, "Anna")]


def test_nothing_that_was_planned_for_the_centre_is_sent_while_it_stands(network, case, anna):
    planned = "SELECT state FROM alerts WHERE kind = 'evictions.welfare_step_due'"
    opposition = oppose(anna, case)["id"]
    assert {state for (state,) in network.rows(planned)} <= {"cancelled"}
    network.clock.advance(seconds=1)
    take_back(anna, opposition)
    assert {each["state"] for each in told(network, case)["welfare_steps"]} == {"due"}
    assert "planned" in {state for (state,) in network.rows(planned)}
    told(network, case, "rw2")
    (after,) = anna.get()["welfare_centre"]
    assert after["opposition_id"] is None


def test_the_day_by_which_they_may_object_is_kept_by_their_word(network, case, anna):
    """As if the team had written it down, and so the team's next change alters nothing of it."""

    def day() -> list[tuple[str | None, str | None]]:
        return network.rows(
            "SELECT ended_as, ended_by::text FROM deadlines"
            " WHERE computes = 'welfare_objection_until'"
        )

    def alerts() -> list[tuple[str, int]]:
        return network.rows(
            "SELECT a.state, count(*) FROM alerts a JOIN deadlines d ON d.id = a.object_id"
            " WHERE d.computes = 'welfare_objection_until' GROUP BY a.state ORDER BY 1"
        )

    opened = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", {"canton": "Liège 1"})
    case = case | {"procedure": opened["id"]}
    path = f"/api/v1/procedures/{case['procedure']}"
    summons = {"kind": "summons", "acted_on": "2026-02-17", "received_on": "2026-02-18"}
    network["rw1"].post(f"{path}/acts", summons)
    before = alerts()
    assert (day(), before) == ([(None, None)], [("planned", before[0][1])])
    opposition = oppose(anna, case)["id"]
    assert day() == [("kept", opposition)]
    assert alerts() == [("cancelled", before[0][1])]
    hearing = {"starts_at": "2026-04-08T09:00:00+02:00"}
    network["rw1"].post(f"{path}/hearings", hearing)
    assert (day(), alerts()) == ([("kept", opposition)], [("cancelled", before[0][1])])
    network.clock.advance(seconds=1)
    take_back(anna, opposition)
    assert (day(), alerts()) == ([(None, None)], before)


def test_what_the_other_adult_opposed_is_seen_and_not_taken_back(network, case, anna, bert):
    opposition = oppose(anna, case)["id"]
    (seen,) = bert.get()["welfare_centre"]
    assert (seen["opposition_id"], seen["mine"]) == (opposition, False)
    refused = take_back(bert, opposition, status=403)
    assert refused["code"] == "opposition-of-another-adult"
    assert oppose(bert, case, status=409)["code"] == "welfare-centre-already-opposed"


def test_what_the_team_wrote_down_is_theirs_to_take_back(network, case, bert):
    path = f"/api/v1/procedures/{case['procedure']}/welfare-oppositions"
    body = {"opposed_on": "2026-02-17", "how": "orally"}
    opposition = network["rw1"].post(path, body)["id"]
    (seen,) = bert.get()["welfare_centre"]
    assert (seen["opposed_on"], seen["mine"]) == ("2026-02-17", True)
    assert bert.get(f"/welfare-oppositions/{opposition}")["version"] == 1
    network.clock.advance(seconds=1)
    take_back(bert, opposition)
    assert take_back(bert, opposition, version=2, status=409)["code"] == (
        "welfare-opposition-withdrawn"
    )


def test_no_professional_says_that_it_was_said_there(network, case):
    path = f"/api/v1/procedures/{case['procedure']}/welfare-oppositions"
    body = {"opposed_on": "2026-02-17", "how": "own_view"}
    network["rw1"].post(path, body, status=422)


def test_a_forged_request_another_household_and_a_stranger_change_nothing(network, case, anna):
    path = f"/procedures/{case['procedure']}/welfare-opposition"
    anna.call("POST", path, status=403, X_CSRF_Token="forged")
    anna.post(f"/procedures/{case['id']}/welfare-opposition", status=404)
    other = {"language": "fr", "members": [{"role": "adult", "pseudonym": "Else"}]}
    elsewhere = network["rw1"].post("/api/v1/cases", other | {"commune": "Schaerbeek"})
    stranger = adult(network, elsewhere, elsewhere["household"]["members"][0]["id"])
    oppose(stranger, case, status=404)
    opposition = oppose(anna, case)["id"]
    take_back(stranger, opposition, status=404)
    stranger.get(f"/welfare-oppositions/{opposition}", status=404)
    Adult(network["rw1"].base).call("POST", path, status=401)


def test_in_a_closed_case_nothing_new_is_said(network, case, anna):
    network.rows("UPDATE cases SET state = 'closed' RETURNING id")
    assert oppose(anna, case, status=409)["code"] == "household-case-closed"
