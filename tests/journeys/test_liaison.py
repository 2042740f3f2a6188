"""J5 (1-2): procedural facts of consented cases in her cantons, and dates that are confirmed."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.calendars.test_calendar import read, subscribe
from tests.evictions.hearing_lists.test_hearing_list import upload
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def heard(network: Network):
    """A procedure in Schaerbeek with a hearing on 31 March 2026, 9:00."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    return case, procedure_of(network, case)


def procedure_of(network, case):
    rw1 = network["rw1"]
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = rw1.post(path, {"canton": "Schaerbeek 1", "roll_number": "26A100"})
    path = f"/api/v1/procedures/{procedure['id']}"
    rw1.post(f"{path}/acts", {"kind": "petition", "acted_on": "2026-02-16"})
    return rw1.post(f"{path}/hearings", {"starts_at": "2026-03-31T09:00:00+02:00", "room": "1"})


def test_the_liaison_sees_code_roll_number_act_and_dates(network, heard):
    case, procedure = heard
    (row,) = network["liaison"].get("/api/v1/procedures")["items"]
    assert row == {
        "id": procedure["id"],
        "case_id": case["id"],
        "case_code": case["code"],
        "canton": "Schaerbeek 1",
        "roll_number": "26A100",
        "last_act": {"kind": "hearing", "acted_on": "2026-03-31"},
        "next_hearing_at": "2026-03-31T07:00:00Z",
        "names": [],
        "welfare_centre_opposed": False,
    }


def test_names_only_where_the_household_gave_them(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network, liaison_sees=("procedure", "identity"))
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/members",
        {"role": "adult", "pseudonym": "T", "family_name": "Ozkan", "given_name": "Derya"},
    )
    procedure_of(network, case)
    (row,) = network["liaison"].get("/api/v1/procedures")["items"]
    assert row["names"] == ["Derya Ozkan"]


def test_without_identity_no_name_in_any_place_she_can_open(network, heard):
    case, procedure = heard
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/members",
        {"role": "adult", "pseudonym": "Marker-T", "family_name": "Marker-Ozkan"},
    )
    liaison = network["liaison"]
    listed = upload(
        network, "canton;rol;datum;uur\nSchaerbeek 1;26A100;14/04/2026;9h", who="liaison"
    )
    mine = f"/api/v1/procedures/{procedure['id']}"
    places = [
        *("/api/v1/procedures", mine, "/api/v1/deadlines", "/api/v1/me", "/api/v1/hearing-lists"),
        *(f"{mine}/bundles", f"{mine}/bundle", f"/api/v1/cases/{case['id']}"),
        *(f"/api/v1/hearing-lists/{listed['id']}{part}" for part in ("", "/rows")),
    ]
    answers = {path: liaison.call("GET", path) for path in places}
    assert answers["/api/v1/procedures"].json()["items"][0]["names"] == []
    assert answers[mine].status_code == 200
    assert answers[f"/api/v1/hearing-lists/{listed['id']}/rows"].status_code == 200
    feed = "".join(read(network, subscribe(network, "liaison")))
    assert case["code"] in feed
    for path, answer in (*answers.items(), ("mail", None)):
        said = answer.text if answer else "".join(map(str, network.mails("liaison")))
        assert "Marker" not in said + feed, path


def test_outside_her_cantons_or_without_consent_nothing_exists(network, heard):
    _, procedure = heard
    assert network["other_liaison"].get("/api/v1/procedures")["items"] == []
    path = f"/api/v1/procedures/{procedure['id']}"
    hidden = network["other_liaison"].call("GET", path, status=404).json()
    absent = network["other_liaison"].call(
        "GET", "/api/v1/procedures/00000000-0000-4000-8000-000000000000", status=404
    )
    assert {**hidden, "error_id": ""} == {**absent.json(), "error_id": ""}


@pytest.mark.parametrize("part", ["", "/notes", "/tasks", "/consents"])
def test_care_notes_plan_and_team_do_not_exist_for_her(network, heard, part):
    case, _ = heard
    answer = network["liaison"].call("GET", f"/api/v1/cases/{case['id']}{part}")
    assert answer.status_code in (403, 404)
    assert case["code"] not in answer.text


def test_she_cannot_write_outside_her_postings(network, heard):
    case, procedure = heard
    liaison = network["liaison"]
    path = f"/api/v1/procedures/{procedure['id']}"
    liaison.call("POST", f"{path}/acts", {"kind": "judgment", "acted_on": "2026-05-05"}, status=403)
    liaison.call(
        "POST",
        f"/api/v1/cases/{case['id']}/notes",
        {"category": "procedure", "body": "x"},
        status=403,
    )


def post_move(network, procedure):
    return network["liaison"].post(
        f"/api/v1/procedures/{procedure['id']}/postings",
        {"kind": "hearing_moved", "starts_at": "2026-04-21T09:00:00+02:00", "room": "2"},
    )


def test_a_posted_move_shows_its_difference_and_changes_nothing_yet(network, heard):
    _, procedure = heard
    posting = post_move(network, procedure)
    network.work()
    _invitation, mail = network.mails("rw1")
    assert "/alerts/" in mail.get_body(("plain",)).get_content()
    seen = network["rw1"].get(f"/api/v1/postings/{posting['id']}")
    assert {d["field"] for d in seen["difference"]} == {"starts_at", "room"}
    room = next(d for d in seen["difference"] if d["field"] == "room")
    assert (room["before"], room["after"]) == ("1", "2")
    now = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")
    assert [h["state"] for h in now["hearings"]] == ["set"]


def test_confirmed_it_is_applied_and_both_versions_stay(network, heard):
    _, procedure = heard
    rw1 = network["rw1"]
    lock = procedure["deadlines"][0]
    after = rw1.post(
        f"/api/v1/deadlines/{lock['id']}/override",
        {"date": "2026-04-02", "reason": "Agreed with the clerk"},
        status=200,
        If_Match=f'"v{lock["version"]}"',
    )
    assert after["deadlines"][0]["overridden"]
    assert after["deadlines"][0]["date"] == "2026-04-02"
    posting = post_move(network, procedure)
    applied = rw1.post(f"/api/v1/postings/{posting['id']}/confirmation", status=200)
    assert [(h["state"], h["room"]) for h in applied["hearings"]] == [
        ("adjourned", "1"),
        ("set", "2"),
    ]
    assert applied["postings"][0]["posted_by"] == network["liaison"].id
    judgment = network["liaison"].post(
        f"/api/v1/procedures/{procedure['id']}/postings",
        {"kind": "judgment_set", "day": "2026-05-05"},
    )
    applied = rw1.post(f"/api/v1/postings/{judgment['id']}/confirmation", status=200)
    assert "judgment" in {act["kind"] for act in applied["acts"]}
    kept = next(d for d in applied["deadlines"] if d["id"] == lock["id"])
    assert kept["date"] == "2026-04-02"
    assert kept["computed_date"] == lock["date"]
    again = rw1.call("POST", f"/api/v1/postings/{judgment['id']}/confirmation")
    assert again.status_code == 409
    due = network.rows(
        "SELECT count(*) FROM alerts"
        " WHERE state = 'planned' AND kind = 'evictions.hearing_approaching'"
    )
    assert due == [(8,)]


def test_a_rejected_posting_changes_nothing(network, heard):
    _, procedure = heard
    posting = post_move(network, procedure)
    network["liaison"].call("POST", f"/api/v1/postings/{posting['id']}/confirmation", status=403)
    after = network["rw1"].post(f"/api/v1/postings/{posting['id']}/rejection", status=200)
    assert [h["state"] for h in after["hearings"]] == ["set"]
    assert after["postings"][0]["state"] == "rejected"


def test_withdrawn_consent_ends_her_view_and_her_alerts(network, heard):
    case, procedure = heard
    path = f"/api/v1/cases/{case['id']}/consents"
    for given in network["rw1"].get(path)["items"]:
        if given["provisions"][0]["recipient_role"] == "liaison":
            network["rw1"].post(f"{path}/{given['id']}/withdrawal", status=200, If_Match='"v1"')
    assert network["liaison"].get("/api/v1/procedures")["items"] == []
    network["liaison"].call("GET", f"/api/v1/procedures/{procedure['id']}", status=404)
    network.clock.set(datetime(2026, 3, 17, 9, tzinfo=UTC))
    network.work()
    assert network.mails("liaison") == []
    # The invitation of the first day, and the reminder.
    assert len(network.mails("rw1")) == 2


@pytest.fixture
def split(network, heard):
    """The same case before two courts: the second procedure is in Ixelles, with its hearing."""
    case, here = heard
    path = f"/api/v1/cases/{case['id']}/procedures"
    made = network["rw1"].post(path, {"canton": "Ixelles", "roll_number": "26B200"})
    path = f"/api/v1/procedures/{made['id']}"
    body = {"starts_at": "2026-04-02T09:00:00+02:00", "room": "2"}
    return here, network["rw1"].post(f"{path}/hearings", body)


@pytest.mark.parametrize(("who", "theirs"), [("liaison", 0), ("other_liaison", 1)])
def test_of_a_case_before_two_courts_each_sees_their_own(network, split, who, theirs):
    mine, others = split[theirs], split[1 - theirs]
    (row,) = network[who].get("/api/v1/procedures")["items"]
    assert row["id"] == mine["id"]
    network[who].get(f"/api/v1/procedures/{mine['id']}")
    path = f"/api/v1/procedures/{others['id']}"
    network[who].get(path, status=404)
    body = {"kind": "hearing_moved", "starts_at": "2026-04-14T09:00:00+02:00"}
    network[who].post(f"{path}/postings", body, status=404)
    posted = network[who].post(f"/api/v1/procedures/{mine['id']}/postings", body)
    other = "other_liaison" if who == "liaison" else "liaison"
    network[other].get(f"/api/v1/postings/{posted['id']}", status=404)
    # The database says the same, whatever a statement forgets.
    for table in ("acts", "hearings", "deadlines", "postings"):
        seen = {row for (row,) in as_api(network, who, f"SELECT procedure_id FROM {table}")}
        assert seen <= {UUID(mine["id"])}, table


def as_api(network, who, query):
    with network.database.transaction(force_rollback=True):
        network.database.execute("SET LOCAL ROLE maillage_api")
        context = "SELECT set_config('app.professional', %s, true), set_config('app.now', %s, true)"
        network.database.execute(context, (network[who].id, network.clock.now().isoformat()))
        return network.database.execute(query).fetchall()


TOLD = """
    SELECT DISTINCT a.object_id::text FROM deliveries d JOIN alerts a ON a.id = d.alert_id
    WHERE d.professional_id = %s AND a.kind = 'evictions.hearing_approaching'
"""


def test_each_is_told_of_the_hearings_in_their_own_canton(network, split):
    network.clock.set(datetime(2026, 3, 28, 9, 0, tzinfo=UTC))
    network.work()
    for who, seen in zip(("liaison", "other_liaison"), split, strict=True):
        assert network.rows(TOLD, network[who].id) == [(seen["hearings"][0]["id"],)]


def test_a_hearing_list_knows_their_own_canton_alone(network, split):
    rows = "canton;rol;datum;uur\nIxelles;26B200;14/04/2026;9h\nSchaerbeek 1;26A100;14/04/2026;9h"
    for who, own in (("liaison", "Schaerbeek 1"), ("other_liaison", "Ixelles")):
        upload(network, rows, who=who)
        ((canton,),) = network.rows(
            "SELECT canton FROM hearing_list_rows WHERE professional_id = %s"
            " AND state = 'proposed'",
            network[who].id,
        )
        assert canton == own
        with network.runtime.transaction() as uow:
            query = text("SELECT count(*) FROM procedures_of_liaison(:who)")
            assert uow.session.scalar(query, {"who": network[who].id}) == 1


def test_a_feed_has_the_hearings_of_its_owners_canton(network, split):
    for who, day in (("liaison", "2026-03-31"), ("other_liaison", "2026-04-02")):
        events = read(network, subscribe(network, who)).values()
        assert [str(event.dtstart.value.date()) for event in events] == [day]
