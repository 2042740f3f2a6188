"""F48, J6 step 4: nobody sits where they should not, and nobody learns why."""

import pytest

from tests.intervisions.steps import answer, hold, path_of, planned_session
from tests.intervisions.tables.steps import BRAVO, CHARLIE, gathered
from tests.journeys.steps import mails_about, want_all_at_once


@pytest.fixture
def tables(circle):
    return gathered(circle)


def test_nobody_of_an_organisation_in_the_file_sits_at_its_table(tables):
    tables.declare("specialist", BRAVO)
    tables.make()
    shown = tables.allocate()
    # ULN leads, CPAS-N takes part, the household refuses rw4, a family tie keeps the specialist.
    assert tables.at(1, shown) == {"rw1", "cass1", "ssm2", "mm2"}
    assert tables.at(2, shown) == {"rw3", "colleague", "rw2", "cpas2", "specialist", "rw4"}
    assert shown["unseated"] == []
    assert {each["placed"] for table in shown["tables"] for each in table["people"]} == {
        "automatic"
    }


def test_somebody_invited_in_sits_there_and_the_facilitator_cannot_tell(tables):
    tables.declare("specialist", BRAVO)
    tables.make()
    tables.invite_in("rw2", BRAVO)
    shown = tables.allocate()
    assert tables.at(1, shown) == {"rw1", "rw2", "cass1", "ssm2", "mm2"}
    (rw2,) = [each for each in shown["tables"][0]["people"] if each["name"] == "Raf Wouters"]
    assert (rw2["placed"], rw2["note"]) == ("automatic", None)
    # Not who is refused, not who said no themselves, and nobody by somebody who knows no case.
    assert tables.invite_in("rw4", BRAVO, status=422)["code"] == "not-in-the-file"
    assert tables.invite_in("rw2", BRAVO, status=409)["code"] == "already-invited-in"
    for stranger in ("facilitator", "cass1", "rw2", "colleague"):
        tables.invite_in("cpas2", BRAVO, by=stranger, status=404)
    tables.declare("rw2", BRAVO)
    assert "rw2" in tables.at(2, tables.allocate())
    path = f"/api/v1/proposals/{tables.proposals[BRAVO]}/invited-in"
    rw1 = tables.network["rw1"]
    assert [each["professional_id"] for each in rw1.get(path)["items"]] == [
        tables.network["rw2"].id
    ]
    rw1.call("DELETE", f"{path}/{tables.network['rw2'].id}", status=204)
    assert rw1.get(path)["items"] == []


def test_a_preview_writes_nothing_and_is_what_is_then_done(tables):
    tables.make()
    preview = tables.allocate(dry_run=True)
    assert preview["dry_run"] is True
    assert tables.at(1) == tables.at(2) == set()
    done = tables.allocate()
    assert [tables.at(n, done) for n in (1, 2)] == [tables.at(n, preview) for n in (1, 2)]
    again = tables.allocate()
    assert [tables.at(n, again) for n in (1, 2)] == [tables.at(n, done) for n in (1, 2)]


def test_a_move_by_hand_has_a_note_stays_and_says_no_without_a_reason(tables):
    tables.make()
    tables.allocate()
    tables.move("cass1", 2)
    moved = tables.move("cass1", 1)
    (cass1,) = [each for each in moved["tables"][0]["people"] if each["placed"] == "moved"]
    assert cass1["note"] == "Asked for it"
    refusals = [tables.move(who, 1, status=409) for who in ("colleague", "rw4", "cpas2", "rw3")]
    assert {each["code"] for each in refusals} == {"seat-not-possible"}
    assert len({each["detail"] for each in refusals}) == 1
    assert tables.move("law2", 1, status=409)["code"] == "seat-not-possible"
    assert "cass1" in tables.at(1, tables.allocate())


def test_participants_see_their_own_table_and_no_note(tables):
    tables.make()
    tables.allocate()
    tables.move("cass1", 1)
    shown = tables.see("ssm2")
    (mine,) = [table for table in shown["tables"] if table["mine"]]
    (other,) = [table for table in shown["tables"] if not table["mine"]]
    assert other["people"] == []
    assert shown["unseated"] == []
    assert {each["organisation"] for each in mine["people"]} >= {"SSM"}
    assert {(each["note"], each["placed"], each["signed"]) for each in mine["people"]} == {
        (None, None, None)
    }
    tables.network["outsider"].call("GET", f"{tables.path}/seating", status=404)


def test_only_the_facilitator_makes_tables_and_seats(tables):
    body = {"tables": [{"topic": "Heating"}]}
    refused = tables.network["rw1"].post(f"{tables.path}/tables", body, status=403)
    assert refused["code"] == "not-the-facilitator"
    assert tables.command("", {}, status=422)["code"] == "no-tables"
    tables.make()
    assert tables.command("", {}, by="rw1", status=403)["code"] == "not-the-facilitator"
    assert tables.command("", {}, version=7, status=412)["code"] == "stale-version"
    taken = {"tables": [{"proposal_id": tables.proposals[BRAVO]}]}
    again = tables.network["facilitator"].post(f"{tables.path}/tables", taken, status=409)
    assert again["code"] == "proposal-has-table"
    both = {"tables": [{"proposal_id": tables.proposals[BRAVO], "topic": "Both"}]}
    tables.network["facilitator"].post(f"{tables.path}/tables", both, status=422)


def test_a_table_is_removed_until_something_was_written_there(tables):
    made = tables.make()["tables"]
    tables.allocate()
    path = f"/api/v1/session-tables/{made[1]['id']}"
    facilitator, rw1 = tables.network["facilitator"], tables.network["rw1"]
    rw1.call("DELETE", path, status=403, If_Match=f'"v{tables.see()["version"]}"')
    facilitator.call("DELETE", path, status=412, If_Match='"v99"')
    gone = facilitator.call("DELETE", path, status=200, If_Match=f'"v{tables.see()["version"]}"')
    assert [table["number"] for table in gone.json()["tables"]] == [1]
    assert "rw3" in tables.unseated()
    tables.sign("rw1")
    tables.begin(1, "rw1", "Words")
    path = f"/api/v1/session-tables/{made[0]['id']}"
    kept = facilitator.call("DELETE", path, status=409, If_Match=f'"v{tables.see()["version"]}"')
    assert kept.json()["code"] == "table-in-use"
    assert "rw1" in tables.at(1)


def test_whoever_does_not_come_has_no_seat(tables):
    answer(tables.network, tables.session, "ssm2", comes=False)
    tables.make()
    shown = tables.allocate()
    assert "ssm2" not in tables.at(1, shown) | tables.at(2, shown) | tables.unseated()
    tables.network.clock.set(tables.network.clock.now().replace(month=6, day=3, hour=11, minute=30))
    hold(tables.network, tables.session, "rw1", "rw3", "cass1", "ssm2", "mm2")
    assert tables.at(1) | tables.at(2) == {"rw1", "rw3", "cass1", "mm2"}
    assert tables.unseated() == {"ssm2"}
    again = tables.allocate()
    assert "ssm2" in tables.at(1, again) | tables.at(2, again)


def test_what_the_household_refuses_later_unseats_at_once(tables):
    tables.make()
    tables.allocate()
    assert "ssm2" in tables.at(1)
    tables.exclude("ssm2", BRAVO)
    tables.network.clock.advance(seconds=1)
    assert "ssm2" not in tables.at(1)
    assert tables.unseated() == {"ssm2"}
    assert [table["mine"] for table in tables.see("ssm2")["tables"]] == [False, False]
    assert "ssm2" not in {each["name"] for each in tables.table(1, "mm2")["people"]}
    assert "ssm2" in tables.at(2, tables.allocate())


def test_an_organisation_that_joins_the_file_later_unseats_its_people(tables):
    tables.make()
    tables.allocate()
    assert "cass1" in tables.at(1)
    body = {"professional_id": tables.network["coordinator"].id, "role": "connector", "reason": "R"}
    path = f"/api/v1/cases/{tables.cases[BRAVO]['id']}/team"
    tables.network["rw1"].post(path, body)
    assert "cass1" not in tables.at(1)


def test_closing_tells_everybody_their_table_and_only_moves_remain(tables):
    want_all_at_once(tables.network, "ssm2", "rw3")
    tables.make()
    tables.allocate()
    closed = tables.command("/closing")
    assert closed["state"] == "closed"
    tables.network.work()
    (mail,) = mails_about(tables.network, "ssm2", "Votre table")
    words = mail.get_body(("plain",)).get_content()
    assert "Bravo" not in words
    assert "BX-" not in words
    assert tables.command("", {}, status=409)["code"] == "seating-closed"
    tables.move("cass1", 2)
    tables.network.work()
    assert len(mails_about(tables.network, "rw3", "Your table")) == 1


def test_a_conflict_is_known_to_nobody_else(tables, cluster):
    tables.declare("specialist", BRAVO)
    assert tables.declare("specialist", BRAVO, status=409)["code"] == "conflict-declared"
    own = tables.network["specialist"].get(f"{tables.path}/conflicts")["items"]
    assert own == [{"proposal_id": tables.proposals[BRAVO]}]
    for who in ("facilitator", "rw1", "ssm2"):
        assert tables.network[who].get(f"{tables.path}/conflicts")["items"] == []
        assert tables.sql(cluster, who, "SELECT * FROM declared_conflicts") == []
    path = f"{tables.path}/conflicts/{tables.proposals[BRAVO]}"
    tables.network["ssm2"].call("DELETE", path, status=404)
    tables.network["specialist"].call("DELETE", path, status=204)
    assert tables.network["specialist"].get(f"{tables.path}/conflicts")["items"] == []


def test_only_who_facilitates_is_told_which_seats_are_possible(tables, cluster):
    tables.make()
    bars = "SELECT * FROM seat_bars(%s)"
    assert tables.sql(cluster, "facilitator", bars, tables.session["id"])
    possible = "SELECT can_be_seated(%s, %s)"
    asked = (tables.table(1)["id"], tables.network["cass1"].id)
    assert tables.sql(cluster, "facilitator", possible, *asked) == [(True,)]
    for who in ("rw1", "ssm2", "outsider"):
        assert tables.sql(cluster, who, bars, tables.session["id"]) == []
        assert tables.sql(cluster, who, possible, *asked) == [(False,)]
        for inner in ("impossible_seats", "is_possible_seat", "comes_to"):
            query = f"SELECT {inner}(%s, %s)"
            assert tables.sql(cluster, who, query, *asked) == "42501"
    assert tables.sql(cluster, "rw1", "SELECT * FROM seats") == []
    for lawless in (
        "UPDATE seats SET note = 'x', placed = 'moved'",
        "DELETE FROM seats",
        "UPDATE seat_plans SET state = 'closed'",
    ):
        assert tables.sql(cluster, "rw1", lawless) == 0


def test_a_supervision_has_no_tables_and_a_concertation_topics(circle):
    supervision = planned_session(circle, kind="supervision")
    body = {"tables": [{"topic": "Heating"}]}
    refused = circle["facilitator"].post(f"{path_of(supervision)}/tables", body, status=422)
    assert refused["code"] == "session-kind"
    concertation = planned_session(circle, kind="concertation", name="Another")
    made = circle["facilitator"].post(f"{path_of(concertation)}/tables", body)
    assert [table["topic"] for table in made["tables"]] == ["Heating"]


def test_tables_work_on_visible_proposals_of_the_session(tables):
    facilitator, path = tables.network["facilitator"], f"{tables.path}/tables"
    tables.network.database.execute(
        "UPDATE proposals SET state = 'draft' WHERE id = %s", (tables.proposals[CHARLIE],)
    )
    body = {"tables": [{"proposal_id": tables.proposals[CHARLIE]}]}
    facilitator.post(path, body, status=404)
    other = planned_session(tables.network, name="Another")
    body = {"tables": [{"proposal_id": tables.proposals[BRAVO]}]}
    facilitator.post(f"{path_of(other)}/tables", body, status=404)
