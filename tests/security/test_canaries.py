"""security.md §G9: markers are in flight in every field while things fail at every layer. None may
be in an error, the log, a mail, an event or an alert; the watch over every test
(tests/guards/watching.py) looks at what left, and these look at what stayed.
"""

import json
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import LargeBinary

from infra.migrations.models import metadata
from tests.guards.canaries import PATTERN, canary
from tests.guards.leaks import ABOUT_THE_HOUSEHOLD, personal_columns
from tests.journeys.steps import join, open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.security.matrix.operations import CASE_BOUND, Call, operations
from tests.slices import WHOLE

MARK = canary(77, "flown")
# Words of a list that everybody knows.
CODES = {
    "documents.kind",
    "procedures.canton",
    "acts.delivery",
    "acts.ground",
    "hearing_list_rows.canton",
}


def test_every_personal_text_has_its_marker(town, figures):
    """A new column of personal data needs one, or these tests prove nothing about it."""
    bare, marked = [], 0
    for table, column, kind in personal_columns():
        if kind.python_type is not str or f"{table}.{column}" in CODES:
            continue
        texts = town.rows(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        if any(PATTERN.search(text) for (text,) in texts):
            marked += 1
        else:
            bare.append(f"{table}.{column}")
    figures("personal columns", with_markers=marked)
    assert bare == []


def test_no_marker_stands_in_a_column_that_claims_to_hold_none(town, mails):
    """Events, alerts, journals, stored headers: whoever may read those may not read the file."""
    wrong = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            plain = column.info.get("about") != ABOUT_THE_HOUSEHOLD
            if plain and not isinstance(column.type, LargeBinary):
                query = f"SELECT {column.name}::text FROM {table.name}"
                texts = (text or "" for (text,) in town.rows(query))
                if any(PATTERN.search(text) for text in texts):
                    wrong.append(f"{table.name}.{column.name}")
    assert wrong == []


def refusals(call: Call, town: Any) -> list[dict[str, Any]]:
    """Requests that cannot succeed: a stale version, and a body of the wrong form."""
    request = call.sample(town.people["colleague"].id)
    stale = {**request, "headers": {"If-Match": '"v987"'}} if call.expects_version else None
    wrong = None
    if call.takes and not call.uploads:
        wrong = {**request, "json": {"body": {"x": [MARK]}, "title": 7, "absent": MARK}}
    return [each for each in (stale, wrong) if each]


def test_no_refusal_of_any_operation_holds_a_marker(town, figures):
    """Also to the entitled: a refusal says what is wrong, never what there is. In a slice the four
    share the operations."""
    document = json.loads(town.app.test_client().get("/api/openapi.json").data)
    asked, people = 0, ("lead", "partner", "liaison", "coordinator")
    for number, call in enumerate(operations(document)):
        if not CASE_BOUND & set(call.parameters) or not set(call.parameters) <= town.ids.keys():
            continue
        for who in people if WHOLE else (people[number % len(people)],):
            for request in refusals(call, town):
                answer = town.call(who, call.method, call.at(town.ids), **request)
                assert answer.status_code >= 400, (call.name, who)
                found = set(PATTERN.findall(answer.text)) - {MARK}
                assert found == set(), (call.name, who)
                asked += 1
    figures("refusals with markers in flight", asked=asked)
    assert asked > 100


@pytest.fixture
@beginning
def case(network):
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    return case


@contextmanager
def failing(network, table: str, *, deferred: bool = False):
    """The database refuses every new row of a table, and quotes the row as it does."""
    run = network.database.execute
    run("SET session_replication_role = origin")
    run(
        "CREATE FUNCTION quote_and_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'no: %', to_jsonb(NEW) USING DETAIL = to_jsonb(NEW)::text,"
        " HINT = to_jsonb(NEW)::text; END $$"
    )
    late = "DEFERRABLE INITIALLY DEFERRED" if deferred else ""
    run(
        f"CREATE {'CONSTRAINT' if deferred else ''} TRIGGER quote_and_fail AFTER INSERT ON {table}"
        f" {late} FOR EACH ROW EXECUTE FUNCTION quote_and_fail()"
    )
    try:
        yield
    finally:
        run("DROP FUNCTION quote_and_fail() CASCADE")


@pytest.mark.parametrize("deferred", [False, True], ids=["statement", "commit"])
def test_an_error_of_the_database_quotes_nobody(network, case, deferred, capsys):
    path = f"/api/v1/cases/{case['id']}/notes"
    body = {"category": "tenancy", "body": f"About {MARK}"}
    with failing(network, "note_revisions", deferred=deferred):
        answer = network["rw1"].call("POST", path, body, status=500)
    written = capsys.readouterr()
    assert "request.failed" in written.out
    assert MARK not in answer.text + written.out + written.err
    assert network.rows("SELECT count(*) FROM notes") == [(0,)]


def test_a_broken_constraint_quotes_nobody(network, case, capsys):
    run = network.database.execute
    run(f"ALTER TABLE note_revisions ADD CONSTRAINT planted CHECK (body NOT LIKE '%{MARK}%')")
    try:
        body = {"category": "tenancy", "body": f"About {MARK}"}
        path = f"/api/v1/cases/{case['id']}/notes"
        answer = network["rw1"].call("POST", path, body, status=500)
    finally:
        run("ALTER TABLE note_revisions DROP CONSTRAINT planted")
    written = capsys.readouterr()
    assert "request.failed" in written.out
    assert MARK not in answer.text + written.out + written.err


def test_a_body_of_the_wrong_form_is_not_written_down(network, case, capsys):
    path = f"/api/v1/cases/{case['id']}/notes"
    for body in ({"category": MARK, "body": "x"}, {"category": "work", "body": [MARK]}, [MARK]):
        network["rw1"].call("POST", path, body, status=422)
    written = capsys.readouterr()
    assert "request.refused" in written.out
    assert MARK not in written.out + written.err


@pytest.mark.parametrize("moment", ["on_rcpt", "on_data"])
def test_a_mail_server_that_quotes_is_not_quoted(network, case, moment, capsys):
    """What a provider says of a message may hold the message."""
    said = f"554 5.7.1 refused: About {MARK}"
    setattr(network.postbox, moment, lambda *_: said)
    propose = {"to_id": network["rw2"].id, "reason": f"About {MARK}", "former_stays": True}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/handovers", propose)
    sweep(network)
    states = network.rows("SELECT DISTINCT state FROM deliveries WHERE channel = 'email'")
    assert states
    assert states != [("sent",)]
    written = capsys.readouterr()
    assert MARK not in written.out + written.err


def test_a_worker_that_fails_quotes_nobody(network, case, capsys):
    propose = {"to_id": network["rw2"].id, "reason": f"About {MARK}", "former_stays": True}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/handovers", propose)
    run = network.database.execute
    with failing(network, "inbox_entries"):
        body = f"'About {MARK}'"
        run(
            "CREATE OR REPLACE FUNCTION quote_and_fail() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION 'no: %', {body} USING DETAIL = {body}; END $$"
        )
        sweep(network)
    written = capsys.readouterr()
    assert network.rows("SELECT count(*) FROM outbox_events WHERE dispatched_at IS NULL") != [(0,)]
    assert MARK not in written.out + written.err
