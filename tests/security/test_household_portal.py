"""Who would get at the household's own view, and who of a household would get beyond their own."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from infra.migrations.models import metadata
from services.portal import sessions
from services.shared.actor import HouseholdMember
from tests.household import API, Adult, adult, code_for
from tests.journeys.steps import consent, join, note, org, set_hearing
from tests.once.beginnings import beginning
from tests.security.database.sql import PARTLY

# What an adult of a household sees rows of, in SQL.
OPEN = {
    *("cases", "households", "members", "reference_assignments", "participations"),
    *("organisations", "professionals", "professional_roles"),
    *("consents", "courts", "provisions", "notes", "note_revisions", "tasks"),
    *("procedures", "acts", "hearings"),
    # The reminder of a consent: cancelled when it is taken back.
    "alerts",
    # Ids of the folders of this database, nobody's.
    "shared_folders",
}


def open_case(network, *pseudonyms, who="rw1"):
    members = [
        {"role": "adult", "pseudonym": each, "given_name": f"Canary-{each}"} for each in pseudonyms
    ]
    case = network[who].post("/api/v1/cases", {"language": "nl", "members": members})
    found = case["household"]["members"]
    return case, {each["pseudonym"]: each["id"] for each in found}


@pytest.fixture
@beginning
def home(network):
    """Anna and Bert, with things of Bert's own; and somebody else's file."""
    case, ids = open_case(network, "Anna", "Bert")
    path = f"/api/v1/cases/{case['id']}"
    cpas = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, cpas, ["identity", "tenancy", "procedure"])
    join(network, case, "rw2", "generalist")
    set_hearing(network, case, "2026-04-21T09:00:00+02:00")
    note(network, case, "rw1", "Open")
    for category in ("health", "tenancy"):
        body = {"category": category, "body": "Canary-his", "confidential_to": ids["Bert"]}
        network["rw1"].post(f"{path}/notes", body)
    task = {"category": "work", "title": "Canary-task", "confidential_to": ids["Bert"]}
    network["rw1"].post(f"{path}/tasks", task)
    network["rw1"].post(f"{path}/members/{ids['Bert']}/compartment")
    elsewhere, others = open_case(network, "Carl")
    note(network, elsewhere, "rw1", "Canary-elsewhere")
    stranger = consent(network, elsewhere, cpas, ["tenancy"])
    return case, ids, {"case": elsewhere, "members": others, "consent": stranger["id"]}


def test_a_professional_is_nobody_in_the_portal_and_the_reverse(network, home):
    case, ids, _ = home
    paths = ("", "/session", "/reads", "/copy", "/choices", "/professionals?name=an")
    for path in paths:
        answer = network["rw1"].call("GET", API + path, status=401).json()
        assert answer["code"] == "household-session-needed"
    network["rw1"].post(f"{API}/worker-requests", {"reason": "R"}, status=401)
    anna = adult(network, case, ids["Anna"])
    token = anna.browser.cookies["household"]
    for path in ("/me", "/cases", f"/cases/{case['id']}", "/organisations"):
        answer = anna.browser.get(f"{anna.base}/api/v1{path}", timeout=20)
        assert answer.status_code == 401
        answer = anna.browser.get(f"{anna.base}/api/v1{path}", cookies={"sid": token}, timeout=20)
        assert answer.status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        answer = anna.browser.get(f"{anna.base}/api/v1{path}", headers=bearer, timeout=20)
        assert answer.status_code == 401


def test_a_cookie_alone_changes_nothing(network, home):
    case, ids, _ = home
    anna = adult(network, case, ids["Anna"])
    body = {"reason": "R"}
    for forged in ({"X_CSRF_Token": "x"}, {"Sec_Fetch_Site": "cross-site"}):
        assert anna.post("/worker-requests", body, status=403, **forged)["code"] == "csrf"
    (cookie,) = anna.browser.cookies
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"


def test_another_household_and_another_adult_do_not_exist(network, home):
    case, ids, other = home
    anna = adult(network, case, ids["Anna"])
    until = network.clock.now().replace(year=2027).isoformat()
    yes = {"recipient_kind": "role", "recipient_role": "lawyer", "categories": ["health"]}
    bert = adult(network, case, ids["Bert"])
    his = bert.post("/consents", {"purpose": "P", "valid_until": until, "provisions": [yes]})
    for hidden in (other["consent"], his["id"]):
        for method, path in (("GET", "/consents/{}"), ("POST", "/consents/{}/withdrawal")):
            answers = [
                anna.call(method, path.format(key), status=404, If_Match='"v1"').json()
                for key in (hidden, uuid4())
            ]
            assert {**answers[0], "error_id": ""} == {**answers[1], "error_id": ""}


def test_nothing_of_the_other_adult_is_in_anything_she_gets(network, home):
    case, ids, _ = home
    seen = adult(network, case, ids["Anna"]).everything()
    assert "Canary-Anna" in seen
    assert "Canary" not in seen.replace("Canary-Anna", "")
    assert "compartment" not in seen
    assert ids["Bert"] not in seen


def test_a_code_is_stored_as_its_hash_and_opens_one_of_two(network, home):
    case, ids, _ = home
    code = code_for(network, case, ids["Anna"])["code"]
    rows = network.rows("SELECT to_jsonb(c)::text FROM portal_codes c")
    assert code not in str(rows)
    assert code.replace("-", "") not in str(rows)
    Adult(network["rw1"].base).enter(code)
    Adult(network["rw1"].base).enter(code, status=403)
    assert network.rows("SELECT count(*) FROM portal_sessions") == [(1,)]


def member_of(network, case, key) -> HouseholdMember:
    adult(network, case, key)
    (row,) = network.rows("SELECT id FROM portal_sessions WHERE member_id = %s", key)
    return HouseholdMember(id=UUID(key), case_id=UUID(case["id"]), session_id=row[0])


def rows_of(uow, table):
    """Every row that is shown, as text; None if no right to the table is held."""
    try:
        with uow.session.begin_nested():
            shown = f"SELECT {PARTLY.get(table, '*')} FROM {table}"
            query = text(f"SELECT to_jsonb(t)::text FROM ({shown}) t")
            return list(uow.session.scalars(query))
    except ProgrammingError:
        return None


def test_in_sql_her_session_shows_her_rows_and_no_others(network, database, home):
    case, ids, _ = home
    anna = member_of(network, case, ids["Anna"])
    shown = set()
    with database.transaction(clock=network.clock, actor=anna) as uow:
        for table in metadata.sorted_tables:
            rows = rows_of(uow, table.name)
            if rows:
                shown.add(table.name)
                assert "Canary" not in str(rows).replace("Canary-Anna", ""), table.name
                if "case_id" in table.columns:
                    assert all(case["id"] in row for row in rows), table.name
        assert uow.session.scalar(text("SELECT count(*) FROM members")) == 1
        assert uow.session.scalar(text("SELECT count(*) FROM may_see")) == 0
    assert shown == OPEN


CHANGES = (
    "UPDATE members SET given_name = 'x'",
    "UPDATE notes SET latest = 7",
    "UPDATE cases SET state = 'closed'",
    "UPDATE tasks SET state = 'done'",
    "UPDATE tenancies SET rent_eur = 0",
    "UPDATE consents SET valid_until = valid_until + interval '1 year'",
    "UPDATE participations SET state = 'accepted'",
    "DELETE FROM consents",
    "DELETE FROM read_entries",
    "UPDATE portal_sessions SET expires_at = 'infinity'",
    "INSERT INTO portal_codes SELECT * FROM portal_codes",
    "SELECT token_hash FROM portal_sessions",
    "SELECT code_hash FROM portal_codes",
    "SELECT * FROM share_periods",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_in_sql_she_changes_nothing_but_what_is_hers(network, database, home, statement):
    case, ids, _ = home
    anna = member_of(network, case, ids["Anna"])
    with database.transaction(clock=network.clock, actor=anna) as uow:
        try:
            with uow.session.begin_nested():
                outcome = uow.session.execute(text(statement)).rowcount
        except ProgrammingError as refused:
            outcome = refused.orig.sqlstate
    assert outcome in (0, "42501")


def test_with_a_professional_named_a_session_is_nobodys(network, database, home):
    case, ids, _ = home
    anna = member_of(network, case, ids["Anna"])
    stranger = network["specialist"].actor
    with database.transaction(clock=network.clock, actor=stranger) as uow:
        setting = {"session": str(anna.session_id)}
        uow.session.execute(
            text("SELECT set_config('app.portal_session', :session, true)"), setting
        )
        assert uow.session.scalar(text("SELECT portal_member()")) is None
        assert uow.session.scalar(text("SELECT count(*) FROM notes")) == 0


def test_the_limits_in_sql_are_those_of_the_program(network, home):
    (body,) = network.rows("SELECT prosrc FROM pg_proc WHERE proname = 'find_portal_session'")[0]
    minutes = int(sessions.IDLE.total_seconds() // 60)
    assert f"interval '{minutes} minutes'" in body
