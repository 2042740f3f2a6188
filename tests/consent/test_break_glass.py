"""J4 (5): at night a worker on duty breaks the glass; everybody who must know is told at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network

GLASS = "/api/v1/break-glass"
REASON = "Neighbours hear shouting; the police ask for the second address."
NIGHT = {"danger": "danger_to_life", "reason": REASON}


@pytest.fixture
@beginning
def followed(network: Network):
    """A case of rw1 with a health note; the colleague on duty has nothing to do with it."""
    case = open_shared_case(network)
    health = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    consent(network, case, health, ["health"])
    join(network, case, "specialist", "specialist")
    network["specialist"].post(
        f"/api/v1/cases/{case['id']}/notes", {"category": "health", "body": "Marker-3f81"}
    )
    network.work()
    return case


def break_glass(network: Network, case: Any, who: str = "colleague", **more: Any) -> Any:
    return network[who].post(GLASS, {"case_code": case["code"], **NIGHT, **more})


def review(network: Network, opened: Any, *, status: int = 200, who: str = "coordinator") -> Any:
    judged = {"verdict": "justified", "comment": "The call is in the duty log."}
    path = f"{GLASS}/{opened['id']}/review"
    return network[who].call("POST", path, judged, status=status, If_Match='"v1"').json()


def subjects(network: Network, who: str) -> list[str]:
    return [message["Subject"] for message in network.mails(who)]


def test_an_hour_of_reading_to_the_second(network, followed):
    colleague, path = network["colleague"], f"/api/v1/cases/{followed['id']}"
    colleague.call("GET", path, status=404)
    opened = break_glass(network, followed)
    assert opened["case_id"] == followed["id"]
    assert opened["closes_at"] == _utc(network.clock.now() + timedelta(minutes=60))
    seen = colleague.get(path)
    assert len(seen["categories"]) == 10
    assert seen["notes"][0]["body"] == "Marker-3f81"
    assert [c["code"] for c in colleague.get("/api/v1/cases")["items"]] == [followed["code"]]
    for page in ("", "/notes", "/tasks", "/procedures"):
        colleague.call("GET", path + page, status=200)
    network.clock.advance(minutes=60, microseconds=-1)
    colleague.call("GET", path, status=200)
    network.clock.advance(microseconds=1)
    for page in ("", "/notes", "/tasks", "/procedures", "/break-glass"):
        colleague.call("GET", path + page, status=404)
    for listing in ("/api/v1/cases", "/api/v1/alerts", "/api/v1/procedures"):
        assert colleague.get(listing)["items"] == []
    after = colleague.get(f"{GLASS}/{opened['id']}")
    assert after["case_id"] is None


def test_the_reference_worker_and_the_reviewers_are_told_at_once(network, followed):
    opened = break_glass(network, followed)
    network.work()
    assert subjects(network, "rw1")[-1] == f"Bris de glace – dossier {followed['code']}"
    assert subjects(network, "coordinator")[-1] == f"Bris de glace – dossier {followed['code']}"
    assert not any("glace" in s for s in subjects(network, "colleague"))
    told = network["coordinator"].get("/api/v1/alerts")["items"][0]
    assert (told["kind"], told["case_code"]) == ("consent.glass_broken", followed["code"])
    for mail in network.mails("rw1") + network.mails("coordinator"):
        assert "Neighbours" not in mail.as_string()
    mine = network["rw1"].get(f"/api/v1/cases/{followed['id']}/break-glass")["items"]
    assert [(m["id"], m["reason"], m["name"]) for m in mine] == [
        (opened["id"], REASON, "Colette Guerin")
    ]
    network["specialist"].call("GET", f"/api/v1/cases/{followed['id']}/break-glass", status=403)


def test_without_its_notices_the_glass_does_not_break(network, followed):
    network.database.execute("REVOKE INSERT ON alerts FROM maillage_api")
    try:
        body = {"case_code": followed["code"], **NIGHT}
        network["colleague"].call("POST", GLASS, body, status=500)
    finally:
        network.database.execute("GRANT INSERT ON alerts TO maillage_api")
    network["colleague"].call("GET", f"/api/v1/cases/{followed['id']}", status=404)
    assert network.rows("SELECT count(*) FROM break_glass_openings") == [(0,)]
    assert network.rows("SELECT count(*) FROM access_grants WHERE basis = 'break_glass'") == [(0,)]


def test_nothing_can_be_written_through_it(network, followed):
    path, colleague = f"/api/v1/cases/{followed['id']}", network["colleague"]
    break_glass(network, followed)
    tries = {
        f"{path}/notes": {"category": "tenancy", "body": "x"},
        f"{path}/tasks": {"category": "tenancy", "title": "x"},
        f"{path}/members": {"role": "adult", "pseudonym": "x"},
        f"{path}/tenancy": {"lease_kind": "other"},
        f"{path}/procedures": {"canton": "Schaerbeek 1"},
        f"{path}/team": {"professional_id": colleague.id, "role": "lawyer", "reason": "x"},
        f"{path}/handovers": {"to_id": colleague.id, "reason": "x", "former_stays": True},
    }
    for address, body in tries.items():
        colleague.call("POST", address, body, status=403)


def test_the_database_refuses_its_writes_too(network, followed, database):
    break_glass(network, followed)
    with database.engine.connect() as api:
        for statement in (
            "INSERT INTO notes (id, case_id, category, author_id, organisation_id, written_at,"
            " latest) VALUES (%(id)s, %(case)s, 1, %(me)s, %(org)s, now(), 1)",
            "INSERT INTO tasks (id, version, case_id, category, title, state, created_by,"
            " created_at) VALUES (%(id)s, 1, %(case)s, 1, 'x', 'open', %(me)s, now())",
            "INSERT INTO alerts (id, case_id, kind, object_id, object_version, rung,"
            " recipient_role, due_at, facts, planned_at) VALUES (%(id)s, %(case)s,"
            " 'cases.task_due', %(id)s, 1, '', 'reference_worker', now(), '{}', now())",
            "INSERT INTO break_glass_openings (id, version, case_id, case_code, professional_id,"
            " danger, reason, opened_at, closes_at) VALUES (%(id)s, 1, %(case)s, 'BX-2222', %(me)s,"
            " 'violence', repeat('x', 20), now(), now() + interval '60 minutes')",
        ):
            connection = api.connection.driver_connection
            values = {
                "id": uuid4(),
                "case": followed["id"],
                "me": network["colleague"].id,
                "org": org(network, "colleague"),
            }
            connection.execute(
                "SELECT set_config('app.professional', %(me)s, true),"
                " set_config('app.now', %(at)s, true)",
                {"me": values["me"], "at": network.clock.now().isoformat()},
            )
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement, values)
            connection.rollback()


def test_a_participant_writes_only_where_consent_lets_them(network, followed):
    """The specialist holds health by consent, and the rest for an hour: to read."""
    break_glass(network, followed, "specialist")
    path = f"/api/v1/cases/{followed['id']}"
    assert len(network["specialist"].get(path)["categories"]) == 10
    network["specialist"].post(f"{path}/notes", {"category": "health", "body": "x"})
    wider = {"category": "tenancy", "body": "x"}
    network["specialist"].call("POST", f"{path}/notes", wider, status=403)


def test_every_read_names_its_ground(network, followed):
    break_glass(network, followed)
    path = f"/api/v1/cases/{followed['id']}"
    network["colleague"].get(path)
    network["colleague"].get(f"{path}/notes")
    network["specialist"].get(path)
    network["rw1"].get(path)
    rows = network.rows("SELECT what, basis FROM read_entries ORDER BY seq DESC LIMIT 4")
    assert rows[::-1] == [
        ("case", "break_glass"),
        ("notes", "break_glass"),
        ("case", "participation"),
        ("case", "reference"),
    ]


WRONG = (
    {"reason": "x" * 19},
    {"reason": " " * 30},
    {"danger": "curiosity"},
    {"danger": None},
    {"minutes": 600},
)


def test_no_glass_without_a_reason(network, followed):
    body = {"case_code": followed["code"], **NIGHT}
    answers = [
        network["colleague"].call("POST", GLASS, body | wrong).status_code for wrong in WRONG
    ]
    assert dict(enumerate(answers)) == dict.fromkeys(range(len(WRONG)), 422)


def test_only_right_after_a_login(network, followed):
    body = {"case_code": followed["code"], **NIGHT}
    network["colleague"].claims["auth_time"] = int(time.time()) - 301
    answer = network["colleague"].call("POST", GLASS, body, status=401)
    assert answer.json()["code"] == "step-up-required"
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'max_age="300"' in challenge
    network["colleague"].claims["auth_time"] = int(time.time()) - 290
    network["colleague"].call("POST", GLASS, body, status=201)


def test_who_may_not(network, followed):
    body = {"case_code": followed["code"], **NIGHT}
    for who, code in (("coordinator", "role-required"), ("liaison", "role-required")):
        assert network[who].call("POST", GLASS, body, status=403).json()["code"] == code
    again = network["rw1"].call("POST", GLASS, body, status=422)
    assert again.json()["code"] == "already-the-reference-worker"
    for role in ("coordinator", "liaison"):
        network.database.execute(
            "INSERT INTO professional_roles VALUES (%s, %s)", (network["rw2"].id, role)
        )
        refused = network["rw2"].call("POST", GLASS, body, status=403)
        assert refused.json()["code"] == "break-glass-not-with-this-role"
        network.database.execute("DELETE FROM professional_roles WHERE role = %s", (role,))


def test_an_organisation_that_did_not_sign_finds_nothing(network, followed):
    network["coordinator"].post("/api/v1/protocols", {"title": "Version 2", "body": "Again."})
    body = {"case_code": followed["code"], **NIGHT}
    closed = network["colleague"].call("POST", GLASS, body, status=404).json()
    absent = network["colleague"].call("POST", GLASS, body | {"case_code": "BX-2222"}, status=404)
    assert {**closed, "error_id": ""} == {**absent.json(), "error_id": ""}


def test_a_new_protocol_ends_the_hour(network, followed):
    break_glass(network, followed)
    network["coordinator"].post("/api/v1/protocols", {"title": "Version 2", "body": "Again."})
    network["colleague"].call("GET", f"/api/v1/cases/{followed['id']}", status=404)


def test_guessing_codes_is_stopped_after_five(network, followed):
    guess = {"case_code": "BX-2222", **NIGHT}
    for _ in range(5):
        network["colleague"].call("POST", GLASS, guess, status=404)
        network.clock.advance(minutes=1)
    stopped = network["colleague"].call("POST", GLASS, {**guess, "case_code": followed["code"]})
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, str(55 * 60))
    tried = network.rows(
        "SELECT action, count(*) FROM audit_entries WHERE action LIKE 'break_glass.%%'"
        " AND actor_id = %s GROUP BY 1 ORDER BY 1",
        network["colleague"].id,
    )
    assert tried == [("break_glass.attempted", 5), ("break_glass.refused", 1)]
    network.clock.advance(minutes=55)
    break_glass(network, followed)


def test_two_processes_do_not_let_a_sixth_through(network):
    guess = {"case_code": "BX-2222", **NIGHT}
    with ThreadPoolExecutor(10) as at_once:
        answers = list(
            at_once.map(lambda _: network["colleague"].call("POST", GLASS, guess), range(10))
        )
    assert sorted(a.status_code for a in answers) == [404] * 5 + [429] * 5


def test_the_hour_cannot_be_prolonged_before_a_review(network, followed):
    opened = break_glass(network, followed)
    body = {"case_code": followed["code"], **NIGHT}
    for minutes in (0, 61):
        network.clock.advance(minutes=minutes)
        again = network["colleague"].call("POST", GLASS, body, status=409)
        assert again.json()["code"] == "break-glass-awaits-review"
    network["colleague"].call("GET", f"/api/v1/cases/{followed['id']}", status=404)
    review(network, opened)
    break_glass(network, followed)


def test_reviewers_see_who_and_when_and_nothing_of_the_case(network, followed):
    opened = break_glass(network, followed)
    (waiting,) = network["coordinator"].get(GLASS)["items"]
    assert waiting["case_code"] == followed["code"]
    assert waiting["name"] == "Colette Guerin"
    assert waiting["danger"] == "danger_to_life"
    assert waiting["case_id"] is None
    assert waiting["reason"] is None
    network["coordinator"].call("GET", f"/api/v1/cases/{followed['id']}", status=404)
    for who in ("colleague", "rw1"):
        network[who].call("GET", GLASS, status=403)
        review(network, opened, who=who, status=403)
    review(network, opened, who="rw2", status=404)
    judged = review(network, opened)
    assert (judged["verdict"], judged["version"]) == ("justified", 2)
    assert network["coordinator"].get(GLASS)["items"] == []
    (done,) = network["coordinator"].get(f"{GLASS}?state=reviewed")["items"]
    assert done["id"] == opened["id"]
    review(network, opened, status=412)
    twice = {"verdict": "unjustified", "comment": "x"}
    path = f"{GLASS}/{opened['id']}/review"
    network["coordinator"].call("POST", path, twice, status=409, If_Match='"v2"')


def test_nobody_reviews_their_own(network, followed):
    opened = break_glass(network, followed)
    network.database.execute(
        "INSERT INTO professional_roles VALUES (%s, 'coordinator')", (network["colleague"].id,)
    )
    answer = review(network, opened, who="colleague", status=403)
    assert answer["code"] == "own-break-glass"


def test_reminder_at_72_hours_and_suspension_at_7_days(network, followed):
    opened = break_glass(network, followed)
    begun = network.clock.now()
    network.clock.set(begun + timedelta(hours=72, seconds=-1))
    network.work()
    assert not any("contrôle" in s for s in subjects(network, "coordinator"))
    network.clock.advance(seconds=1)
    network.work()
    assert subjects(network, "coordinator")[-1].startswith("Un bris de glace attend son contrôle")
    other = open_shared_case(network)
    body = {"case_code": other["code"], **NIGHT}
    network.clock.set(begun + timedelta(days=7))
    refused = network["colleague"].call("POST", GLASS, body, status=403)
    assert refused.json()["code"] == "break-glass-suspended"
    network.work()
    assert subjects(network, "colleague")[-1].startswith("Votre droit de bris de glace")
    kinds = [a["kind"] for a in network["colleague"].get("/api/v1/alerts")["items"]]
    assert kinds == ["consent.glass_suspended"]
    review(network, opened)
    assert network["colleague"].get("/api/v1/alerts")["items"] == []
    network["colleague"].call("POST", GLASS, body, status=201)


def test_until_seven_days_another_emergency_opens(network, followed):
    break_glass(network, followed)
    network.clock.advance(days=7, seconds=-1)
    break_glass(network, open_shared_case(network))


def test_a_review_in_time_sends_no_reminder(network, followed):
    opened = break_glass(network, followed)
    network.work()
    review(network, opened)
    network.clock.advance(days=8)
    network.work()
    assert not any("contrôle" in s for s in subjects(network, "coordinator"))
    assert not any("suspendu" in s for s in subjects(network, "colleague"))
    first = network["rw1"].get("/api/v1/alerts")["items"]
    assert "consent.glass_broken" in [alert["kind"] for alert in first]


def test_the_fourth_in_a_month_is_noticed(network, followed):
    cases = [followed] + [open_shared_case(network) for _ in range(3)]
    for nth, case in enumerate(cases, 1):
        review(network, break_glass(network, case))
        network.work()
        noticed = any(
            s.startswith("Bris de glace fréquents") for s in subjects(network, "coordinator")
        )
        assert noticed is (nth == 4)
        network.clock.advance(days=2)


def test_a_stored_answer_is_not_given_again_after_the_hour(network, followed):
    body = {"case_code": followed["code"], **NIGHT}
    network["colleague"].call("POST", GLASS, body, status=201, Idempotency_Key="night-1")
    network["colleague"].call("POST", GLASS, body, status=201, Idempotency_Key="night-1")
    network.clock.advance(minutes=60)
    network["colleague"].call("POST", GLASS, body, status=404, Idempotency_Key="night-1")


def _utc(moment: Any) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def exclude(network: Network, case: Any, **named: Any) -> Any:
    path = f"/api/v1/cases/{case['id']}/exclusions"
    return network["rw1"].post(path, {"reason": "An old quarrel", **named})


@pytest.mark.parametrize("refused", ["person", "organisation"])
def test_whom_the_household_refuses_breaks_no_glass(network, followed, refused):
    """Nor learns that the case exists: the answer is that of an unknown code."""
    colleague = network["specialist"]
    named = (
        {"professional_id": colleague.id}
        if refused == "person"
        else {"organisation_id": org(network, "specialist")}
    )
    exclude(network, followed, **named)
    hidden = colleague.call("POST", GLASS, {"case_code": followed["code"], **NIGHT}, status=404)
    absent = colleague.call("POST", GLASS, {"case_code": "BX-2222", **NIGHT}, status=404)
    assert {**hidden.json(), "error_id": ""} == {**absent.json(), "error_id": ""}
    assert network.rows("SELECT count(*) FROM break_glass_openings") == [(0,)]


def test_an_exclusion_ends_the_hour_at_once_and_lifting_it_gives_the_rest_back(network, followed):
    colleague, path = network["colleague"], f"/api/v1/cases/{followed['id']}"
    break_glass(network, followed)
    colleague.call("GET", path, status=200)
    made = exclude(network, followed, professional_id=colleague.id)
    for page in ("", "/notes", "/tasks", "/procedures"):
        colleague.call("GET", path + page, status=404)
    assert network.rows("SELECT count(*) FROM access_grants WHERE basis = 'break_glass'") == [(0,)]
    lift = f"{path}/exclusions/{made['id']}/lift"
    network["rw1"].call("POST", lift, status=200, If_Match='"v1"')
    colleague.call("GET", path, status=200)
    network.clock.advance(minutes=60)
    colleague.call("GET", path, status=404)
