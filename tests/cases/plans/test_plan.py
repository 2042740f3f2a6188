"""F31, J8.2: a plan in the household's words, that it co-signs or objects to."""

import pytest

from tests.journeys.steps import consent, join, mails_about, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network

ORAL = {"evidence": "oral", "witness": "The receptionist"}


@pytest.fixture
@beginning
def case(network: Network):
    """CPAS-N reads tenancy and procedure, the specialist health only."""
    case = open_shared_case(network)
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    case["health"] = consent(network, case, to, ["health"])
    join(network, case, "rw2", "generalist")
    case["place"] = join(network, case, "specialist", "specialist")
    return case


def plan_of(case) -> str:
    return f"/api/v1/cases/{case['id']}/plan"


def adult(case) -> str:
    return next(m["id"] for m in case["household"]["members"] if m["role"] == "adult")


def goal(network, case, who="rw1", *, category="tenancy", words="We stay here", **more):
    body = {"category": category, "words": words, **more}
    return network[who].post(f"{plan_of(case)}/goals", body)


def action(network, case, under, who="rw1", *, category="tenancy", **more):
    body = {"category": category, "what": "Pay 50 euros a month", **more}
    return network[who].post(f"{plan_of(case)}/goals/{under['id']}/actions", body)


def says(network, case, subject, kind, words=None, *, who="rw1", status=201, member=None, **how):
    network.clock.advance(seconds=1)
    part = "actions" if "what" in subject else "goals"
    body = {"member_id": member or adult(case), "kind": kind, **(how or ORAL)}
    return network[who].call(
        "POST",
        f"{plan_of(case)}/{part}/{subject['id']}/answers",
        body | ({"words": words} if words else {}),
        status=status,
        If_Match=f'"v{subject["version"]}"',
    )


def put(network, case, subject, body, *, who="rw1", status=200):
    part = "actions" if "what" in subject else "goals"
    path = f"{plan_of(case)}/{part}/{subject['id']}"
    return (
        network[who]
        .call("PUT", path, body, status=status, If_Match=f'"v{subject["version"]}"')
        .json()
    )


def close(network, case, subject, how, body=None, *, who="rw1", status=200):
    path = f"{plan_of(case)}/actions/{subject['id']}/{how}"
    return (
        network[who]
        .call("POST", path, body, status=status, If_Match=f'"v{subject["version"]}"')
        .json()
    )


def test_no_goal_is_put_away_for_a_child(network, case):
    child = {"role": "child", "pseudonym": "Small"}
    member = network["rw1"].post(f"/api/v1/cases/{case['id']}/members", child)
    hidden = {"category": "tenancy", "words": "x", "confidential_to": member["id"]}
    refused = network["rw1"].post(f"{plan_of(case)}/goals", hidden, status=422)
    assert refused["code"] == "portal-for-adults-only"


def test_written_together_in_order(network, case):
    later = goal(network, case, words="A school nearby", position=2)
    first = goal(network, case, "rw2", position=1, words="Ik wil hier blijven")
    planned = action(network, case, first, owner_id=network["rw2"].id, due_on="2026-04-01")
    own = action(network, case, first, what="Keep the receipts")
    plan = network["rw1"].get(plan_of(case))
    assert [each["id"] for each in plan["goals"]] == [first["id"], later["id"]]
    assert [each["id"] for each in plan["actions"]] == [planned["id"], own["id"]]
    shown = {name: planned[name] for name in ("owner", "owner_organisation", "owner_in_team")}
    assert shown == {"owner": "Ward Raes", "owner_organisation": "CPAS-N", "owner_in_team": True}
    assert (own["owner_id"], own["agreement"], own["state"]) == (None, "unsigned", "planned")


def test_each_reads_what_is_open_and_what_they_are_to_do(network, case):
    home = goal(network, case, words="Marker-home")
    ill = goal(network, case, category="health", words="Marker-ill")
    action(network, case, home, what="Marker-tenancy-step")
    theirs = action(
        network,
        case,
        home,
        category="health",
        what="Marker-own-step",
        owner_id=network["specialist"].id,
    )
    everything = {"Marker-home", "Marker-ill", "Marker-tenancy-step", "Marker-own-step"}
    seen = {
        "rw1": everything,
        "rw2": {"Marker-home", "Marker-tenancy-step"},
        "specialist": {"Marker-ill", "Marker-own-step"},
    }
    for who, markers in seen.items():
        text = network[who].call("GET", plan_of(case), status=200).text
        assert {each for each in everything if each in text} == markers, who
    # Not even that there is a goal above what they are to do.
    (step,) = network["specialist"].get(plan_of(case))["actions"]
    assert (step["id"], step["goal_id"]) == (theirs["id"], None)
    assert home["id"] not in str(network["specialist"].get(plan_of(case)))
    for stranger in ("colleague", "liaison", "coordinator"):
        network[stranger].call("GET", plan_of(case), status=404)
    network["rw2"].call("GET", f"{plan_of(case)}/goals/{ill['id']}", status=404)
    network["rw2"].call("GET", f"{plan_of(case)}/actions/{theirs['id']}", status=404)


def test_an_owner_keeps_what_they_are_to_do_after_a_withdrawal_until_they_leave(network, case):
    also = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    consent(network, case, also, ["work"])
    ill = goal(network, case, category="health", words="Marker-ill")
    step = action(
        network,
        case,
        ill,
        category="health",
        what="Marker-step",
        owner_id=network["specialist"].id,
    )
    path = f"/api/v1/cases/{case['id']}/consents/{case['health']['id']}/withdrawal"
    network["rw1"].post(path, status=200, If_Match='"v1"')
    text = network["specialist"].call("GET", plan_of(case), status=200).text
    assert "Marker-ill" not in text
    assert "Marker-step" in text
    ask = {"category": "health", "words": "More"}
    refused = network["specialist"].call("POST", f"{plan_of(case)}/goals", ask, status=403)
    assert refused.json()["code"] == "category-not-open"
    done = close(network, case, step, "completion", who="specialist")
    assert (done["state"], done["goal_id"]) == ("done", None)
    ending = f"/api/v1/cases/{case['id']}/team/{case['place']['id']}/end"
    network["rw1"].call("POST", ending, status=200, If_Match=f'"v{case["place"]["version"]}"')
    network["specialist"].call("GET", plan_of(case), status=404)
    network["specialist"].call("GET", f"{plan_of(case)}/actions/{step['id']}", status=404)
    (left,) = network["rw1"].get(plan_of(case))["actions"]
    assert left["owner_in_team"] is False


def test_a_closed_category_is_not_opened_by_an_action(network, case):
    home = goal(network, case)
    body = {"category": "health", "what": "Call the doctor", "owner_id": network["rw2"].id}
    path = f"{plan_of(case)}/goals/{home['id']}/actions"
    refused = network["rw1"].call("POST", path, body, status=422)
    assert refused.json()["code"] == "assignee-not-in-the-team"
    # Nor is a goal that one does not see something to plan under.
    hidden = goal(network, case, category="health")
    path = f"{plan_of(case)}/goals/{hidden['id']}/actions"
    network["rw2"].call("POST", path, {"category": "tenancy", "what": "X"}, status=404)


def test_a_signature_binds_to_what_was_signed(network, case):
    home = goal(network, case)
    step = action(network, case, home, due_on="2026-05-01")
    signed = says(network, case, step, "cosigned").json()
    assert signed["agreement"] == "cosigned"
    changed = put(network, case, step, {"what": "Pay 80 euros a month", "due_on": "2026-04-01"})
    assert changed["agreement"] == "to_sign_again"
    (answer,) = changed["answers"]
    assert (answer["about"], answer["due_on"], answer["current"]) == (
        "Pay 50 euros a month",
        "2026-05-01",
        False,
    )
    # What was read out is what is signed: not what replaced it meanwhile.
    assert says(network, case, step, "cosigned", status=412).json()["code"] == "stale-version"
    again = says(network, case, changed, "cosigned").json()
    assert again["agreement"] == "cosigned"
    # Done is what was agreed; dropped is not.
    assert close(network, case, again, "completion")["agreement"] == "cosigned"
    other = action(network, case, home, what="Write to the landlord")
    says(network, case, other, "cosigned")
    dropped = close(network, case, other, "drop", {"reason": "He moved"})
    assert (dropped["agreement"], dropped["drop_reason"]) == ("to_sign_again", "He moved")
    assert close(network, case, dropped, "completion", status=409)["code"] == (
        "plan-action-already-closed"
    )


def test_the_order_changes_no_signature_and_other_words_do(network, case):
    home = goal(network, case)
    says(network, case, home, "words", "And my mother too")
    assert network["rw1"].get(f"{plan_of(case)}/goals/{home['id']}")["agreement"] == "unsigned"
    says(network, case, home, "cosigned", evidence="written", document="Binder 4")
    moved = put(network, case, home, {"words": home["words"], "position": 5})
    assert (moved["agreement"], moved["position"]) == ("cosigned", 5)
    reworded = put(network, case, moved, {"words": "We stay in this street"})
    assert reworded["agreement"] == "to_sign_again"
    said = [(each["kind"], each["words"], each["current"]) for each in reworded["answers"]]
    assert said == [("words", "And my mother too", False), ("cosigned", None, False)]


def test_an_objection_is_seen_by_the_team_and_told_to_the_reference_worker(network, case):
    home = goal(network, case)
    step = action(network, case, home, owner_id=network["rw2"].id)
    says(network, case, step, "objected", "Marker-fifty is too much")
    seen = network["rw2"].get(plan_of(case))["actions"][0]
    assert (seen["agreement"], seen["answers"][0]["words"]) == (
        "objected",
        "Marker-fifty is too much",
    )
    # Who heard it is for the reference worker.
    assert seen["answers"][0]["witness"] is None
    assert "Marker-fifty" not in network["specialist"].call("GET", plan_of(case)).text
    network.work()
    (mail,) = mails_about(network, "rw1", "Objection au plan")
    body = mail.get_body(("plain",)).get_content()
    assert case["code"] in mail["subject"]
    assert "s’oppose à un point de son plan" in body
    assert "Marker" not in mail.as_string()
    assert "euro" not in body
    assert mails_about(network, "rw2", "plan") == []
    kinds = {each["kind"] for each in network["rw1"].get("/api/v1/alerts")["items"]}
    assert "cases.plan_objected" in kinds


def test_one_no_outweighs_a_yes_until_it_becomes_one(network, case):
    member = {"role": "adult", "pseudonym": "Second"}
    second = network["rw1"].post(f"/api/v1/cases/{case['id']}/members", member)["id"]
    home = goal(network, case)
    says(network, case, home, "cosigned")
    both = says(network, case, home, "objected", "Not me", member=second).json()
    assert both["agreement"] == "objected"
    assert says(network, case, home, "cosigned", member=second).json()["agreement"] == "cosigned"


def test_only_the_reference_worker_writes_down_what_an_adult_said(network, case):
    home = goal(network, case)
    child = next(m["id"] for m in case["household"]["members"] if m["role"] == "child")
    other = open_shared_case(network)

    def refusal(*args, **more):
        return says(network, case, home, *args, **more).json()["code"]

    assert refusal("cosigned", who="rw2", status=403) == "not-the-reference-worker"
    assert refusal("cosigned", member=child, status=422) == "plan-answer-not-by-an-adult"
    assert refusal("cosigned", member=adult(other), status=404) == "not-found"
    assert refusal("objected", status=422) == "plan-answer-without-words"
    missing = "oral-plan-answer-without-witness"
    assert refusal("cosigned", evidence="oral", status=422) == missing
    missing = "written-plan-answer-without-document"
    assert refusal("cosigned", evidence="written", status=422) == missing
    step = action(network, case, home)
    says(network, case, step, "words", "Hm", status=422)
    for stranger in ("colleague", "liaison", "coordinator"):
        says(network, case, home, "cosigned", who=stranger, status=404)


def test_every_change_is_in_the_history_without_a_word_of_it(network, case):
    home = goal(network, case, words="Marker-words")
    step = action(network, case, home, what="Marker-what")
    put(network, case, home, {"words": "Marker-other"})
    changed = put(network, case, step, {"what": "Marker-else"})
    says(network, case, changed, "objected", "Marker-no")
    close(network, case, changed, "drop", {"reason": "Marker-reason"})
    history = network["rw1"].call("GET", f"/api/v1/cases/{case['id']}/history").text
    for name in ("write_goal", "plan_action", "change_goal", "change_action", "answer_plan"):
        assert f'"{name}"' in history
    assert "Marker" not in history
    events = network.rows("SELECT payload::text FROM outbox_events WHERE name LIKE 'cases.plan%%'")
    # The objection alone: nobody hears of the others.
    assert len(events) == 1
    assert "Marker" not in str(events)
    reads = network.rows("SELECT what FROM read_entries WHERE what = 'plan'")
    assert reads


def test_a_change_needs_the_version_read(network, case):
    home = goal(network, case)
    put(network, case, home, {"words": "One"})
    put(network, case, home, {"words": "Two"}, status=412)
    network["rw1"].call("PUT", f"{plan_of(case)}/goals/{home['id']}", {"words": "X"}, status=428)
    put(network, case, goal(network, case), {"words": "X"}, who="specialist", status=404)
