"""J6 whole: what was left to do, five situations, a secret vote, two tables, minutes, and what
comes back. Over HTTP, with mail and calendar read back.
"""

from datetime import UTC, datetime, timedelta

import pytest
import vobject

from tests.intervisions.agendas.steps import agenda, done, follow_up, held, publish
from tests.intervisions.ballots.steps import OPENS, TIMES, close, plan_ballot, result, turn, vote
from tests.intervisions.proposals.steps import act, agree, draft, edit, open_case, reader_of
from tests.intervisions.steps import INVITED, add_members, all_come, path_of, plan, start_series
from tests.intervisions.tables.steps import Tables
from tests.journeys.steps import sweep
from tests.once.beginnings import beginning

BRINGS = ("rw1", "rw2", "rw3", "rw4")
TAGS = {"rw2": ["mental_suffering"]}


@pytest.fixture
@beginning
def sessions(circle):
    """Every two weeks; the fourth is that of 3 June, and a fifth follows."""
    series = start_series(circle, co_facilitator_id=circle["cofacilitator"].id)
    add_members(circle, series)
    times = {"starts_at": "2026-04-22T13:00:00+02:00", "ends_at": "2026-04-22T16:00:00+02:00"}
    made = plan(circle, series, **times, every_weeks=2, count=5)
    all_come(circle, made[3])
    return made


def test_the_whole_of_it(circle, sessions):
    _the_first_three_leave_something(circle, sessions)
    session = sessions[3]
    cases, proposals = _five_are_brought(circle, session)
    chosen = _a_vote_chooses_two(circle, session, proposals)
    tables = _two_tables_are_seated(circle, session, cases, proposals, chosen)
    minutes = _their_minutes_become_final(tables)
    _three_things_come_of_it(circle, sessions, tables, minutes)


def _the_first_three_leave_something(circle, sessions):
    old = follow_up(circle, sessions[0], "rw3", "Écrire une note commune au médiateur")
    held(circle, sessions[0], *INVITED)
    publish(circle, sessions[1])
    held(circle, sessions[1], *INVITED)
    publish(circle, sessions[2])
    held(circle, sessions[2], *INVITED)
    new = [follow_up(circle, sessions[2], who, f"Pour {who}") for who in ("cass1", "ssm2")]
    for made, who in zip(new, ("cass1", "ssm2"), strict=True):
        done(circle, made, who)
    publish(circle, sessions[3])
    shown = agenda(circle, sessions[3], "mm2")
    assert shown["items"][0]["kind"] == "follow_ups"
    left = {
        each["id"]: (each["state"], each["carried"], each["flagged"])
        for each in shown["follow_ups"]
    }
    assert left[old["id"]] == ("open", 3, True)
    assert sorted(state for state, _, _ in left.values()) == ["done", "done", "open"]
    text = circle["mm2"].call("GET", f"{path_of(sessions[3])}/agenda.ics", status=200).text
    opening = vobject.readOne(text).vevent_list[0]
    assert opening.dtstart.value == datetime.fromisoformat(sessions[3]["starts_at"])


def _five_are_brought(circle, session):
    circle.clock.set(datetime(2026, 5, 21, 9, 0, tzinfo=UTC))
    cases, proposals = {}, {}
    for who in (*BRINGS, "specialist"):
        cases[who] = open_case(circle, who)
        agree(circle, cases[who], "refused" if who == "specialist" else "agreed", who)
        proposals[who] = draft(circle, session, cases[who], who, tags=TAGS.get(who, []))
    refused = act(circle, proposals["specialist"], "submission", who="specialist", status=422)
    assert refused["code"] == "agreement-refused"
    edit(circle, proposals["rw1"], vignette="Elle habite rue Gérard Mercator depuis dix ans.")
    stopped = act(circle, proposals["rw1"], "submission", status=422)
    assert stopped["code"] == "identifiers-found"
    edit(circle, proposals["rw1"])
    for who in BRINGS:
        act(circle, proposals[who], "submission", who=who)
        reader = reader_of(circle, proposals[who])
        act(circle, proposals[who], "reading", {"approved": True}, who=reader)
    for peer in ("mm2", "facilitator"):
        found = circle[peer].get(f"{path_of(session)}/proposals")["items"]
        assert {each["id"] for each in found} == {proposals[who]["id"] for who in BRINGS}
        codes = [cases[who]["code"] for who in BRINGS]
        assert not [code for code in codes if code in str(found)]
    mine = circle["rw1"].get(f"/api/v1/proposals/{proposals['rw1']['id']}")
    assert mine["case_code"] == cases["rw1"]["code"]
    return cases, {who: proposals[who]["id"] for who in BRINGS}


def _a_vote_chooses_two(circle, session, proposals):
    """rw2's and rw3's come out equal for the second place: the priority public decides."""
    plan_ballot(circle, session, **TIMES, places=2)
    circle.clock.set(OPENS + timedelta(minutes=1))
    turn(circle)
    ballot = circle["rw1"].get(f"{path_of(session)}/ballot")
    first, second, third = (proposals[who] for who in ("rw1", "rw2", "rw3"))
    for who in ("cass1", "colleague", "ssm2"):
        vote(circle, ballot, who, {first: 3})
    for who in ("mm2", "rw4"):
        vote(circle, ballot, who, {second: 2, third: 1})
    for who in ("cpas2", "specialist"):
        vote(circle, ballot, who, {third: 2, second: 1})
    assert vote(circle, ballot, "mm2", {first: 3}, status=409).json()["code"] == "already-voted"
    assert (
        vote(circle, ballot, "rw1", {first: 3}, status=422).json()["code"] == "ballot-own-proposal"
    )
    vote(circle, ballot, "outsider", {first: 3}, status=404)
    open_answers = [
        circle[who].call("GET", f"{path_of(session)}{part}").text
        for who in ("mm2", "facilitator", "cofacilitator")
        for part in ("", "/ballot", "/proposals", "/agenda")
    ]
    assert not [text for text in open_answers if '"total' in text or '"chosen"' in text]
    result(circle, ballot, status=404)
    close(circle)
    late = vote(circle, ballot, "rw2", {first: 3}, status=409).json()["code"]
    assert late == "ballot-not-open"
    counted = result(circle, ballot, "mm2")
    chosen = [line["proposal_id"] for line in counted["lines"] if line["chosen"]]
    assert chosen == [first, second]
    assert [tie["rule"] for tie in counted["ties"]] == ["priority_public"]
    return chosen


def _two_tables_are_seated(circle, session, cases, proposals, chosen):
    """The household of the first refuses rw4; mm2 knows the family of the second."""
    circle.clock.set(datetime(2026, 6, 2, 12, 0, tzinfo=UTC))
    brought = {"first": cases["rw1"], "second": cases["rw2"]}
    tables = Tables(circle, session, brought, dict(zip(brought, chosen, strict=True)))
    path = f"/api/v1/cases/{cases['rw1']['id']}/exclusions"
    body = {"professional_id": circle["rw4"].id, "reason": "The household asked"}
    circle["rw1"].post(path, body)
    tables.declare("mm2", "second")
    tables.make("first", "second")
    assert tables.at(1, tables.allocate(dry_run=True)) == tables.at(1, tables.allocate())
    one, two = tables.at(1), tables.at(2)
    assert (one | two, one & two) == (set(INVITED), set())
    assert "rw1" in one
    assert "mm2" in one
    assert "rw2" in two
    assert "rw4" in two
    assert {"colleague"} <= two
    assert {"cpas2"} <= one
    assert tables.move("rw4", 1, status=409)["code"] == "seat-not-possible"
    tables.move("cass1", 1 if "cass1" in two else 2)
    tables.command("/closing")
    circle.clock.advance(minutes=5)
    circle.work()
    told = [str(mail["Subject"]) for mail in circle.mails("rw1")]
    assert not [each for each in told if cases["rw1"]["code"] in each and "ance" in each]
    return tables


def _their_minutes_become_final(tables):
    circle = tables.network
    circle.clock.set(datetime(2026, 6, 3, 12, 0, tzinfo=UTC))
    tables.sign(*INVITED)
    finals = {}
    for number, who in ((1, "rw1"), (2, "rw2")):
        begun = tables.begin(number, who, "Nous proposerions un plan de paiement.")
        path = f"/api/v1/minutes/{begun['id']}"
        words = {"body": "Nous proposerions un plan, puis un second avis."}
        second = circle[who].post(f"{path}/revisions", words, If_Match=f'"v{begun["version"]}"')
        finals[number] = circle[who].post(
            f"{path}/finalisation", status=200, If_Match=f'"v{second["version"]}"'
        )
        late = circle[who].post(
            f"{path}/revisions", words, status=409, If_Match=f'"v{finals[number]["version"]}"'
        )
        assert late["code"] == "minutes-final"
    circle["rw2"].call("GET", f"/api/v1/minutes/{finals[1]['id']}", status=404)
    circle["facilitator"].call("GET", f"/api/v1/minutes/{finals[1]['id']}", status=404)
    return finals


def _three_things_come_of_it(circle, sessions, tables, minutes):
    session, following = sessions[3:]
    made = [
        follow_up(
            *(circle, session, who, f"Demander un plan ({who})"),
            by=who,
            table_id=tables.table(number, who)["id"],
            becomes="case",
        )
        for number, who in ((1, "rw1"), (2, "rw2"))
    ]
    network = follow_up(circle, session, "cass1", "Réunir les services du quartier")
    for each, who in zip(made, ("rw1", "rw2"), strict=True):
        body = {"title": "Écrire au propriétaire", "category": "tenancy", "due_on": "2026-06-20"}
        circle[who].post(f"/api/v1/follow-ups/{each['id']}/task", body)
        case = tables.cases["first" if who == "rw1" else "second"]
        (task,) = circle[who].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
        assert (task["title"], task["due_on"]) == ("Écrire au propriétaire", "2026-06-20")
    own = "Les pairs conseillent d’étaler la dette."
    body = {"category": "tenancy", "body": own}
    circle["rw1"].post(f"/api/v1/minutes/{minutes[1]['id']}/case-copy", body)
    circle["facilitator"].call(
        "PUT", f"{path_of(session)}/needs", {"tags": ["housing"]}, status=200
    )
    held(circle, session, *INVITED)
    publish(circle, following)
    shown = {each["id"]: each for each in agenda(circle, following, "mm2")["follow_ups"]}
    assert {network["id"], *(each["id"] for each in made)} <= shown.keys()
    assert {shown[each["id"]]["words"] for each in made} <= {None, "Demander un plan (rw1)"}
    circle.clock.set(datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
    sweep(circle)
    path = "/api/v1/intervision-needs?from=2026-06-01&until=2026-06-30"
    counted = {each["tag"]: each for each in circle["facilitator"].get(path)["items"]}
    assert "housing" in counted
