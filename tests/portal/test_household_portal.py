"""J8: the tenant at her phone sees, decides and asks; the other adult learns nothing of hers."""

import time

import pytest

from tests.household import Adult, adult, code_for, text_of
from tests.journeys.steps import consent, join, mails_about, note, org, set_hearing
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def case(network: Network):
    """Two adults; the team is rw1 and CPAS-N, later SSM."""
    case = network["rw1"].post(
        "/api/v1/cases",
        {
            "language": "fr",
            "commune": "Schaerbeek",
            "members": [
                {"role": "adult", "pseudonym": "Anna", "given_name": "Canary-given-Anna"},
                {"role": "adult", "pseudonym": "Bert", "given_name": "Canary-given-Bert"},
                {"role": "child", "pseudonym": "Child"},
            ],
        },
    )
    cpas = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, cpas, ["identity", "tenancy", "procedure"])
    join(network, case, "rw2", "generalist")
    set_hearing(network, case, "2026-04-21T09:00:00+02:00")
    return case


def member(case, pseudonym):
    found = case["household"]["members"]
    return next(each["id"] for each in found if each["pseudonym"] == pseudonym)


@pytest.fixture
def anna(network, case) -> Adult:
    return adult(network, case, member(case, "Anna"))


@pytest.fixture
def bert(network, case) -> Adult:
    return adult(network, case, member(case, "Bert"))


def test_she_sees_her_file_in_plain_words(network, case, anna):
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    view = anna.get()
    assert view["case_code"] == case["code"]
    assert view["me"]["given_name"] == "Canary-given-Anna"
    assert view["others"] == [
        {"role": "adult", "pseudonym": "Bert"},
        {"role": "child", "pseudonym": "Child"},
    ]
    assert view["hearing"]["words"] == "Audience devant le juge de paix le 21 avril 2026 à 09:00."
    rosa, ward = view["team"]
    assert (rosa["name"], rosa["role"], rosa["why"]) == ("Rosa Willems", "reference", None)
    assert (ward["organisation"], ward["role"], ward["why"]) == ("CPAS-N", "generalist", "Needed")
    assert view["consents"][0]["provisions"][0]["words"] == (
        "CPAS-N peut lire : identité, logement et loyer, procédure devant le juge."
    )
    dutch = anna.get("?language=nl")
    assert dutch["hearing"]["words"].startswith("Zitting bij de vrederechter op 21 april 2026")
    (read,) = [each for each in anna.get("/reads")["items"] if each["name"] == "Ward Raes"]
    assert (read["what"], read["basis"]) == ("case", "participation")
    assert read["categories"] == ["identity", "tenancy", "procedure"]
    (share,) = [each for each in view["shares"] if each["name"] == "Ward Raes"]
    assert share["until"] is not None


def test_a_code_opens_once_and_all_wrong_ones_are_one_answer(network, case):
    issued = code_for(network, case, member(case, "Anna"))
    person = Adult(network["rw1"].base)
    person.enter(issued["code"].lower().replace("-", " "))
    person.get()
    replaced = code_for(network, case, member(case, "Anna"))["code"]
    # The new code ended the session of the old one.
    person.get(status=401)
    revoked = code_for(network, case, member(case, "Anna"))["code"]
    path = f"/api/v1/cases/{case['id']}/members/{member(case, 'Anna')}/portal-codes"
    network["rw1"].call("DELETE", path, status=204)
    old = code_for(network, case, member(case, "Bert"))["code"]
    network.clock.advance(hours=73)
    answers = [
        Adult(network["rw1"].base).enter(wrong, status=403)
        for wrong in (issued["code"], replaced, revoked, old, "0000-0000-0000", "héhé")
    ]
    bodies = [{**answer.json(), "error_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["code"] == "household-code-invalid"


@pytest.mark.parametrize("why", ["idle", "absolute", "left", "revoked", "signed out"])
def test_a_session_ends(network, case, anna, why):
    anna.get()
    if why == "idle":
        network.clock.advance(minutes=15)
    elif why == "absolute":
        for _ in range(12):
            network.clock.advance(minutes=10)
            if _ < 11:
                anna.get()
    elif why == "left":
        path = f"/api/v1/cases/{case['id']}/members/{member(case, 'Anna')}/departure"
        today = network.clock.now().date().isoformat()
        network["rw1"].post(path, {"left_on": today}, status=200, If_Match='"v1"')
    elif why == "revoked":
        path = f"/api/v1/cases/{case['id']}/members/{member(case, 'Anna')}/portal-codes"
        network["rw1"].call("DELETE", path, status=204)
    else:
        kept = anna.browser.cookies.copy()
        answer = anna.call("DELETE", "/session", status=204)
        assert "cookies" in answer.headers["Clear-Site-Data"]
        assert not anna.browser.cookies
        anna.browser.cookies = kept
    assert anna.get(status=401)["code"] == "household-session-needed"
    anna.post("/worker-requests", {"reason": "R"}, status=401)


def test_only_an_adult_who_lives_there_and_only_by_the_reference_worker(network, case):
    path = f"/api/v1/cases/{case['id']}/members"
    child = f"{path}/{member(case, 'Child')}/portal-codes"
    assert network["rw1"].post(child, status=422)["code"] == "portal-for-adults-only"
    hers = f"{path}/{member(case, 'Anna')}/portal-codes"
    network["rw2"].post(hers, status=403)
    network["specialist"].post(hers, status=404)


def test_her_choices_hold_at_once_and_yield_receipts(network, case, anna, bert):
    join(network, case, "specialist", "specialist")
    health = note(network, case, "rw1", "Marker-health", category="health")
    path = f"/api/v1/cases/{case['id']}/notes/{health['id']}"
    network["specialist"].call("GET", path, status=404)
    until = network.clock.now().replace(year=2027).isoformat()
    choices = anna.get("/choices")
    ssm = next(each["id"] for each in choices["organisations"] if each["name"] == "SSM")
    yes = {"recipient_kind": "organisation", "recipient_id": ssm, "categories": ["health"]}
    receipt = anna.post("/consents", {"purpose": "Care", "valid_until": until, "provisions": [yes]})
    assert receipt["what"] == "consent_given"
    assert network["specialist"].get(path)["body"] == "Marker-health"
    # CPAS-N may not read health, whatever else is said.
    no = {**yes, "recipient_id": org(network, "rw2"), "effect": "deny"}
    anna.post("/consents", {"purpose": "Care", "valid_until": until, "provisions": [no]})
    mine = anna.get(f"/consents/{receipt['id']}")
    assert (mine["mine"], mine["for_me_alone"], mine["evidence"]) == (True, True, "portal")
    assert receipt["id"] not in bert.everything()
    bert.get(f"/consents/{receipt['id']}", status=404)
    staff = network["rw1"].get(f"/api/v1/cases/{case['id']}/consents/{receipt['id']}")
    assert staff["collected_by"] is None
    assert staff["member_id"] == member(case, "Anna")
    # Withdrawn by her: closed at once.
    network.clock.advance(minutes=1)
    gone = f"/consents/{receipt['id']}/withdrawal"
    anna.post(gone, status=428)
    anna.post(gone, status=412, If_Match='"v7"')
    anna.post(gone, status=200, If_Match='"v1"')
    network["specialist"].call("GET", path, status=404)
    assert anna.get(f"/consents/{receipt['id']}")["withdrawn_at"] is not None
    network.work()
    assert len(mails_about(network, "rw1", "fait un choix")) == 3
    changes = network["rw1"].get(f"/api/v1/cases/{case['id']}/history")["items"]
    (taken,) = [each for each in changes if each["action"] == "withdraw_consent"]
    assert (taken["name"], taken["member_id"]) == ("Anna", member(case, "Anna"))
    assert taken["professional_id"] is None
    shares = [each for each in anna.get()["shares"] if each["organisation"] == "SSM"]
    assert [(each["categories"], each["until"] is None) for each in shares] == [(["health"], False)]


def test_the_households_consent_is_taken_back_by_either(network, case, bert):
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    (given,) = bert.get()["consents"]
    network.clock.advance(minutes=1)
    bert.post(f"/consents/{given['id']}/withdrawal", status=200, If_Match='"v1"')
    network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
    # What was open until now stays in the ledger.
    (share,) = [each for each in bert.get()["shares"] if each["name"] == "Ward Raes"]
    assert share["until"] == network.clock.now().isoformat().replace("+00:00", "Z")


def test_what_one_adult_gave_by_themselves_the_other_does_not_take_back(network, case, anna, bert):
    until = network.clock.now().replace(year=2027).isoformat()
    law = {"recipient_kind": "role", "recipient_role": "lawyer", "categories": ["tenancy"]}
    given = anna.post("/consents", {"purpose": "P", "valid_until": until, "provisions": [law]})
    answer = bert.post(f"/consents/{given['id']}/withdrawal", status=403, If_Match='"v1"')
    assert answer["code"] == "consent-of-another-adult"


def test_she_excludes_somebody_by_name(network, case, anna):
    (ward,) = anna.get("/professionals?name=raes")["items"]
    receipt = anna.post("/exclusions", {"professional_id": ward["id"], "reason": "A cousin"})
    assert receipt["what"] == "excluded"
    network["rw2"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
    (shown,) = anna.get()["exclusions"]
    assert (shown["name"], shown["reason"]) == ("Ward Raes", "A cousin")
    assert {each["state"] for each in anna.get()["team"] if each["name"] == "Ward Raes"} == {
        "ended"
    }
    again = {"professional_id": ward["id"], "reason": "Twice"}
    assert anna.post("/exclusions", again, status=409)["code"] == "already-excluded"
    rosa = {"professional_id": network["rw1"].id, "reason": "R"}
    answer = anna.post("/exclusions", rosa, status=422)
    assert answer["code"] == "household-excludes-reference-worker"


def test_she_reads_of_a_broken_glass_and_asks_about_it(network, case, anna):
    glass = {
        "case_code": case["code"],
        "danger": "imminent_eviction",
        "reason": "The bailiff is at the door now.",
    }
    network["colleague"].claims = {"auth_time": int(time.time())}
    consent(
        network,
        case,
        {"recipient_kind": "organisation", "recipient_id": org(network, "colleague")},
        ["tenancy"],
    )
    network["colleague"].post("/api/v1/break-glass", glass)
    network["colleague"].get(f"/api/v1/cases/{case['id']}")
    (emergency,) = anna.get()["emergencies"]
    assert emergency["name"] == "Colette Guerin"
    assert emergency["new"] is True
    # There is another adult: words written in an emergency wait for the reference worker.
    assert emergency["reason"] is None
    reads = anna.get("/reads")["items"]
    assert "break_glass" in {each["basis"] for each in reads}
    put = {
        "item": "break_glass",
        "object_id": emergency["id"],
        "confidential_to": member(case, "Anna"),
    }
    path = f"/api/v1/cases/{case['id']}"
    network["rw1"].call("PUT", f"{path}/confidentiality", put, status=204)
    (emergency,) = anna.get()["emergencies"]
    assert emergency["reason"] == "The bailiff is at the door now."
    asked = anna.post(
        "/requests", {"kind": "question", "about": emergency["id"], "words": "Why her?"}
    )
    (request,) = network["rw1"].get(f"{path}/household-requests")["items"]
    assert (request["id"], request["words"], request["state"]) == (asked["id"], "Why her?", "open")
    (task,) = [
        t
        for t in network["rw1"].get(f"{path}/tasks")["items"]
        if t["template"] == "household_question"
    ]
    assert task["due_on"] == request["due_on"] > network.clock.now().date().isoformat()
    assert "Why her?" not in str(task)
    network.work()
    assert len(mails_about(network, "rw1", "attend une réponse")) == 1
    answer = {"outcome": "answered", "answer": "She had the night duty."}
    where = f"{path}/household-requests/{request['id']}/answer"
    wrong = {**answer, "outcome": "accepted"}
    network["rw1"].post(where, wrong, status=422, If_Match='"v1"')
    network["rw1"].post(where, answer, status=200, If_Match='"v1"')
    (seen,) = anna.get()["requests"]
    assert (seen["state"], seen["answer"]) == ("answered", "She had the night duty.")
    tasks = network["rw1"].get(f"{path}/tasks")["items"]
    assert {t["state"] for t in tasks if t["template"] == "household_question"} == {"done"}


def test_the_notice_of_a_broken_glass_is_the_very_row_that_opens(network, case, anna):
    """J4, F18: no access without the household's notice: neither can be without the other."""
    cpas = {"recipient_kind": "organisation", "recipient_id": org(network, "colleague")}
    consent(network, case, cpas, ["tenancy"])
    glass = {
        "case_code": case["code"],
        "danger": "danger_to_life",
        "reason": "Neighbours hear shouting behind the door.",
    }
    network["colleague"].claims = {"auth_time": int(time.time())}
    file = f"/api/v1/cases/{case['id']}"
    # If one of these cannot be written, nothing of the others is: no access, and no false alarm.
    for table in ("break_glass_openings", "alerts", "access_grants", "audit_entries"):
        network.database.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT no_notice CHECK (false) NOT VALID"
        )
        answer = network["colleague"].call("POST", "/api/v1/break-glass", glass)
        assert answer.status_code >= 409, table
        network.database.execute(f"ALTER TABLE {table} DROP CONSTRAINT no_notice")
        network["colleague"].call("GET", file, status=404)
        assert anna.get()["emergencies"] == [], table
        held = "SELECT count(*) FROM access_grants WHERE basis = 'break_glass'"
        assert network.rows(held) == [(0,)]
    network["colleague"].post("/api/v1/break-glass", glass)
    # In her list before anybody has read anything, and at the next entry if she is not inside.
    assert [each["name"] for each in anna.get()["emergencies"]] == ["Colette Guerin"]
    network.clock.advance(minutes=1)
    again = adult(network, case, member(case, "Anna"))
    assert [each["name"] for each in again.get()["emergencies"]] == ["Colette Guerin"]
    network["colleague"].call("GET", file, status=200)


def test_she_asks_a_correction_a_copy_and_another_worker(network, case, anna):
    anna.post(
        "/requests", {"kind": "correction", "about": "Children", "words": "Two, and not one."}
    )
    path = f"/api/v1/cases/{case['id']}/household-requests"
    (request,) = network["rw1"].get(path)["items"]
    refusal = {"outcome": "refused", "answer": "The second is not registered here yet."}
    network["rw1"].post(f"{path}/{request['id']}/answer", refusal, status=200, If_Match='"v1"')
    network.clock.advance(minutes=1)
    receipt = anna.post("/worker-requests", {"reason": "We do not get on"})
    assert receipt["what"] == "another_worker_asked"
    waiting = network["rw1"].get(f"/api/v1/cases/{case['id']}/worker-requests")["items"]
    assert [(each["reason"], each["recorded_by"]) for each in waiting] == [
        ("We do not get on", None)
    ]
    kinds = [(each["kind"], each["state"]) for each in anna.get()["requests"]]
    assert kinds == [("correction", "refused"), ("another_worker", "open")]
    note(network, case, "rw1", "Open words")
    note(network, case, "rw1", "Mine alone", personal=True)
    note(network, case, "rw1", "Secret words", category="residence")
    copy = anna.get("/copy")
    assert [each["body"] for each in copy["notes"]] == ["Open words"]
    assert copy["view"]["me"]["given_name"] == "Canary-given-Anna"
    assert copy["procedures"][0]["hearings"]
    assert "Canary-given-Bert" not in str(copy)


def test_violence_is_in_her_compartment_alone(network, case, anna, bert):
    path, hers = f"/api/v1/cases/{case['id']}", member(case, "Anna")
    shelter = {"recipient_kind": "person", "recipient_id": network["specialist"].id}
    until = network.clock.now().replace(year=2027).isoformat()
    secret = {
        "purpose": "Canary-purpose",
        "evidence": "oral",
        "witness": "Canary-witness",
        "language": "fr",
        "valid_until": until,
        "confidential_to": hers,
        "provisions": [{**shelter, "categories": ["violence", "family"]}],
    }
    network["rw1"].post(f"{path}/consents", secret)
    invited = {
        "professional_id": network["specialist"].id,
        "role": "specialist",
        "reason": "Canary-reason",
        "confidential_to": hers,
    }
    place = network["rw1"].post(f"{path}/team", invited)
    network["specialist"].post(f"/api/v1/invitations/{place['id']}/acceptance", status=200)
    told = {"category": "violence", "body": "Canary-note", "confidential_to": hers}
    network["rw1"].post(f"{path}/notes", told)
    nobody = note(network, case, "specialist", "Canary-unassigned", category="violence")
    plain = note(network, case, "rw1", "Canary-tenancy")
    put = {"item": "note", "object_id": plain["id"], "confidential_to": hers}
    network["rw1"].call("PUT", f"{path}/confidentiality", put, status=204)
    network["rw1"].post(
        f"{path}/tasks",
        {"category": "violence", "title": "Canary-task", "confidential_to": hers},
    )
    network["specialist"].get(path)
    network["specialist"].get(f"{path}/notes/{nobody['id']}")
    network.clock.advance(seconds=1)
    network.work()
    seen, hidden = anna.everything(), bert.everything()
    for canary in ("reason", "purpose", "witness", "note", "tenancy", "task", "given-Anna"):
        assert f"Canary-{canary}" in seen, canary
    assert "Canary-unassigned" not in seen
    assert "Canary" not in hidden.replace("Canary-given-Bert", "")
    assert network["specialist"].actor.id.hex not in hidden.replace("-", "")
    assert "Sylvie" not in hidden.replace("/professionals", "")
    # The specialist reads as before.
    assert network["specialist"].get(f"{path}/notes/{nobody['id']}")["body"] == "Canary-unassigned"
    # What he refuses does not take her help away, and his answer does not tell.
    no = {**shelter, "effect": "deny", "categories": ["violence"]}
    bert.post("/consents", {"purpose": "P", "valid_until": until, "provisions": [no]})
    bert.post("/exclusions", {"organisation_id": org(network, "specialist"), "reason": "No"})
    assert network["specialist"].get(f"{path}/notes/{nobody['id']}")["body"] == "Canary-unassigned"
    assert "Canary" not in bert.everything().replace("Canary-given-Bert", "")
    # She can: it is hers.
    anna.post("/exclusions", {"professional_id": network["specialist"].id, "reason": "Enough"})
    network["specialist"].call("GET", path, status=404)


def test_next_to_each_legal_date_stands_what_is_in_doubt_about_it(network, case, anna):
    """The cautious day, in her language, and on the sheet as in the portal."""
    path = f"/api/v1/cases/{case['id']}/procedures"
    procedure = network["rw1"].post(path, {"canton": "Schaerbeek 1"})
    today = network.clock.now().date()
    acts = f"/api/v1/procedures/{procedure['id']}/acts"
    view = network["rw1"].post(acts, {"kind": "service", "acted_on": today.isoformat()})
    staff = {each["computes"]: each for each in view["deadlines"]}
    mine = {each["computes"]: each for each in anna.get()["dates"]}
    assert set(mine) == set(staff)
    for computes, told in mine.items():
        readings = {staff[computes]["date"], staff[computes]["earlier_reading"]} - {None}
        assert told["on"] == min(readings)
        assert told["certainty"] == staff[computes]["certainty"]
        assert (told["doubt"] is None) is (told["certainty"] == "found")
    assert mine["eviction_not_before"]["doubt"].endswith("à faire confirmer par un avocat.")
    printed = network["rw1"].call(
        "GET",
        f"/api/v1/cases/{case['id']}/household-sheet?member={member(case, 'Anna')}",
        status=200,
    )
    assert "à faire confirmer par un avocat" in text_of(printed.content)
