"""G10: if it cannot be written down, it does not happen, and nothing is shown."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning
from tests.people import Network

CANARY = "Marker-c105ed"


@contextmanager
def refusing(network: Network, table: str) -> Iterator[None]:
    """Every insert into `table` fails, as on a full disk."""
    database = network.database
    database.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$"
    )
    database.execute(
        f"CREATE TRIGGER full_disk BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION full_disk()"
    )
    try:
        yield
    finally:
        database.execute("DROP FUNCTION full_disk() CASCADE")


@pytest.fixture
@beginning
def case(network: Network):
    case = open_shared_case(network)
    body = {"category": "tenancy", "body": CANARY}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/notes", body)
    return case


@pytest.mark.parametrize("table", ["audit_entries", "unsealed_entries"])
def test_a_change_that_cannot_be_journalled_is_refused(network, case, table):
    path = f"/api/v1/cases/{case['id']}/notes"
    count = "SELECT (SELECT count(*) FROM notes), (SELECT count(*) FROM outbox_events)"
    before = network.rows(count)
    with refusing(network, table):
        answer = network["rw1"].call("POST", path, {"category": "tenancy", "body": "Another"})
    assert answer.status_code >= 500
    assert network.rows(count) == before
    assert len(network["rw1"].get(path)["items"]) == 1


@pytest.mark.parametrize("table", ["read_entries", "unsealed_entries"])
@pytest.mark.parametrize("page", ["", "/notes", "/tasks", "/consents", "/access-log", "/history"])
def test_a_read_that_cannot_be_journalled_shows_nothing(network, case, table, page):
    path = f"/api/v1/cases/{case['id']}{page}"
    with refusing(network, table):
        answer = network["rw1"].call("GET", path)
    assert answer.status_code >= 500
    for shown in (CANARY, case["code"], "Schaerbeek", "Rosa"):
        assert shown not in answer.text + str(answer.headers)
    network["rw1"].call("GET", path, status=200)
