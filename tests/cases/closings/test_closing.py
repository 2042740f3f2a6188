"""F03: closed with a reason after a second look, and reopened with the roles as they were."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.journeys.steps import (
    join,
    mails_about,
    note,
    open_shared_case,
    propose,
    set_hearing,
    sweep,
    take_over,
    want_all_at_once,
)
from tests.once.beginnings import beginning
from tests.people import Network
from tests.slices import times

HEARING = "2026-08-25T09:00:00+02:00"


@pytest.fixture
@beginning
def case(network: Network) -> Any:
    """Shared with CPAS-N, whose RW2 takes part."""
    network.clock.set(datetime(2026, 7, 20, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    want_all_at_once(network, "rw1", "rw2")
    network.work()
    return case


@beginning
def closing(
    network: Network, case: Any, *, reviewer: str = "rw2", status: int = 201, **more: Any
) -> Any:
    network.clock.advance(seconds=1)
    body = {"reason": "solved", "reviewer_id": network[reviewer].id, **more}
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/closings", body, status=status)


def confirm(network: Network, proposed: Any, who: str = "rw2", status: int = 200) -> Any:
    network.clock.advance(seconds=1)
    return network[who].post(f"/api/v1/closings/{proposed['id']}/confirmation", status=status)


def close(network: Network, case: Any, **more: Any) -> Any:
    proposed = closing(network, case, **more)
    confirm(network, proposed, more.get("reviewer", "rw2"))
    return proposed


def reopen(network: Network, case: Any) -> Any:
    network.clock.advance(seconds=1)
    path = f"/api/v1/cases/{case['id']}/reopening"
    return network["rw1"].post(path, {"reason": "Arrears again"}, status=200)


def state_of(network: Network, case: Any) -> str:
    return network["rw1"].get(f"/api/v1/cases/{case['id']}")["state"]


def test_a_closing_needs_a_second_look_that_is_not_ones_own(network, case):
    refused = closing(network, case, reviewer="rw1", status=422)
    assert refused["code"] == "own-closing"
    proposed = closing(network, case)
    assert state_of(network, case) == "open"
    assert confirm(network, proposed, "rw1", status=403)["code"] == "own-closing"
    confirm(network, proposed, "colleague", status=404)
    network.work()
    assert len(mails_about(network, "rw2", "tweede blik")) == 1
    (waiting,) = network["rw2"].get("/api/v1/closings")["items"]
    assert (waiting["id"], waiting["reason"]) == (proposed["id"], "solved")
    assert confirm(network, proposed)["state"] == "confirmed"
    assert state_of(network, case) == "closed"
    network.work()
    for who, words in (("rw1", "Dossier clôturé"), ("rw2", "Dossier afgesloten")):
        assert len(mails_about(network, who, words)) == 1
    assert confirm(network, proposed, status=404)["code"] == "not-found"
    assert network["rw2"].get("/api/v1/closings")["items"] == []


def test_not_even_by_sql_does_the_proposer_close_alone(network, case, database):
    closing(network, case)
    lead = network["rw1"].actor
    for by_hand in (
        "UPDATE cases SET state = 'closed' WHERE id = :case",
        "UPDATE closings SET state = 'confirmed', decided_at = app_now() WHERE case_id = :case",
    ):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            database.transaction(clock=network.clock, actor=lead) as uow,
        ):
            uow.session.execute(text(by_hand), {"case": case["id"]})
    assert state_of(network, case) == "open"


def test_closed_ends_every_access_but_reading_by_the_reference_worker(network, case):
    set_hearing(network, case, HEARING)
    note(network, case, "rw2", "Went to the bank")
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/team",
        {"professional_id": network["specialist"].id, "role": "specialist", "reason": "x"},
    )
    (invited,) = network["specialist"].get("/api/v1/invitations")["items"]
    path = f"/api/v1/cases/{case['id']}"
    assert network["liaison"].get("/api/v1/procedures")["items"] != []
    close(network, case, despite="They moved out; the hearing is a formality")
    network["rw2"].call("GET", path, status=404)
    assert network["rw2"].get("/api/v1/cases")["items"] == []
    assert network["liaison"].get("/api/v1/procedures")["items"] == []
    assert network["specialist"].get("/api/v1/invitations")["items"] == []
    network["specialist"].call(
        "POST", f"/api/v1/invitations/{invited['id']}/acceptance", status=409
    )
    file = network["rw1"].get(path)
    assert (file["state"], len(file["notes"])) == ("closed", 1)
    assert network["rw1"].get(f"{path}/consents")["items"] != []
    assert network["rw1"].get(f"{path}/history")["items"] != []
    for operation, body in (
        ("notes", {"category": "tenancy", "body": "x"}),
        ("members", {"role": "child", "pseudonym": "x"}),
        ("tasks", {"category": "tenancy", "title": "x"}),
        ("team", {"professional_id": network["colleague"].id, "role": "lawyer", "reason": "x"}),
        ("handovers", {"to_id": network["rw2"].id, "reason": "x", "former_stays": False}),
        ("closings", {"reason": "solved", "reviewer_id": network["colleague"].id}),
        ("procedures", {"canton": "Ixelles"}),
        ("watch", {"review_on": "2026-12-01"}),
    ):
        answer = network["rw1"].call("POST", f"{path}/{operation}", body, status=409)
        assert answer.json()["code"] == "case-closed", operation


def test_the_household_can_still_say_no_in_a_closed_case(network, case):
    close(network, case)
    path = f"/api/v1/cases/{case['id']}"
    first = network["rw1"].get(f"{path}/consents")["items"][0]
    gone = f"{path}/consents/{first['id']}/withdrawal"
    network["rw1"].post(gone, status=200, If_Match='"v1"')
    body = {"professional_id": network["rw2"].id, "reason": "They asked"}
    network["rw1"].post(f"{path}/exclusions", body)
    reopen(network, case)
    network["rw2"].call("GET", path, status=404)


def test_reminders_stop_and_those_ahead_come_back(network, case):
    set_hearing(network, case, HEARING)
    network.work()
    close(network, case, despite="They moved out")
    reminders = len(mails_about(network, "rw1", "Audience"))
    network.clock.set(datetime(2026, 8, 19, 8, tzinfo=UTC))
    sweep(network)
    assert len(mails_about(network, "rw1", "Audience")) == reminders
    reopen(network, case)
    network.work()
    # The rungs of 14 and 7 days have passed: one word now, and 3 and 1 as planned.
    assert len(mails_about(network, "rw1", "Audience")) == reminders + 1
    network.clock.set(datetime(2026, 8, 24, 8, tzinfo=UTC))
    sweep(network)
    # The workers come to both at once: one word for the two.
    assert len(mails_about(network, "rw1", "Audience")) == reminders + 2
    left = network.rows("SELECT count(*) FROM alerts WHERE state = 'paused'")
    assert left == [(0,)]


def test_reopening_restores_roles_as_far_as_consent_and_protocol_reach(network, case):
    close(network, case)
    network.work()
    assert reopen(network, case)["state"] == "reopened"
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    network.work()
    assert len(mails_about(network, "rw2", "heropend")) == 1
    (done,) = network["rw1"].get(f"/api/v1/cases/{case['id']}/closings")["items"]
    assert (done["state"], done["reopening_reason"]) == ("reopened", "Arrears again")
    network["rw1"].call(
        "POST", f"/api/v1/cases/{case['id']}/reopening", {"reason": "x"}, status=409
    )
    # A second time, and a new protocol in between that CPAS-N has not signed.
    close(network, case)
    network["coordinator"].post("/api/v1/protocols", {"title": "v2", "body": "New"})
    reopen(network, case)
    network.work()
    network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
    assert len(mails_about(network, "rw2", "heropend")) == 1


def test_what_is_ahead_needs_a_reason(network, case):
    set_hearing(network, case, HEARING)
    refused = closing(network, case, status=409)
    assert (refused["code"], refused["open"]) == ("case-not-settled", "hearings 1")
    proposed = closing(network, case, despite="They moved abroad", reason="moved")
    look = network["rw2"].get(f"/api/v1/closings/{proposed['id']}")
    assert look["open_items"]["hearings"] == 1
    assert look["despite"] == "They moved abroad"
    confirm(network, proposed)


def test_what_came_up_after_the_proposal_stops_it(network, case):
    proposed = closing(network, case)
    set_hearing(network, case, HEARING)
    assert confirm(network, proposed, status=409)["code"] == "case-not-settled"
    assert state_of(network, case) == "open"


def test_never_while_a_term_of_a_judgment_runs(network, case):
    procedure = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"}
    )
    act = {"kind": "service", "acted_on": "2026-07-15"}
    network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", act)
    refused = closing(network, case, despite="All the same", status=409)
    assert refused["code"] == "judgment-term-open"


def test_a_colleague_outside_the_case_sees_code_reason_and_numbers_only(network, case):
    note(network, case, "rw1", "Something about the family")
    proposed = closing(network, case, reviewer="colleague", reason="other", words="They emigrated")
    look = network["colleague"].get(f"/api/v1/closings/{proposed['id']}")
    assert (look["case_code"], look["words"]) == (case["code"], "They emigrated")
    network.work()
    assert len(mails_about(network, "colleague", case["code"])) == 1
    path = f"/api/v1/cases/{case['id']}"
    for hidden in ("", "/notes", "/tasks", "/closings", "/consents", "/compartments"):
        network["colleague"].call("GET", path + hidden, status=404)
    assert network["colleague"].get("/api/v1/cases")["items"] == []
    confirm(network, proposed, "colleague")
    network["colleague"].call("GET", f"/api/v1/closings/{proposed['id']}", status=404)
    network["colleague"].call("GET", path, status=404)
    log = network["rw1"].get(f"{path}/access-log")["items"]
    assert "closing" in {line["what"] for line in log}


def test_who_may_be_asked(network, case):
    for who in ("specialist", "liaison", "coordinator"):
        refused = closing(network, case, reviewer=who, status=422)
        assert refused["code"] == "reviewer-not-eligible"
    assert closing(network, case, reason="other", status=422)["code"] == "closing-without-words"
    body = {"reason": "solved", "reviewer_id": network["colleague"].id}
    path = f"/api/v1/cases/{case['id']}/closings"
    network["rw2"].call("POST", path, body, status=403)
    network["specialist"].call("POST", path, body, status=404)


def test_whom_the_household_refuses_takes_no_look(network, case):
    proposed = closing(network, case)
    body = {"professional_id": network["rw2"].id, "reason": "They asked"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", body)
    confirm(network, proposed, status=404)
    network["rw2"].call("GET", f"/api/v1/closings/{proposed['id']}", status=404)
    network.work()
    assert mails_about(network, "rw2", "tweede blik") == []
    network["rw1"].post(f"/api/v1/closings/{proposed['id']}/withdrawal", status=200)
    body = {"professional_id": network["colleague"].id, "reason": "They asked"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", body)
    closing(network, case, reviewer="colleague", status=422)


def test_a_place_that_ended_meanwhile_gives_no_second_look(network, case):
    proposed = closing(network, case)
    (place,) = network["rw1"].get(f"/api/v1/cases/{case['id']}")["team"]
    path = f"/api/v1/cases/{case['id']}/team/{place['id']}/end"
    network["rw1"].post(path, status=200, If_Match=f'"v{place["version"]}"')
    assert confirm(network, proposed, status=422)["code"] == "reviewer-not-eligible"


def test_refused_with_a_reason_the_case_goes_on(network, case):
    proposed = closing(network, case)
    path = f"/api/v1/closings/{proposed['id']}/refusal"
    network["rw1"].call("POST", path, {"reason": "x"}, status=403)
    network["rw2"].post(path, {"reason": "The plan is not paid yet"}, status=200)
    network.work()
    assert len(mails_about(network, "rw1", "Clôture refusée")) == 1
    seen = network["rw1"].get(f"/api/v1/closings/{proposed['id']}")
    assert (seen["state"], seen["refusal"]) == ("refused", "The plan is not paid yet")
    assert state_of(network, case) == "open"
    close(network, case, reviewer="colleague")


def test_nobody_looked_within_seven_days(network, case):
    proposed = closing(network, case)
    network.clock.advance(days=7)
    assert confirm(network, proposed, status=409)["code"] == "closing-expired"
    for _ in range(2):
        sweep(network)
    for who in ("rw1", "coordinator"):
        assert len(mails_about(network, who, "second regard")) == 1
    network["coordinator"].call("GET", f"/api/v1/closings/{proposed['id']}", status=404)
    assert closing(network, case)["state"] == "proposed"


def test_an_overdue_proposal_stands_in_nobodys_way(network, case):
    closing(network, case)
    network.clock.advance(days=8)
    assert propose(network, case)["state"] == "proposed"
    refused = closing(network, case, status=409)
    assert refused["code"] == "handover-already-proposed"


def test_the_proposer_withdraws_and_nobody_else(network, case):
    proposed = closing(network, case)
    path = f"/api/v1/closings/{proposed['id']}/withdrawal"
    assert network["rw2"].call("POST", path, status=403).json()["code"] == "not-the-proposer"
    network["colleague"].call("POST", path, status=404)
    network["rw1"].post(path, status=200)
    confirm(network, proposed, status=404)
    network.work()
    assert mails_about(network, "rw2", "tweede blik") == []


def test_a_closing_and_a_handover_exclude_each_other(network, case):
    closing(network, case)
    body = {"to_id": network["rw2"].id, "reason": "x", "former_stays": False}
    path = f"/api/v1/cases/{case['id']}/handovers"
    refused = network["rw1"].call("POST", path, body, status=409).json()
    assert refused["code"] == "closing-already-proposed"


def test_of_a_closing_and_a_handover_at_once_one_wins(network):
    for _ in range(times(8, 2)):
        case = open_shared_case(network)
        network.clock.advance(seconds=1)
        path = f"/api/v1/cases/{case['id']}"
        calls = [
            (f"{path}/closings", {"reason": "solved", "reviewer_id": network["colleague"].id}),
            (
                f"{path}/handovers",
                {"to_id": network["rw2"].id, "reason": "x", "former_stays": False},
            ),
        ]
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda call: network["rw1"].call("POST", *call), calls))
        assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_of_two_answers_at_once_one_wins(network):
    for _ in range(times(8, 2)):
        case = open_shared_case(network)
        proposed = closing(network, case, reviewer="colleague")
        path = f"/api/v1/closings/{proposed['id']}"
        network.clock.advance(seconds=1)
        calls = [
            ("POST", f"{path}/confirmation"),
            ("POST", f"{path}/confirmation"),
            ("POST", f"{path}/refusal", {"reason": "x"}),
        ]
        with ThreadPoolExecutor(3) as all_at_once:
            answers = list(all_at_once.map(lambda c: network["colleague"].call(*c), calls))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 200
        assert set(statuses[1:]) <= {404, 409}
        (events,) = network.rows(
            "SELECT count(*) FROM outbox_events WHERE case_id = %s"
            " AND name IN ('cases.closed', 'cases.closing_refused')",
            case["id"],
        )[0]
        assert events == 1


def test_nobody_joins_while_the_case_is_being_closed(network):
    for _ in range(times(8, 2)):
        case = open_shared_case(network)
        place = network["rw1"].post(
            f"/api/v1/cases/{case['id']}/team",
            {"professional_id": network["rw2"].id, "role": "generalist", "reason": "x"},
        )
        proposed = closing(network, case, reviewer="colleague")
        network.clock.advance(seconds=1)
        calls = [
            ("colleague", f"/api/v1/closings/{proposed['id']}/confirmation"),
            ("rw2", f"/api/v1/invitations/{place['id']}/acceptance"),
        ]
        with ThreadPoolExecutor(2) as both:
            closed, joined = both.map(lambda call: network[call[0]].call("POST", call[1]), calls)
        assert (closed.status_code, joined.status_code) in {(200, 200), (200, 409)}
        network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
        reopen(network, case)
        expected = 200 if joined.status_code == 200 else 404
        network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=expected)


def test_whoever_took_over_reopens(network, case):
    take_over(network, propose(network, case), "rw2")
    network.clock.advance(seconds=1)
    body = {"reason": "lost_contact", "reviewer_id": network["rw2"].id}
    path = f"/api/v1/cases/{case['id']}"
    network["rw1"].call("POST", f"{path}/closings", body, status=404)
    body["reviewer_id"] = network["colleague"].id
    assert (
        network["rw2"].call("POST", f"{path}/closings", body, status=422).json()["code"]
        == "reviewer-not-eligible"
    )


def test_a_watched_case_is_looked_at_again(network, case):
    path = f"/api/v1/cases/{case['id']}/watch"
    network["rw1"].call("POST", path, {"review_on": "2026-07-20"}, status=422)
    network["rw2"].call("POST", path, {"review_on": "2026-09-01"}, status=403)
    network["rw1"].post(path, {"review_on": "2026-09-01"}, status=200)
    watched = network["rw1"].post(path, {"review_on": "2026-10-01"}, status=200)
    assert (watched["state"], watched["review_on"]) == ("watch", "2026-10-01")
    network.clock.set(datetime(2026, 9, 30, 12, tzinfo=UTC))
    sweep(network)
    assert mails_about(network, "rw1", "en veille") == []
    network.clock.set(datetime(2026, 10, 1, 7, 0, 1, tzinfo=UTC))
    sweep(network)
    (mail,) = mails_about(network, "rw1", "en veille")
    assert "octobre" in mail.get_body(("plain",)).get_content()
    assert network["rw1"].post(f"{path}/end", status=200)["state"] == "open"
    network["rw1"].call("POST", f"{path}/end", status=409)


def test_a_watched_case_that_is_closed_is_not_looked_at_again(network, case):
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/watch", {"review_on": "2026-09-01"}, status=200
    )
    close(network, case)
    reopen(network, case)
    network.clock.set(datetime(2026, 9, 2, 8, tzinfo=UTC))
    sweep(network)
    assert mails_about(network, "rw1", "en veille") == []


def test_what_is_told_about_a_closing_names_nobody(network, case):
    close(network, case, reason="other", words="Madame Dupont emigrated")
    reopen(network, case)
    network.work()
    texts = [
        part.get_content()
        for mail in network.postbox.received
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    ]
    assert len(texts) > 5
    for word in ("Dupont", "Arrears", "Tenant", "Ward", "Rosa"):
        assert [text for text in texts if word in text] == []
