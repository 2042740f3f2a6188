"""J1 step 4 and J10 step 4: what nobody acknowledges climbs until somebody does (F54, F56)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from notifications.planning import escalation
from tests.journeys.steps import mails_about, open_shared_case, set_hearing, sweep
from tests.once.beginnings import beginning
from tests.people import Network
from tests.slices import times

RUNG = "Alerte restée sans réponse"
ROLES = ("substitute", "team_lead", "coordinator")


def utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def lead_team(network: Network, who: str = "rw1", lead: str = "lead") -> None:
    """Somebody of ULN leads its team."""
    made = network[who].call(
        "PUT", f"/api/v1/professionals/{network[lead].id}/team-lead", {"leads": True}, status=200
    )
    assert "team_lead" in made.json()["roles"]


def stand_in(network: Network) -> None:
    body = {"substitute_id": network["colleague"].id}
    days = {"first_day": "2026-03-01", "last_day": "2026-04-30"}
    network["rw1"].post("/api/v1/me/substitutions", body | days)


@pytest.fixture
@beginning
def heard(network: Network):
    """J1: 18 February, a hearing on 31 March at 09:00; the substitute and the team lead named."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    hearing = set_hearing(network, case, "2026-03-31T09:00:00+02:00")
    stand_in(network)
    lead_team(network)
    network.clock.set(utc(17, 8))
    sweep(network)
    acknowledge(network, "rw1", alert(network, "rw1", "evictions.hearing_approaching"))
    return case, hearing


def alert(network: Network, who: str, kind: str = escalation.UNACKNOWLEDGED):
    """Their latest alert of that kind that nobody acknowledged."""
    found = network[who].get("/api/v1/alerts?limit=100")["items"]
    return next((a for a in found if a["kind"] == kind and not a["acknowledged_at"]), None)


def acknowledge(network: Network, who: str, told, status: int = 200):
    path = f"/api/v1/alerts/{told['id']}/acknowledgement"
    return network[who].post(path, status=status)


def at(network: Network, moment: datetime) -> None:
    network.clock.set(moment)
    sweep(network)


def rungs(network: Network):
    return network.rows(
        "SELECT recipient_role, state, due_at FROM alerts WHERE first_id IS NOT NULL"
        " ORDER BY due_at, recipient_role = 'coordinator', recipient_role = 'team_lead'"
    )


def told(network: Network) -> dict[str, int]:
    people = {"substitute": "colleague", "team_lead": "lead", "coordinator": "coordinator"}
    return {role: len(mails_about(network, who, RUNG)) for role, who in people.items()}


def test_what_is_not_acknowledged_climbs_until_the_worker_does(network, heard):
    case, _ = heard
    at(network, utc(24, 8))
    at(network, utc(24, 11, 59))
    assert rungs(network) == []
    at(network, utc(24, 12))
    assert told(network) == {"substitute": 1, "team_lead": 0, "coordinator": 0}
    at(network, utc(24, 16))
    assert told(network) == {"substitute": 1, "team_lead": 1, "coordinator": 0}
    at(network, utc(25, 8))
    assert told(network) == {"substitute": 1, "team_lead": 1, "coordinator": 1}
    (mail,) = mails_about(network, "lead", RUNG)
    assert case["code"] in mail["subject"]
    text = mail.get_body(("plain",)).get_content()
    assert "depuis le mardi 24 mars 2026 à 9h00" in text
    assert "mardi 31 mars 2026" in text
    assert "responsable d’équipe" in text
    assert "Tenant" not in str(mail)

    acknowledge(network, "rw1", alert(network, "rw1", "evictions.hearing_approaching"))
    assert {state for _, state, _ in rungs(network)} == {"acknowledged"}
    before = told(network)
    at(network, utc(26, 12))
    assert told(network) == before
    view = network["rw1"].get(f"/api/v1/cases/{case['id']}/alerts?limit=50")["items"]
    climbed = next(a for a in view if a["rungs"])
    assert climbed["acknowledged_by"] == network["rw1"].id
    assert [rung["role"] for rung in climbed["rungs"]] == list(ROLES)
    assert {rung["acknowledged_by"] for rung in climbed["rungs"]} == {network["rw1"].id}


def test_a_substitute_ends_it_for_all(network, heard):
    at(network, utc(24, 8))
    for moment in (utc(24, 12), utc(24, 16), utc(25, 8)):
        at(network, moment)
    mine = alert(network, "colleague")
    assert mine["says_who_acts"] is False
    acknowledge(network, "colleague", mine)
    states = network.rows(
        "SELECT DISTINCT state, acknowledged_by::text FROM alerts WHERE first_id IS NOT NULL"
        " OR id IN (SELECT first_id FROM alerts)"
    )
    assert states == [("acknowledged", network["colleague"].id)]
    rows = network.rows("SELECT acting FROM alerts WHERE recipient_role = 'substitute'")
    assert rows == [("self",)]


def test_an_acknowledgement_stops_the_ladder_before_the_next_rung(network, heard):
    at(network, utc(24, 8))
    at(network, utc(24, 12))
    acknowledge(network, "colleague", alert(network, "colleague"))
    at(network, utc(26, 12))
    assert told(network) == {"substitute": 1, "team_lead": 0, "coordinator": 0}


def test_team_leads_and_coordinators_learn_nothing_of_the_case(network, heard):
    case, _ = heard
    for moment in (utc(24, 8), utc(24, 12), utc(24, 16), utc(25, 8)):
        at(network, moment)
    for who in ("lead", "coordinator"):
        rung = alert(network, who)
        assert rung["case_id"] is None
        assert rung["case_code"] == case["code"]
        assert set(rung["facts"]) == {"hearing_at", "code", "about", "told_as", "since"}
        network[who].get(f"/api/v1/cases/{case['id']}", status=404)
        network[who].get(f"/api/v1/cases/{case['id']}/alerts", status=404)
    assert alert(network, "colleague")["case_id"] == case["id"]
    assert network["rw2"].call("GET", f"/api/v1/cases/{case['id']}/alerts").status_code == 404


def test_a_hearing_that_moves_ends_the_climb(network, heard):
    _, view = heard
    at(network, utc(24, 8))
    at(network, utc(24, 12))
    (hearing,) = view["hearings"]
    path = f"/api/v1/procedures/{view['id']}/hearings/{hearing['id']}/move"
    tag = {"If-Match": f'"v{hearing["version"]}"'}
    network["rw1"].post(path, {"starts_at": "2026-04-21T09:00:00+02:00"}, status=200, **tag)
    at(network, utc(25, 12))
    assert told(network) == {"substitute": 1, "team_lead": 0, "coordinator": 0}
    assert [state for _, state, _ in rungs(network)] == ["cancelled"]


def test_a_role_that_nobody_holds_is_passed_over_at_once_and_says_so(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    set_hearing(network, case, "2026-03-31T09:00:00+02:00")
    at(network, utc(17, 8))
    at(network, utc(17, 12))
    assert [(role, state) for role, state, _ in rungs(network)] == [
        ("substitute", "no_recipient"),
        ("team_lead", "no_recipient"),
        ("coordinator", "sending"),
    ]
    assert told(network)["coordinator"] == 1
    view = network["rw1"].get(f"/api/v1/cases/{case['id']}/alerts")["items"]
    climbed = next(a for a in view if a["rungs"])
    assert [rung["told_at"] is None for rung in climbed["rungs"]] == [True, True, False]


def test_a_case_that_nobody_answers_for_climbs_at_once(network, heard):
    network.database.execute(
        "UPDATE reference_assignments SET period = tstzrange(lower(period), %s)", (utc(20, 8),)
    )
    network.database.execute("DELETE FROM access_grants")
    at(network, utc(24, 8))
    at(network, utc(24, 8, 1))
    assert [(role, state) for role, state, _ in rungs(network)] == [
        ("substitute", "no_recipient"),
        ("team_lead", "sending"),
    ]
    (mail,) = mails_about(network, "lead", RUNG)
    assert "n’a pas de référent" in mail.get_body(("plain",)).get_content()
    at(network, utc(24, 9))  # the case is asked for a holder again, and the ladder keeps its time
    assert len(rungs(network)) == 2
    at(network, utc(25, 0, 1))
    assert told(network)["coordinator"] == 1


def test_a_near_date_shrinks_the_waits(network, heard):
    """A hearing entered the evening before: the last rung is told well before it begins."""
    case, _ = heard
    network.clock.set(utc(24, 19))
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    body = {"starts_at": "2026-03-25T08:00:00+00:00"}
    network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/hearings", body)
    for quarter in range(1, 44, times(1, 3)):
        at(network, utc(24, 19) + timedelta(minutes=15 * quarter))
    hours = network.rows(
        "SELECT recipient_role FROM alerts r WHERE first_id IN (SELECT id FROM alerts"
        " WHERE facts ->> 'hearing_at' LIKE '2026-03-25%%') AND due_at <= %s",
        utc(25, 6),
    )
    assert {role for (role,) in hours} == set(ROLES)


def test_two_sweepers_at_once_write_no_rung_twice(network, heard):
    at(network, utc(24, 8))
    network.clock.set(utc(24, 12))
    start = Barrier(2)

    def turn() -> None:
        start.wait()
        with network.runtime.transaction() as uow:
            escalation.climb(uow=uow)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(turn) for _ in range(2)]:
            done.result()
    network.work()
    assert [role for role, _, _ in rungs(network)] == ["substitute"]
    assert told(network)["substitute"] == 1


def test_an_acknowledgement_waits_for_the_sweeper_and_ends_what_it_wrote(network, heard):
    at(network, utc(24, 8))
    first = alert(network, "rw1", "evictions.hearing_approaching")
    network.clock.set(utc(24, 12))
    with ThreadPoolExecutor(1) as pool:
        with network.runtime.transaction() as uow:
            escalation.climb(uow=uow)
            answered = pool.submit(acknowledge, network, "rw1", first)
            wait_for_lock(network)
        assert answered.result()["state"] == "acknowledged"
    assert [(role, state) for role, state, _ in rungs(network)] == [("substitute", "acknowledged")]
    network.work()
    assert told(network)["substitute"] == 0


def wait_for_lock(network: Network) -> None:
    """Until the acknowledgement stands in the queue behind the sweeper."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _ in range(10_000):
        if network.rows(query) != [(0,)]:
            return
    raise AssertionError("nobody waited")


def test_administrators_decide_on_the_steps(network, heard):
    path = "/api/v1/escalation-rules"
    default = network["rw2"].get(path)
    assert [(s["role"], s["wait_minutes"]) for s in default["steps"]] == [
        ("substitute", 240),
        ("team_lead", 240),
        ("coordinator", 960),
    ]
    steps = [
        {"role": "team_lead", "wait_minutes": 30},
        {"role": "coordinator", "wait_minutes": 60},
    ]
    put = {"json": {"steps": steps}, "If-Match": '"v0"'}
    assert network["colleague"].call("PUT", path, **put).status_code == 403
    assert network["rw1"].call("PUT", path, {"steps": steps}).status_code == 428
    endless = {"steps": steps[:1]}
    refused = network["rw1"].call("PUT", path, endless, status=422, **{"If-Match": '"v0"'})
    assert refused.json()["code"] == "escalation-without-end"
    assert network["rw1"].call("PUT", path, **put).json()["version"] == 1
    assert network["rw1"].call("PUT", path, **put).status_code == 412
    at(network, utc(24, 8))
    at(network, utc(24, 8, 30))
    at(network, utc(24, 9, 30))
    assert told(network) == {"substitute": 0, "team_lead": 1, "coordinator": 1}


def test_only_an_administrator_of_the_organisation_names_its_team_lead(network):
    path = f"/api/v1/professionals/{network['lead'].id}/team-lead"
    assert network["colleague"].call("PUT", path, {"leads": True}).status_code == 403
    assert network["rw2"].call("PUT", path, {"leads": True}).status_code == 403
    own = f"/api/v1/professionals/{network['rw1'].id}/team-lead"
    assert network["rw1"].call("PUT", own, {"leads": True}).json()["code"] == "own-role"
    lead_team(network)
    lead_team(network)
    after = network["rw1"].call("PUT", path, {"leads": False}, status=200).json()
    assert after["roles"] == ["worker"]
