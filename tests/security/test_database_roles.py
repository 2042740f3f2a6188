"""What the API's and the workers' roles may not do at all, and what a worker sees."""

import pytest

from tests.security.sql import ALL_TABLES, OWN_ANSWERS

pytestmark = pytest.mark.usefixtures("mails")

FORBIDDEN = (
    "TRUNCATE notes",
    "CREATE TABLE mine (x int)",
    "CREATE TEMP TABLE mine (x int)",
    "CREATE VIEW mine AS TABLE notes",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE notes DISABLE TRIGGER ALL",
    "ALTER ROLE maillage_api BYPASSRLS",
    "DROP POLICY api_read ON notes",
    "CREATE POLICY mine ON notes USING (true)",
    "GRANT maillage_owner TO maillage_api",
    "SET ROLE maillage_owner",
    "SET SESSION AUTHORIZATION maillage_owner",
    "SET session_replication_role = replica",
    "COPY notes TO PROGRAM 'cat'",
    "COPY notes TO '/tmp/notes'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT refresh_access(gen_random_uuid())",
    "SELECT * FROM access_rule(gen_random_uuid())",
    "DELETE FROM audit_entries",
    "UPDATE audit_entries SET action = 'x'",
    "SELECT setval('audit_entries_seq_seq', 1)",
    "SELECT nextval('outbox_events_seq_seq')",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("role", ["gate", "worker"])
def test_the_role_may_not(request, town, role, statement):
    gate = request.getfixturevalue(role)
    outcome = gate.outcome(town.people["lead"].id, town.story.now, statement)
    assert outcome.startswith("refused"), outcome


def test_row_security_cannot_be_put_off(gate, town):
    outcome = gate.outcome(
        town.people["stranger"].id,
        town.story.now,
        "SET LOCAL row_security = off",
        "SELECT * FROM notes",
    )
    assert outcome == "refused 42501"


DEFINERS = """
    SELECT p.proname, p.proconfig::text, has_function_privilege(r.rolname, p.oid, 'EXECUTE')
    FROM pg_proc p CROSS JOIN pg_roles r
    WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
      AND r.rolname IN ('maillage_api', 'maillage_worker')
"""
# Each answers one narrow question, or needs a secret that the caller holds.
CALLABLE = {
    *("alert_backlog", "delivery_counts", "app_is_administrator", "find_actor"),
    *("find_session_actor", "app_may_lead", "team_may_read"),
}


def test_no_function_acts_as_the_owner_but_the_reviewed_ones(town):
    found = town.rows(DEFINERS)
    assert {name for name, _, may in found if may} <= CALLABLE
    assert {
        name for name, path, _ in found if "search_path=public, pg_temp" not in str(path)
    } == set()


# What a worker needs, and only the columns that it needs.
WORKERS_TABLES = {
    *("alerts", "deliveries", "outbox_events", "inbox_entries", "heartbeats", "professionals"),
    *("cases", "reference_assignments", "access_grants", "participations", "handovers"),
    # To forget old ones: never what they say.
    OWN_ANSWERS,
}


def test_a_worker_sees_no_content(worker, town):
    opened = set()
    for table in ALL_TABLES:
        columns = town.rows(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND has_column_privilege('maillage_worker', attrelid, attnum,"
            " 'SELECT')",
            table,
        )
        names = ", ".join(name for (name,) in columns)
        if names:
            opened.add(table)
            with worker.as_person(None, town.story.now) as cursor:
                query = f"SELECT to_jsonb(t)::text FROM (SELECT {names} FROM {table}) t"
                shown = str(cursor.execute(query).fetchall())
            assert not [c.mark for c in town.canaries if c.mark in shown], table
    assert opened == WORKERS_TABLES
    assert (
        worker.outcome(None, town.story.now, f"SELECT body FROM {OWN_ANSWERS}") == "refused 42501"
    )
    for column in (
        "reason FROM participations",
        "reason FROM handovers",
        "name FROM professionals",
    ):
        assert worker.outcome(None, town.story.now, f"SELECT {column}") == "refused 42501"
    for table in ("participations", "handovers", "cases", "access_grants", "professionals"):
        assert worker.outcome(None, town.story.now, f"DELETE FROM {table}") == "refused 42501"
