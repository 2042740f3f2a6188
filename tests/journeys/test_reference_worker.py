"""J1 (1-3): from a court letter to planned alerts. J2 (3): the handover, and its race."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.journeys.steps import join, open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def petitioned(network: Network):
    """J1 until the hearing is set: 18 February 2026, 10:00 in Brussels."""
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    rw1 = network["rw1"]
    rw1.post(
        f"/api/v1/cases/{case['id']}/tenancy",
        {
            "address": "avenue Rogier 100",
            "postal_code": "1030",
            "lease_kind": "main_residence",
            "rent_eur": "700.00",
            "months_of_arrears": "3",
        },
    )
    procedure = rw1.post(
        f"/api/v1/cases/{case['id']}/procedures",
        {"canton": "Schaerbeek 1", "roll_number": "26A100"},
    )
    path = f"/api/v1/procedures/{procedure['id']}"
    rw1.post(f"{path}/acts", {"kind": "formal_notice", "acted_on": "2026-01-12"})
    rw1.post(f"{path}/acts", {"kind": "petition", "acted_on": "2026-02-16"})
    procedure = rw1.post(
        f"{path}/hearings", {"starts_at": "2026-03-31T09:00:00+02:00", "room": "1"}
    )
    return case, procedure


def test_a_pseudonymous_file_has_an_opaque_code_and_its_reference_worker(network, petitioned):
    case, _ = petitioned
    opened = network["rw1"].get(f"/api/v1/cases/{case['id']}")
    assert opened["code"].startswith("BX-")
    assert len(opened["code"]) == 7
    assert opened["reference_worker"]["professional_id"] == network["rw1"].id
    assert [m["pseudonym"] for m in opened["household"]["members"]] == ["Tenant", "Child", "Child"]
    assert opened["tenancy"]["months_of_arrears"] == "3.0"


def test_deadlines_follow_from_the_acts_with_rule_source_and_steps(petitioned):
    _, procedure = petitioned
    dates = {each["computes"]: each for each in procedure["deadlines"]}
    assert dates["petition_not_before"]["date"] == "2026-02-13"
    assert dates["hearing_not_before"]["date"] == "2026-03-29"
    for each in procedure["deadlines"]:
        assert each["rule_set"] == "BXL-2023-09"
        assert each["rule_version"] == 1
        assert each["source"]
        assert each["article"]
        assert each["certainty"]
        assert all(set(step["words"]) == {"fr", "nl", "en"} for step in each["steps"])
    assert [act["warnings"] for act in procedure["acts"]] == [[], [], []]


def test_a_petition_before_its_time_is_recorded_with_a_warning(network, petitioned):
    _, procedure = petitioned
    path = f"/api/v1/procedures/{procedure['id']}/acts"
    after = network["rw1"].post(path, {"kind": "petition", "acted_on": "2026-02-10"})
    early = next(act for act in after["acts"] if act["acted_on"] == "2026-02-10")
    (warning,) = early["warnings"]
    words, cited = warning.pop("words"), warning.pop("cited")
    assert cited["nl"].startswith("Brusselse Huisvestingscode")
    until = "avant le vendredi 13 février 2026 (Code bruxellois du Logement art. 233quater)"
    assert until in words["fr"]
    assert "(Brusselse Huisvestingscode art. 233quater)" in words["nl"]
    assert [warning] == [
        {
            "code": "before-lawful-date",
            "rule_id": "BRU-02",
            "lawful_from": "2026-02-13",
            "article": "CBL art. 233quater",
            "breach": True,
        }
    ]


def test_a_procedure_brings_its_tasks(network, petitioned):
    case, _ = petitioned
    tasks = network["rw1"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    assert {task["template"] for task in tasks} == {
        "find_lawyer",
        "defence_bundle",
        "payment_plan",
        "companion",
        "hearing_result",
    }
    assert tasks[0]["template"] == "find_lawyer"


def test_a_task_of_a_template_is_said_in_its_readers_language(network, petitioned):
    case, _ = petitioned
    path = f"/api/v1/cases/{case['id']}/tasks"
    network["rw1"].post(path, {"category": "procedure", "title": "Appeler le bailleur"})
    join(network, case, "rw2", "generalist")
    told = {
        who: {each["template"]: each["title"] for each in network[who].get(path)["items"]}
        for who in ("rw1", "rw2")
    }
    assert told["rw1"]["companion"] == "Décider qui accompagne le ménage à l'audience"
    assert told["rw2"]["companion"] == "Afspreken wie meegaat naar de zitting"
    # What a person wrote stays as it was written.
    assert told["rw2"][None] == "Appeler le bailleur"


def planned(network, state="planned"):
    rows = network.rows(
        "SELECT recipient_role, due_at FROM alerts WHERE kind = 'evictions.hearing_approaching'"
        " AND state = %s ORDER BY recipient_role, due_at",
        state,
    )
    return {role: [at.astimezone(UTC) for other, at in rows if other == role] for role, _ in rows}


def test_the_ladder_of_alerts_is_written_with_the_hearing(network, petitioned):
    # 28 March is a Saturday: told on Friday 27. The clocks change on 29 March.
    expected = [
        datetime(2026, 3, 17, 8, tzinfo=UTC),
        datetime(2026, 3, 24, 8, tzinfo=UTC),
        datetime(2026, 3, 27, 8, tzinfo=UTC),
        datetime(2026, 3, 30, 7, tzinfo=UTC),
    ]
    assert planned(network) == {"reference_worker": expected, "liaison": expected}


def test_alerts_reach_the_reference_worker_and_the_liaison_each_in_their_language(
    network, petitioned
):
    case, _ = petitioned
    network.clock.set(datetime(2026, 3, 17, 8, 0, 1, tzinfo=UTC))
    network.work()
    network.work()
    to_calendar, to_worker = network.mails("rw1")
    assert to_calendar["subject"].startswith("À l’agenda")
    (to_liaison,) = network.mails("liaison")
    assert case["code"] in to_worker["subject"]
    assert case["code"] in to_liaison["subject"]
    for mail in (to_worker, to_liaison):
        text = mail.get_body(("plain",)).get_content()
        assert "https://maillage.example/alerts/" in text
        assert "Rogier" not in text
        assert "Tenant" not in text
    assert to_worker.get_body(("plain",)).get_content() != (
        to_liaison.get_body(("plain",)).get_content()
    )
    assert network.mails("other_liaison") == []
    alert, _invitation = network["rw1"].get("/api/v1/alerts")["items"]
    assert alert["facts"]["days_left"] == 14
    assert alert["case_code"] == case["code"]


def test_acknowledging_ends_the_alert(network, petitioned):
    network.clock.set(datetime(2026, 3, 17, 8, 0, 1, tzinfo=UTC))
    network.work()
    alert, _invitation = network["rw1"].get("/api/v1/alerts")["items"]
    path = f"/api/v1/alerts/{alert['id']}/acknowledgement"
    done = network["rw1"].post(path, status=200)
    assert done["state"] == "acknowledged"
    assert done["acknowledged_at"]
    again = network["rw1"].post(path, status=200)
    assert again["acknowledged_at"] == done["acknowledged_at"]
    network["colleague"].call("POST", path, status=404)


def test_moving_the_hearing_cancels_and_plans_anew(network, petitioned):
    _, procedure = petitioned
    rw1 = network["rw1"]
    (hearing,) = procedure["hearings"]
    path = f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/move"
    moved_to = {"starts_at": "2026-04-21T09:00:00+02:00", "room": "2"}
    rw1.call("POST", path, moved_to, status=428)
    rw1.call("POST", path, moved_to, status=412, If_Match='"v7"')
    after = rw1.post(path, moved_to, status=200, If_Match='"v1"')
    assert [(h["state"], h["room"]) for h in after["hearings"]] == [
        ("adjourned", "1"),
        ("set", "2"),
    ]
    assert after["hearings"][1]["replaces_id"] == hearing["id"]
    expected = [datetime(2026, 4, day, 7, tzinfo=UTC) for day in (7, 14, 17, 20)]
    assert planned(network)["reference_worker"] == expected
    assert len(planned(network, "cancelled")["reference_worker"]) == 4
    network.clock.set(datetime(2026, 3, 31, 8, tzinfo=UTC))
    network.work()
    assert [m for m in network.mails("rw1") if "agenda" not in m["subject"]] == []


def test_a_late_hearing_alerts_once_at_once(network, petitioned):
    _, procedure = petitioned
    network.clock.set(datetime(2026, 3, 30, 12, tzinfo=UTC))
    rw1 = network["rw1"]
    (hearing,) = procedure["hearings"]
    path = f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/move"
    rw1.post(path, {"starts_at": "2026-04-01T09:00:00+02:00"}, status=200, If_Match='"v1"')
    assert planned(network)["reference_worker"] == [
        datetime(2026, 3, 30, 12, tzinfo=UTC),
        datetime(2026, 3, 31, 7, tzinfo=UTC),
    ]


def propose(network, case, to="rw2", *, stays=True):
    network.clock.advance(seconds=1)
    return network["rw1"].post(
        f"/api/v1/cases/{case['id']}/handovers",
        {"to_id": network[to].id, "reason": "The household asked", "former_stays": stays},
    )


def test_the_receiver_accepts_and_is_the_reference_worker_from_that_instant(network, petitioned):
    case, _ = petitioned
    network.clock.set(datetime(2026, 8, 20, 7, 0, tzinfo=UTC))
    handover = propose(network, case)
    network.work()
    assert len(network.mails("rw2")) == 1
    package = network["rw2"].get(f"/api/v1/handovers/{handover['id']}")
    assert package["case_code"] == case["code"]
    assert package["tasks"] == []
    network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
    network["rw2"].post(f"/api/v1/handovers/{handover['id']}/acceptance", status=200)
    opened = network["rw2"].get(f"/api/v1/cases/{case['id']}")
    assert opened["reference_worker"]["professional_id"] == network["rw2"].id
    assert opened["reference_worker"]["since"] == "2026-08-20T07:00:01Z"
    history = network.rows(
        "SELECT professional_id, lower(period), upper(period) FROM reference_assignments"
        " WHERE case_id = %s ORDER BY period",
        case["id"],
    )
    assert [str(row[0]) for row in history] == [network["rw1"].id, network["rw2"].id]
    assert history[0][2] == history[1][1]
    assert history[1][2] is None
    network.work()
    assert len([m for m in network.mails("rw1") if case["code"] in m["subject"]]) >= 1


def test_pending_alerts_follow_the_handover(network, petitioned):
    case, _ = petitioned
    handover = propose(network, case, stays=False)
    network["rw2"].post(f"/api/v1/handovers/{handover['id']}/acceptance", status=200)
    network.work()
    before = len(network.mails("rw2"))
    network.clock.set(datetime(2026, 3, 17, 8, 0, 1, tzinfo=UTC))
    network.work()
    assert len(network.mails("rw2")) == before + 1
    network["rw1"].call("GET", f"/api/v1/cases/{case['id']}", status=404)


def test_of_two_concurrent_acceptances_one_wins_and_the_other_gets_409(network, petitioned):
    case, _ = petitioned
    for _ in range(5):
        handover = propose(network, case)
        path = f"/api/v1/handovers/{handover['id']}/acceptance"
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(network["rw2"].call, ["POST"] * 2, [path] * 2))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        back = network["rw2"].post(
            f"/api/v1/cases/{case['id']}/handovers",
            {"to_id": network["rw1"].id, "reason": "Back again", "former_stays": False},
        )
        network.clock.advance(seconds=1)
        network["rw1"].post(f"/api/v1/handovers/{back['id']}/acceptance", status=200)
        network.clock.advance(seconds=1)


def test_a_declined_handover_changes_nothing(network, petitioned):
    case, _ = petitioned
    handover = propose(network, case)
    network["rw2"].post(f"/api/v1/handovers/{handover['id']}/refusal", status=200)
    opened = network["rw1"].get(f"/api/v1/cases/{case['id']}")
    assert opened["reference_worker"]["professional_id"] == network["rw1"].id
    again = network["rw2"].call("POST", f"/api/v1/handovers/{handover['id']}/acceptance")
    assert again.status_code == 409


def test_a_stranger_cannot_see_or_answer_a_handover(network, petitioned):
    case, _ = petitioned
    handover = propose(network, case)
    for who in ("colleague", "specialist", "coordinator", "liaison"):
        network[who].call("GET", f"/api/v1/handovers/{handover['id']}", status=404)
        network[who].call("POST", f"/api/v1/handovers/{handover['id']}/acceptance", status=404)


def test_notes_pass_with_the_file_in_their_categories(network, petitioned):
    case, _ = petitioned
    join(network, case, "rw2", "generalist")
    note = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/notes", {"category": "tenancy", "body": "Paid in May."}
    )
    seen = network["rw2"].get(f"/api/v1/cases/{case['id']}/notes/{note['id']}")
    assert seen["body"] == "Paid in May."
    amended = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/notes/{note['id']}/revisions",
        {"body": "Paid in June.", "reason": "Wrong month"},
        If_Match='"v1"',
    )
    assert amended["version"] == 2
    assert amended["body"] == "Paid in June."
    wordings = network["rw2"].get(f"/api/v1/cases/{case['id']}/notes/{note['id']}/revisions")
    assert [each["body"] for each in wordings["items"]] == ["Paid in May.", "Paid in June."]
    network["rw2"].call(
        "POST",
        f"/api/v1/cases/{case['id']}/notes/{note['id']}/revisions",
        {"body": "x", "reason": "y"},
        status=403,
        If_Match='"v2"',
    )


def test_a_changed_file_is_never_answered_as_unchanged(network, petitioned):
    case, _ = petitioned
    path = f"/api/v1/cases/{case['id']}"
    rw1 = network["rw1"]
    first = rw1.call("GET", path, status=200)
    tag = first.headers["ETag"]
    rw1.call("GET", path, status=304, If_None_Match=tag)
    rw1.post(f"{path}/notes", {"category": "tenancy", "body": "New."})
    second = rw1.call("GET", path, status=200, If_None_Match=tag)
    assert second.headers["ETag"] != tag
