"""F46, J6 (2): a situation reaches its peers without its household, or not at all."""

from datetime import datetime

import pytest

from tests.intervisions.proposals.steps import (
    CLEAN,
    act,
    agree,
    draft,
    edit,
    open_case,
    reader_of,
    seen_by,
    visible,
)
from tests.intervisions.steps import (
    add_members,
    answer,
    hold,
    path_of,
    plan,
    planned_session,
    start_series,
)
from tests.journeys.steps import consent, join
from tests.once.beginnings import beginning


@pytest.fixture
def session(circle):
    return planned_session(circle)


@pytest.fixture
@beginning
def case(circle):
    return open_case(circle)


def test_a_street_name_stops_a_proposal_with_the_words_marked(circle, session, case):
    agree(circle, case)
    vignette = "Depuis qu'elle vit rue Gerard Mercator, Mme Elamrani dort mal."
    proposal = draft(circle, session, case, vignette=vignette)
    refused = act(circle, proposal, "submission", status=422)
    assert refused["code"] == "identifiers-found"
    marked = [(each["kind"], vignette[each["start"] : each["end"]]) for each in refused["found"]]
    assert marked == [("address", "rue Gerard Mercator"), ("name", "Elamrani")]
    assert {each["field"] for each in refused["found"]} == {"vignette"}
    assert circle["rw1"].get(f"/api/v1/proposals/{proposal['id']}")["state"] == "draft"
    edit(circle, proposal)
    assert act(circle, proposal, "submission")["state"] == "in_reading"


def test_the_screen_may_be_asked_before_and_says_weeks_for_dates(circle, session, case):
    vignette = "Jugement le 11 mars 2026."
    proposal = draft(circle, session, case, vignette=vignette, question="Et Fatima ?")
    screened = circle["rw1"].post(f"/api/v1/proposals/{proposal['id']}/screening", status=200)
    assert [(each["field"], each["kind"]) for each in screened["found"]] == [
        ("vignette", "date"),
        ("question", "name"),
    ]
    assert screened["in_weeks"] == "Jugement la semaine -12."
    reads = circle.rows("SELECT what FROM read_entries WHERE case_id = %s", case["id"])
    assert ("identifiers",) in reads


def test_what_is_sealed_is_looked_for_and_not_shown(circle, session, case):
    member = circle["rw1"].get(f"/api/v1/cases/{case['id']}")["household"]["members"][0]["id"]
    path = f"/api/v1/cases/{case['id']}/members/{member}/compartment"
    circle["rw1"].post(path)
    body = {"address": "Kerkstraat 5", "phone": "0478 12 34 56"}
    circle["rw1"].call("PUT", path, body, status=200, If_Match='"v1"')
    proposal = draft(circle, session, case, vignette="Ze schuilt in de kerkstr. en belt 0478123456")
    found = circle["rw1"].post(f"/api/v1/proposals/{proposal['id']}/screening", status=200)
    assert [each["kind"] for each in found["found"]] == ["address", "phone"]
    assert "Kerkstraat" not in str(found)


@pytest.mark.parametrize(
    ("said", "code"), [(None, "agreement-missing"), ("refused", "agreement-refused")]
)
def test_without_the_households_yes_nothing_is_submitted(circle, session, case, said, code):
    if said:
        agree(circle, case, said)
    proposal = draft(circle, session, case)
    assert act(circle, proposal, "submission", status=422)["code"] == code


def test_withdrawal_hides_at_once_and_for_all(circle, session, case):
    agreement = agree(circle, case)
    proposal = visible(circle, session, case)
    assert [each["id"] for each in seen_by(circle, session, "mm2")] == [proposal["id"]]
    path = f"/api/v1/cases/{case['id']}/intervision-agreements/{agreement['id']}/withdrawal"
    circle["rw1"].post(path, status=200, If_Match='"v1"')
    for key in ("mm2", "facilitator", reader_of(circle, proposal)):
        assert seen_by(circle, session, key) == []
        assert circle[key].call("GET", f"/api/v1/proposals/{proposal['id']}").status_code == 404
    assert circle["rw1"].get(f"/api/v1/proposals/{proposal['id']}")["state"] == "withdrawn"


def test_a_no_that_comes_later_hides_too_and_ends_the_yes(circle, session, case):
    agree(circle, case)
    visible(circle, session, case)
    again = {"answer": "agreed", "evidence": "written", "document": "Folder 3"}
    path = f"/api/v1/cases/{case['id']}/intervision-agreements"
    assert circle["rw1"].post(path, again, status=409)["code"] == "intervision-answer-stands"
    agree(circle, case, "refused")
    assert seen_by(circle, session, "mm2") == []
    said = circle["rw1"].get(path)["items"]
    assert {each["answer"]: each["withdrawn_at"] is None for each in said} == {
        "refused": True,
        "agreed": False,
    }


def test_a_second_reader_who_has_nothing_to_do_with_the_case(circle, session, case):
    agree(circle, case)
    consent(circle, case, {"recipient_kind": "person", "recipient_id": circle["rw2"].id}, ["work"])
    join(circle, case, "rw2", "specialist")
    excluded = {"organisation_id": str(circle["mm2"].actor.organisation_id), "reason": "family"}
    circle["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", excluded)
    answer(circle, session, "specialist")
    proposal = draft(circle, session, case)
    act(circle, proposal, "submission")
    reader = reader_of(circle, proposal)
    # Not of the worker's house, of the participant's, of the excluded one; who comes goes first.
    assert reader == "specialist"
    assert seen_by(circle, session, "rw4") == []
    assert [each["to_read"] for each in seen_by(circle, session, reader)] == [True]
    circle.work()
    mail = circle.mails(reader)[-1]
    assert "relire" in mail["Subject"]
    assert proposal["pseudonym"] not in str(mail)
    assert case["code"] not in str(mail)

    wordless = act(circle, proposal, "reading", {"approved": False}, who=reader, status=422)
    assert wordless["code"] == "remark-missing"
    back = {"approved": False, "remark": "Le quartier se reconnaît."}
    assert act(circle, proposal, "reading", back, who=reader)["state"] == "returned"
    circle.work()
    assert "revient" in circle.mails("rw1")[-1]["Subject"]
    assert circle["rw1"].get(f"/api/v1/proposals/{proposal['id']}")["remark"] == back["remark"]

    act(circle, proposal, "submission")
    assert reader_of(circle, proposal) == reader
    act(circle, proposal, "reading", {"approved": True}, who=reader)
    (shown,) = seen_by(circle, session, "rw4")
    assert shown["region"] == "brussels"
    assert shown["remark"] is None


def test_nobody_of_another_house_to_read_it(circle, case):
    session = planned_session(circle, "rw1", "colleague")
    agree(circle, case)
    proposal = draft(circle, session, case)
    assert act(circle, proposal, "submission", status=422)["code"] == "no-second-reader"


def test_only_proposer_and_reference_worker_link_it_to_the_case(circle, session, case):
    agree(circle, case)
    consent(
        circle,
        case,
        {"recipient_kind": "person", "recipient_id": circle["rw2"].id},
        ["identity", "tenancy"],
    )
    join(circle, case, "rw2", "specialist")
    proposal = visible(circle, session, case)
    assert proposal["case_code"] == case["code"]
    # A participant of that very case, the facilitator, and a peer: the same answer, no link.
    for key in ("rw2", "facilitator", "mm2"):
        (shown,) = seen_by(circle, session, key)
        assert (shown["case_id"], shown["case_code"], shown["mine"]) == (None, None, False)
        assert case["id"] not in str(shown)
        assert shown == circle[key].get(f"/api/v1/proposals/{proposal['id']}")
    told = circle.rows("SELECT case_id FROM audit_entries WHERE subject_kind = 'proposals'")
    assert {each for (each,) in told} == {None}
    # Who takes the case over finds it too.
    refused = act(circle, proposal, "withdrawal", who="rw2", status=403)
    assert refused["code"] == "proposal-of-another"


def test_what_is_not_visible_does_not_exist(circle, session, case):
    proposal = draft(circle, session, case)
    absent = proposal["id"].replace(proposal["id"][:8], "00000000")
    for key in ("mm2", "facilitator", "outsider"):
        answers = [
            circle[key].call(method, f"/api/v1/proposals/{each}{path}", body, If_Match='"v1"')
            for each in (proposal["id"], absent)
            for method, path, body in (
                ("GET", "", None),
                ("PUT", "", CLEAN),
                ("POST", "/submission", None),
                ("POST", "/reading", {"approved": True}),
            )
        ]
        assert {each.status_code for each in answers} == {404}
    lists = [
        circle["outsider"].call("GET", f"{path_of(each)}/proposals").status_code
        for each in (session, {"id": absent})
    ]
    assert lists == [404, 404]


def test_only_its_reference_worker_proposes_a_case_and_once(circle, session, case):
    body = {"case_id": case["id"], **CLEAN}
    assert circle["rw2"].call("POST", f"{path_of(session)}/proposals", body).status_code == 404
    draft(circle, session, case)
    twice = circle["rw1"].post(f"{path_of(session)}/proposals", body, status=409)
    assert twice["code"] == "already-proposed"
    other = planned_session(circle, kind="supervision", name="Supervision")
    refused = circle["rw1"].post(f"{path_of(other)}/proposals", body, status=422)
    assert refused["code"] == "session-kind"


def test_new_names_send_what_was_screened_back(circle, session, case):
    agree(circle, case)
    proposal = visible(circle, session, case, vignette="Madame et Yasmine attendent.")
    joined = {"role": "child", "pseudonym": "M3", "given_name": "Yasmine", "family_name": "Sow"}
    circle["rw1"].post(f"/api/v1/cases/{case['id']}/members", joined)
    for peer in ("mm2", reader_of(circle, proposal)):
        assert seen_by(circle, session, peer) == []
    assert circle["rw1"].get(f"/api/v1/proposals/{proposal['id']}")["state"] == "returned"
    refused = act(circle, proposal, "submission", status=422)
    assert [each["kind"] for each in refused["found"]] == ["name"]


def test_a_changed_proposal_is_read_again(circle, session, case):
    agree(circle, case)
    proposal = visible(circle, session, case)
    edit(circle, proposal, question="Autre question ?", tags=["family_violence"])
    assert seen_by(circle, session, "mm2") == []
    path = f"/api/v1/proposals/{proposal['id']}"
    shown = circle["rw1"].call("GET", path, Accept_Language="nl").json()
    assert shown["tags"] == [{"tag": "family_violence", "label": "Familiaal geweld"}]


def test_each_session_has_its_own_name_for_a_case(circle, session, case):
    names = {draft(circle, session, case)["pseudonym"]}
    for _ in range(3):
        names.add(draft(circle, planned_session(circle), case)["pseudonym"])
    assert len(names) > 1


def test_attachments_are_words_that_are_screened_too(circle, session, case):
    agree(circle, case)
    proposal = draft(circle, session, case)
    path = f"/api/v1/proposals/{proposal['id']}/attachments"
    circle["rw1"].upload(path, "brief El Amrani.txt", b"Une lettre pour Fatima.\n")
    refused = act(circle, proposal, "submission", status=422)
    assert [(each["field"], each["kind"]) for each in refused["found"]] == [
        ("attachment-1", "name")
    ]
    circle["rw1"].call("DELETE", f"{path}/1", status=200)
    kept = circle["rw1"].upload(path, "brief El Amrani.txt", b"Une lettre de refus.\n").json()
    assert kept["attachments"] == ["Une lettre de refus."]
    assert "brief" not in str(kept)
    pdf = circle["rw1"].upload(path, "a.pdf", b"%PDF-1.4\n%%EOF\n", status=None)
    assert (pdf.status_code, pdf.json()["code"]) == (422, "attachment-not-text")
    act(circle, proposal, "submission")
    late = circle["rw1"].upload(path, "b.txt", b"Encore.\n", status=None)
    assert late.json()["code"] == "proposal-state"


def test_an_impasse_tells_the_reference_worker_and_stands_on_the_proposal(circle, session, case):
    consent(circle, case, {"recipient_kind": "person", "recipient_id": circle["rw2"].id}, ["work"])
    join(circle, case, "rw2", "specialist")
    path = f"/api/v1/cases/{case['id']}/impasse"
    circle["rw2"].post(path)
    assert circle["rw1"].post(path, status=409)["code"] == "impasse-already-flagged"
    circle.clock.advance(days=15)
    circle.work()
    told = circle["rw1"].get("/api/v1/alerts")["items"]
    assert [each["kind"] for each in told if each["case_id"] == case["id"]] == [
        "cases.impasse_flagged"
    ]
    (mine,) = circle["rw1"].get("/api/v1/cases/impasses")["items"]
    assert (mine["code"], mine["leads"]) == (case["code"], True)
    assert circle["rw3"].get("/api/v1/cases/impasses")["items"] == []
    agree(circle, case)
    proposal = visible(circle, session, case)
    assert (proposal["impasse"], proposal["waiting_weeks"]) == (True, 2)
    lifted = circle["rw2"].post(f"{path}/lifting", status=200, If_Match='"v1"')
    assert lifted["lifted_by"] == circle["rw2"].id
    assert circle["rw1"].call("GET", path).status_code == 404


def test_answers_to_peers_hold_no_instant(circle, session, case):
    agree(circle, case)
    visible(circle, session, case)
    (shown,) = seen_by(circle, session, "mm2")
    assert not [name for name in shown if name.endswith(("_at", "_on"))]


def test_with_the_case_go_the_words(circle, session, case):
    agree(circle, case)
    proposal = visible(circle, session, case, vignette="Une histoire.")
    circle.database.execute("SET session_replication_role = origin")
    circle.database.execute("DELETE FROM proposal_sources WHERE case_id = %s", [case["id"]])
    query = "SELECT vignette, question, state FROM proposals WHERE id = %s"
    assert circle.rows(query, proposal["id"]) == [("", "", "withdrawn")]


def test_a_case_waits_from_the_last_table_over_it(circle, case):
    series = start_series(circle)
    add_members(circle, series)
    first, second, third = plan(circle, series, count=3, every_weeks=4)
    agree(circle, case)
    visible(circle, first, case)
    circle.clock.set(datetime.fromisoformat(first["starts_at"]))
    hold(circle, first, "rw1")
    again = visible(circle, second, case)
    # Nobody chose it: it goes on waiting, since 20 April.
    assert again["waiting_weeks"] == 6
    table = {"tables": [{"proposal_id": again["id"]}]}
    circle["facilitator"].post(f"{path_of(second)}/tables", table)
    circle.clock.set(datetime.fromisoformat(second["starts_at"]))
    hold(circle, second, "rw1")
    circle.clock.advance(days=8)
    assert visible(circle, third, case)["waiting_weeks"] == 0
