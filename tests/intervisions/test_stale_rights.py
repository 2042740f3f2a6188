"""Rights that are over, and ids of another session: over HTTP, and as the API's role in SQL."""

from uuid import uuid4

import pytest

from tests.intervisions.agendas.steps import act, add_item, draft, follow_up
from tests.intervisions.ballots.steps import open_ballot, vote
from tests.intervisions.steps import all_come, answer, path_of, planned_session, see
from tests.intervisions.tables.steps import BRAVO, CHARLIE, gathered
from tests.journeys.steps import propose, take_over
from tests.once.beginnings import beginning

TELLING = "Appeler le 0470 12 34 56, rue Haute 12"


@pytest.fixture
@beginning
def tables(circle):
    made = gathered(circle)
    made.make()
    made.allocate()
    return made


def test_whoever_was_asked_to_stay_away_does_not_ask_themselves_back(tables, cluster):
    circle = tables.network
    path = f"{tables.path}/invitations/{circle['mm2'].id}"
    circle["facilitator"].call("DELETE", path)
    state = "SELECT state FROM session_invitations WHERE professional_id = %s"
    assert circle.rows(state, circle["mm2"].id) == [("withdrawn",)]
    circle["mm2"].call("PUT", f"{tables.path}/answer", {"comes": True}, status=404)
    again = "UPDATE session_invitations SET state = 'accepted' WHERE session_id = %s"
    assert tables.sql(cluster, "mm2", again, tables.session["id"]) == 0


def test_nobody_notes_themselves_present(tables, cluster):
    there = "UPDATE session_invitations SET attended = true WHERE professional_id = %s"
    assert tables.sql(cluster, "ssm2", there, tables.network["ssm2"].id) == "42501"
    leave = "UPDATE session_invitations SET state = 'withdrawn' WHERE professional_id = %s"
    assert tables.sql(cluster, "ssm2", leave, tables.network["ssm2"].id) == "42501"
    answer(tables.network, tables.session, "ssm2", comes=False)
    state = "SELECT state FROM session_invitations WHERE professional_id = %s"
    assert tables.network.rows(state, tables.network["ssm2"].id) == [("declined",)]


def test_an_intervision_is_never_opened_to_the_whole_network(tables, cluster):
    opened = "UPDATE intervision_series SET kind = 'housing_table'"
    assert tables.sql(cluster, "facilitator", opened) == "42501"
    renamed = "UPDATE intervision_series SET name = 'Another'"
    assert tables.sql(cluster, "facilitator", renamed) == 1


def test_who_sits_at_a_table_is_told_to_nobody_outside_it(tables, cluster):
    table = tables.table(1)
    sits = "SELECT is_of_table(%s, %s)"
    asked = (table["id"], tables.network["rw1"].id)
    at_another = tables.at(2).pop()
    for who in ("outsider", "coordinator", at_another):
        assert tables.sql(cluster, who, sits, *asked) == [(False,)]
    for who in ("facilitator", "rw1"):
        assert tables.sql(cluster, who, sits, *asked) == [(True,)]


def test_the_words_of_a_follow_up_are_screened_as_those_of_minutes_are(tables):
    circle, table = tables.network, tables.table(1)["id"]
    given = {"by": "rw1", "table_id": table}
    refused = follow_up(circle, tables.session, "rw1", TELLING, status=422, **given)
    assert refused["code"] == "minutes-identify"
    assert "0470" not in str(refused)
    made = follow_up(circle, tables.session, "rw1", "Appeler le médiateur", **given)
    for what in ("completion", "drop"):
        refused = act(circle, made, what, {"outcome": TELLING}, by="rw1", status=422)
        assert refused["code"] == "minutes-identify"
    act(circle, made, "completion", {"outcome": "Le médiateur rappelle."}, by="rw1")


def test_what_is_of_another_session_is_not_there(tables):
    """A proposal, a table, an item: with ids that are real, and the answer that absent ones get."""
    circle = tables.network
    other = planned_session(circle, name="Another")
    all_come(circle, other)
    leads, path = circle["facilitator"], path_of(other)
    table, proposal = tables.table(1)["id"], tables.proposals[BRAVO]
    for real, key in ((table, "table_id"), (str(uuid4()), "table_id")):
        body = {"words": "W", "owner_id": circle["rw1"].id, "due_on": "2026-12-01", key: real}
        leads.post(f"{path}/follow-ups", body, status=404)
        leads.call("PUT", f"{path}/needs", {"tags": ["housing"], key: real}, status=404)
    for given in (proposal, str(uuid4())):
        item = {"kind": "case", "title": "T", "minutes": 5, "proposal_id": given}
        tag = draft(circle, other).headers["ETag"]
        answered = leads.call("POST", f"{path}/agenda/items", item, If_Match=tag)
        assert answered.status_code in (404, 422)
        leads.post(f"{path}/tables", {"tables": [{"proposal_id": given}]}, status=404)
        circle["ssm2"].post(f"{path}/conflicts", {"proposal_id": given}, status=404)
    leads.post(f"{path}/tables", {"tables": [{"topic": "Chauffage"}]})
    shown = leads.get(f"{path}/seating")
    move = {"professional_id": circle["cass1"].id, "table_id": table, "note": "N"}
    tag = f'"v{shown["version"]}"'
    answered = leads.call("POST", f"{path}/seating/moves", move, If_Match=tag)
    assert answered.status_code in (404, 409)
    assert see(circle, other)["id"] == other["id"]


def test_a_ballot_takes_nothing_of_another_session(tables):
    circle = tables.network
    ballot = open_ballot(circle, tables.session)
    for choices in ({str(uuid4()): 1}, {tables.proposals[CHARLIE]: 10**9}):
        answered = circle["ssm2"].call(
            "POST",
            f"/api/v1/ballots/{ballot['id']}/papers",
            {"choices": [{"proposal_id": key, "points": n} for key, n in choices.items()]},
        )
        assert answered.status_code == 422, answered.text
    twice = [{"proposal_id": tables.proposals[CHARLIE], "points": 1}] * 2
    path = f"/api/v1/ballots/{ballot['id']}/papers"
    assert circle["ssm2"].call("POST", path, {"choices": twice}).status_code == 422
    answer(circle, tables.session, "mm2", comes=False)
    vote(circle, ballot, "mm2", {tables.proposals[CHARLIE]: 1}, status=403)


@pytest.mark.parametrize("kind", ["supervision", "intervision"])
def test_the_title_of_a_point_tells_of_no_family(circle, kind):
    session = planned_session(circle, kind=kind)
    refused = add_item(circle, session, TELLING, status=422)
    assert refused["code"] == "agenda-identifies"
    add_item(circle, session, "Préparer le 17 juin")


def test_a_concertation_may_name_a_building(circle):
    add_item(circle, planned_session(circle, kind="concertation"), "Rue Haute 12 : chauffage")


def test_whoever_handed_the_case_over_brings_nothing_back_to_it(tables):
    circle, case = tables.network, tables.cases[BRAVO]
    table = tables.table(1)["id"]
    left = follow_up(circle, tables.session, "rw1", by="rw1", table_id=table, becomes="case")
    tables.sign("rw1")
    minutes = tables.begin(1, "rw1", "Un plan de paiement.")
    path = f"/api/v1/minutes/{minutes['id']}"
    circle["rw1"].post(f"{path}/finalisation", status=200, If_Match='"v1"')
    take_over(circle, propose(circle, case), "rw2")
    copied = {"category": "tenancy", "body": "Autre chose."}
    circle["rw1"].call("POST", f"{path}/case-copy", copied, status=404)
    task = {"title": "T", "category": "tenancy"}
    answered = circle["rw1"].call("POST", f"/api/v1/follow-ups/{left['id']}/task", task)
    assert answered.status_code in (403, 404)
    mine = circle["rw1"].get(f"/api/v1/proposals/{tables.proposals[BRAVO]}")
    assert mine["case_code"] is None
    circle["rw1"].call("GET", f"/api/v1/cases/{case['id']}/intervision-minutes", status=404)
    tables.invite_in("ssm2", BRAVO, status=404)
    circle["rw2"].post(f"{path}/case-copy", copied)
