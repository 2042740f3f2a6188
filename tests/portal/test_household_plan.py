"""J8 (2): the tenant at her phone signs her plan, objects to a step, adds her own words."""

from uuid import uuid4

import pytest

from tests.cases.plans.test_plan import action, goal, plan_of, put
from tests.household import adult
from tests.journeys.steps import join, mails_about, open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def case(network: Network):
    """Two adults, with a goal of them both and two steps; each has a goal in confidence."""
    case = open_shared_case(network)
    case["first"] = next(m["id"] for m in case["household"]["members"] if m["role"] == "adult")
    person = {"role": "adult", "pseudonym": "Second"}
    case["second"] = network["rw1"].post(f"/api/v1/cases/{case['id']}/members", person)["id"]
    join(network, case, "rw2", "generalist")
    case["home"] = goal(network, case, words="Rester ici")
    case["pay"] = action(
        network, case, case["home"], owner_id=network["rw2"].id, due_on="2026-04-01"
    )
    case["keep"] = action(network, case, case["home"], what="Garder les reçus")
    case["away"] = goal(network, case, words="Marker-away", confidential_to=case["second"])
    case["look"] = action(network, case, case["away"], what="Marker-look")
    ill = {"category": "health", "words": "Marker-ill", "member_id": case["first"], "position": 1}
    case["ill"] = goal(network, case, **ill)
    return case


@pytest.fixture
def first(network, case):
    return adult(network, case, case["first"])


@pytest.fixture
def second(network, case):
    return adult(network, case, case["second"])


def say(person, subject, kind, words=None, *, status=201, version=None):
    part = "actions" if "what" in subject else "goals"
    body = {"kind": kind} | ({"words": words} if words else {})
    seen = version or subject["version"]
    path = f"/plan/{part}/{subject['id']}/answers"
    return person.post(path, body, status=status, If_Match=f'"v{seen}"')


def test_she_adds_words_objects_to_one_step_and_signs_the_rest(network, case, first):
    shown, ill = first.get()["plan"]
    assert (shown["words"], shown["agreement"]) == ("Rester ici", "unsigned")
    assert (ill["words"], ill["mine"]) == ("Marker-ill", True)
    pay, keep = shown["steps"]
    assert (pay["who"], pay["organisation"], keep["who"]) == ("Ward Raes", "CPAS-N", None)
    assert say(first, shown, "words", "Pour l’école")["what"] == "plan_words"
    assert say(first, shown, "cosigned")["what"] == "plan_cosigned"
    receipt = say(first, pay, "objected", "Quarante, pas cinquante")
    assert receipt["what"] == "plan_objected"
    assert receipt["at"] == network.clock.now().isoformat().replace("+00:00", "Z")
    say(first, keep, "cosigned")
    (shown, _) = first.get()["plan"]
    pay, keep = shown["steps"]
    assert (shown["agreement"], shown["said"]) == ("cosigned", ["Pour l’école"])
    assert (pay["agreement"], pay["said"]) == ("objected", ["Quarante, pas cinquante"])
    assert pay["agreement_in_words"] == "vous n’êtes pas d’accord"
    assert keep["agreement"] == "cosigned"
    # Her own copy has her words; the team reads them with where they come from.
    assert "Quarante, pas cinquante" in str(first.get("/copy"))
    (read,) = network["rw2"].get(f"{plan_of(case)}/actions/{case['pay']['id']}")["answers"]
    assert (read["id"], read["evidence"], read["recorded_by"]) == (receipt["id"], "portal", None)
    assert (read["member_id"], read["words"]) == (case["first"], "Quarante, pas cinquante")


def test_the_reference_worker_hears_of_an_objection_and_of_words(network, case, first):
    say(first, case["keep"], "cosigned")
    network.work()
    assert mails_about(network, "rw1", "Objection au plan") == []
    say(first, case["pay"], "objected", "Marker-no")
    say(first, case["home"], "words", "Marker-words")
    network.work()
    (objection,) = mails_about(network, "rw1", "Objection au plan")
    (choice,) = mails_about(network, "rw1", "fait un choix")
    assert "Marker" not in objection.as_string() + choice.as_string()
    history = network["rw1"].get(f"/api/v1/cases/{case['id']}/history")["items"]
    entries = [each for each in history if each["action"] == "answer_plan"]
    assert {(e["professional_id"], e["member_id"]) for e in entries} == {(None, case["first"])}
    assert "Marker" not in str(entries)


def test_what_is_signed_is_what_was_shown(network, case, first):
    path = f"/plan/goals/{case['home']['id']}/answers"
    first.post(path, {"kind": "cosigned"}, status=428)
    changed = put(network, case, case["home"], {"words": "Rester dans le quartier"})
    say(first, case["home"], "cosigned", status=412)
    say(first, changed, "cosigned")
    put(network, case, changed, {"words": "Rester en ville"})
    assert first.get()["plan"][0]["agreement"] == "to_sign_again"
    refusal = say(first, case["pay"], "objected", status=422)
    assert refusal["code"] == "plan-answer-without-words"
    say(first, case["pay"], "words", "W", status=422)


def test_what_is_anothers_does_not_exist(network, case, first, second):
    other = open_shared_case(network)
    hidden = [case["away"], case["look"], goal(network, other), {"id": str(uuid4())}]
    answers = [say(first, each, "cosigned", status=404, version=1) for each in hidden]
    assert all({**each, "error_id": ""} == {**answers[0], "error_id": ""} for each in answers)
    say(second, case["ill"], "cosigned", status=404)
    say(second, case["away"], "cosigned")
    say(second, case["look"], "objected", "Marker-second")
    say(second, case["home"], "words", "Marker-second")
    seen = first.everything()
    for marker in ("Marker-away", "Marker-look", "Marker-second"):
        assert marker not in seen
    # What one adult says is not what the other said.
    assert first.get()["plan"][0]["agreement"] == "unsigned"
    assert "Marker-ill" not in second.everything()


def test_nobody_answers_with_another_session_or_none(network, case, first):
    path = f"/api/v1/household/plan/goals/{case['home']['id']}/answers"
    network["rw1"].post(path, {"kind": "cosigned"}, status=401, If_Match='"v1"')
    body = {"kind": "cosigned", "member_id": case["second"]}
    own = f"/plan/goals/{case['home']['id']}/answers"
    first.post(own, body, status=422, If_Match='"v1"')
    first.post(own, {"kind": "cosigned"}, status=403, If_Match='"v1"', X_CSRF_Token="x")
    say(first, case["home"], "cosigned")


def test_a_goal_is_put_away_for_one_adult_and_taken_out_again(network, case, first, second):
    path = f"/api/v1/cases/{case['id']}/confidentiality"
    put_away = {"item": "plan_goal", "object_id": case["home"]["id"]}

    def keep(who, owner, status=204):
        body = {**put_away, "confidential_to": owner}
        network[who].call("PUT", path, body, status=status)

    say(first, case["home"], "words", "Marker-hers")
    # Neither its author nor responsible; and the one who wrote it may.
    keep("rw2", case["second"], 404)
    keep("rw1", case["second"])
    seen = first.everything()
    for marker in ("Rester ici", "Garder les reçus", "Marker-hers"):
        assert marker not in seen
    say(first, case["pay"], "cosigned", status=404)
    say(second, case["home"], "cosigned", version=case["home"]["version"] + 1)
    keep("rw1", None)
    assert "Rester ici" in first.everything()
    # An adult's own words are never hidden from them.
    put_away["object_id"] = case["ill"]["id"]
    keep("rw1", case["second"], 404)
    keep("rw1", case["first"])
    goal_of = network["rw1"].get(f"{plan_of(case)}/goals/{case['ill']['id']}")
    assert goal_of["confidential_to"] == case["first"]
