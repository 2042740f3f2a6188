"""Row-level security keeps withdrawn notes by itself, whatever the query asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.journeys.steps import consent, join, open_shared_case, org


@pytest.fixture
def withdrawn(network):
    """A health note by the specialist, who still sees work; consent for health taken back."""
    case = open_shared_case(network)
    theirs = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    given = consent(network, case, theirs, ["health"])
    consent(network, case, theirs, ["work"])
    others = {"recipient_kind": "person", "recipient_id": network["colleague"].id}
    consent(network, case, others, ["health"])
    join(network, case, "specialist", "specialist")
    join(network, case, "colleague", "lawyer")
    path = f"/api/v1/cases/{case['id']}"
    network["specialist"].post(f"{path}/notes", {"category": "health", "body": "Marker-2c"})
    network["rw1"].post(f"{path}/consents/{given['id']}/withdrawal", status=200, If_Match='"v1"')
    return case


def rows_seen(network, database, who):
    """Of both tables, asked without any of our views."""
    with database.transaction(clock=network.clock, actor=network[who].actor) as uow:
        return tuple(
            uow.session.scalar(text(query))
            for query in ("SELECT count(*) FROM notes", "SELECT count(*) FROM note_revisions")
        )


def test_the_tables_show_them_to_the_reference_worker_alone(network, database, withdrawn):
    seen = {who: rows_seen(network, database, who) for who in ("rw1", "specialist", "colleague")}
    assert seen == {"rw1": (1, 1), "specialist": (0, 0), "colleague": (0, 0)}


def test_sealed_the_tables_show_them_to_nobody(network, database, withdrawn):
    sealed = {"notes_after_withdrawal": "sealed"}
    network["coordinator"].call(
        "PUT", "/api/v1/network-settings", sealed, status=200, If_Match='"v0"'
    )
    for who in ("rw1", "specialist", "colleague"):
        assert rows_seen(network, database, who) == (0, 0)


def test_only_an_administrator_changes_the_setting_in_sql(network, database, withdrawn):
    change = text(
        "INSERT INTO network_settings (key, notes_after_withdrawal, changed_at, changed_by,"
        " version) VALUES (1, 'sealed', now(), :who, 1)"
    )
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.transaction(clock=network.clock, actor=network["colleague"].actor) as uow,
    ):
        uow.session.execute(change, {"who": network["colleague"].id})


@pytest.mark.parametrize("role", ["maillage_api", "maillage_worker"])
def test_no_role_calls_the_marking_by_hand(network, role):
    held = "SELECT has_function_privilege(%s, 'mark_withdrawn_notes()', 'EXECUTE')"
    assert network.rows(held, role) == [(False,)]
