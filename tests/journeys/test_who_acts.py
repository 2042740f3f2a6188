"""Whoever is told only that nobody answered says who acts; nothing is silenced by that."""

import pytest
from psycopg.types.json import Jsonb

from notifications.catalogue import ACTING_NAMED
from services.network.sessions import OpenSession, open_session
from tests.journeys.steps import mails_about
from tests.journeys.test_escalation import acknowledge, alert, at, heard, utc
from tests.once.beginnings import beginning
from tests.people import Network, sent

__all__ = ["heard"]
NAMED = "On compte sur vous"
BY_REFERENCE_WORKER = {"acting": "reference_worker"}


@pytest.fixture
@beginning
def climbed(network: Network, heard) -> None:
    """All three rungs were told, and nobody answered."""
    for moment in (utc(24, 8), utc(24, 12), utc(24, 16), utc(25, 8)):
        at(network, moment)


def say(network: Network, who: str, acting: str, status: int = 200):
    told = alert(network, who)
    path = f"/api/v1/alerts/{told['id']}/acknowledgement"
    return network[who].post(path, {"acting": acting}, status=status)


def climb(network: Network) -> list[tuple[int, str, str]]:
    return network.rows(
        "SELECT round, recipient_role, state FROM alerts WHERE first_id IS NOT NULL"
        " ORDER BY round, planned_at, recipient_role"
    )


def first_state(network: Network) -> str:
    ((state,),) = network.rows("SELECT state FROM alerts WHERE id IN (SELECT first_id FROM alerts)")
    return str(state)


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_whoever_may_not_read_says_who_acts_and_only_these_end_it(network, heard, climbed, who):
    told = alert(network, who)
    assert told["says_who_acts"] is True
    assert acknowledge(network, who, told, status=422)["code"] == "acting-needed"
    assert say(network, who, "self", status=422)["code"] == "acting-needed"
    assert alert(network, who)["acknowledged_at"] is None
    assert say(network, who, "reference_worker")["state"] == "acknowledged"
    assert first_state(network) == "sending"
    assert climb(network) == [
        (1, "substitute", "sending"),
        (1, "team_lead", "acknowledged"),
        (1, "coordinator", "acknowledged"),
        (2, "reference_worker", "planned"),
    ]
    network.work()
    (mail,) = mails_about(network, "rw1", NAMED)
    named = "responsable d’équipe" if who == "lead" else "coordination"
    assert f"en tant que {named} indique que c’est vous" in mail.get_body(("plain",)).get_content()
    acknowledge(network, "rw1", alert(network, "rw1", ACTING_NAMED))
    assert first_state(network) == "acknowledged"
    assert {state for _, _, state in climb(network)} == {"acknowledged"}
    at(network, utc(27, 12))
    assert len(climb(network)) == 4


def test_without_their_answer_it_climbs_again(network, heard, climbed):
    case, _ = heard
    say(network, "lead", "substitute")
    at(network, utc(25, 8, 1))
    assert len(mails_about(network, "colleague", NAMED)) == 1
    at(network, utc(25, 12))
    at(network, utc(26, 4))
    assert [role for number, role, _ in climb(network) if number == 2] == [
        "substitute",
        "team_lead",
        "coordinator",
    ]
    again = alert(network, "coordinator")
    assert again["says_who_acts"]
    assert not again["acknowledged_at"]
    say(network, "coordinator", "reference_worker")
    view = network["rw1"].get(f"/api/v1/cases/{case['id']}/alerts?limit=50")["items"]
    rungs = next(each["rungs"] for each in view if each["rungs"])
    said = [(each["round"], each["role"], each["acting"]) for each in rungs]
    assert said == [
        (1, "substitute", None),
        (1, "team_lead", "substitute"),
        (1, "coordinator", "substitute"),
        (2, "substitute", None),
        (2, "team_lead", "reference_worker"),
        (2, "coordinator", "reference_worker"),
        (3, "reference_worker", None),
    ]


def test_the_act_ends_every_round(network, heard, climbed):
    _, view = heard
    say(network, "lead", "reference_worker")
    network.work()
    (hearing,) = view["hearings"]
    path = f"/api/v1/procedures/{view['id']}/hearings/{hearing['id']}/move"
    tag = {"If-Match": f'"v{hearing["version"]}"'}
    network["rw1"].post(path, {"starts_at": "2026-04-21T09:00:00+02:00"}, status=200, **tag)
    open_ones = [state for _, _, state in climb(network) if state in ("planned", "sending")]
    assert (open_ones, first_state(network)) == ([], "cancelled")
    at(network, utc(27, 12))
    assert len(climb(network)) == 4


def test_nobody_is_named_who_is_not_there(network, heard, climbed):
    network.database.execute("DELETE FROM access_grants WHERE basis = 'substitute'")
    assert say(network, "lead", "substitute", status=422)["code"] == "acting-nobody"
    assert say(network, "lead", "neighbour", status=422)["code"] == "invalid-input"
    assert first_state(network) == "sending"


def test_two_who_answer_at_once_name_one(network, heard, climbed):
    """The second was answered for by the first: nothing changes any more."""
    mine, theirs = alert(network, "lead"), alert(network, "coordinator")
    for who, told in (("lead", mine), ("coordinator", theirs)):
        path = f"/api/v1/alerts/{told['id']}/acknowledgement"
        network[who].post(path, BY_REFERENCE_WORKER, status=200)
    assert [number for number, _, _ in climb(network)] == [1, 1, 1, 2]


def test_a_coordinator_of_the_team_may_read_and_ends_it(network, heard, climbed):
    network.database.execute(
        "INSERT INTO access_grants SELECT * FROM jsonb_populate_recordset(NULL::access_grants,"
        " (SELECT jsonb_agg(to_jsonb(g) || %s) FROM access_grants g WHERE basis = 'reference'))",
        (Jsonb({"principal_id": network["coordinator"].id, "basis": "participation"}),),
    )
    told = alert(network, "coordinator")
    assert told["says_who_acts"] is False
    acknowledge(network, "coordinator", told)
    assert first_state(network) == "acknowledged"


def test_the_page_asks_who_acts(network, heard, climbed, database):
    for who, asked in (("lead", 2), ("colleague", 0)):
        person = network[who]
        with database.transaction(clock=network.clock, actor=person.actor) as uow:
            opened = open_session(OpenSession(user_agent="Firefox"), actor=person.actor, uow=uow)
        cookie = {"Cookie": f"sid={opened.token}"}
        address = f"{person.base}/alerts/{alert(network, who)['id']}"
        page = sent("GET", address, headers=cookie)
        assert page.text.count('name="acting"') == asked
        form = {"csrf_token": opened.csrf_token} | ({"acting": "substitute"} if asked else {})
        answer = sent("POST", f"{address}/acknowledgement", data=form, headers=cookie)
        assert answer.status_code == 303
        assert 'name="acting"' not in sent("GET", address, headers=cookie).text
    assert first_state(network) == "acknowledged"
