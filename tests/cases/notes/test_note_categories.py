"""F24: widening or narrowing who may read a note is its author's alone."""

import psycopg
import pytest

from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network

MOVE = {"category": "health", "reason": "It is about her illness"}


@pytest.fixture
@beginning
def shared(network: Network):
    """CPAS-N reads procedure and tenancy, the specialist health; a tenancy note by RW1."""
    case = open_shared_case(network)
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    consent(network, case, to, ["health"])
    join(network, case, "rw2", "generalist")
    join(network, case, "specialist", "specialist")
    path = f"/api/v1/cases/{case['id']}/notes"
    note = network["rw1"].post(path, {"category": "tenancy", "body": "Marker-90d1 first"})
    return f"{path}/{note['id']}"


def move(network: Network, who: str, note: str, version: int, to: str, status: int):
    return network[who].call(
        "POST",
        f"{note}/category",
        {**MOVE, "category": to},
        status=status,
        If_Match=f'"v{version}"',
    )


def test_the_authors_organisation_is_shown(network, shared):
    assert network["rw2"].get(shared)["organisation"] == "ULN"


def test_narrowing_closes_earlier_wordings_too(network, shared):
    assert "Marker-90d1" in network["rw2"].call("GET", f"{shared}/revisions", status=200).text
    moved = move(network, "rw1", shared, 1, "health", 201)
    assert (moved.json()["category"], moved.headers["ETag"]) == ("health", '"v2"')
    for path in ("", "/revisions"):
        hidden = network["rw2"].call("GET", shared + path, status=404)
        assert "Marker-90d1" not in hidden.text
    assert network["specialist"].get(shared)["body"] == "Marker-90d1 first"
    seen = network["specialist"].get(f"{shared}/revisions")["items"]
    assert [(r["number"], r["category"]) for r in seen] == [(2, "health")]


def test_widening_shows_only_the_wording_of_then(network, shared):
    move(network, "rw1", shared, 1, "health", 201)
    secret = {"body": "Marker-90d1 secret", "reason": "more"}
    network["rw1"].post(f"{shared}/revisions", secret, If_Match='"v2"')
    network["rw1"].post(f"{shared}/revisions", {"body": "Plain", "reason": "x"}, If_Match='"v3"')
    move(network, "rw1", shared, 4, "procedure", 201)
    seen = network["rw2"].call("GET", f"{shared}/revisions", status=200)
    assert "Marker-90d1 secret" not in seen.text
    assert [r["number"] for r in seen.json()["items"]] == [1, 5]
    mine = network["rw1"].get(f"{shared}/revisions")["items"]
    assert [r["category"] for r in mine] == ["tenancy", "health", "health", "health", "procedure"]


def test_nobody_but_the_author_moves_a_note(network, shared):
    assert move(network, "rw2", shared, 1, "procedure", 403).json()["code"] == "not-the-author"
    for stranger in ("specialist", "colleague", "liaison", "coordinator"):
        move(network, stranger, shared, 1, "procedure", 404)
    health = network["specialist"].post(
        shared.rsplit("/", 1)[0], {"category": "health", "body": "Marker-77"}
    )
    path = f"{shared.rsplit('/', 1)[0]}/{health['id']}"
    # Not even the reference worker, who reads everything.
    assert move(network, "rw1", path, 1, "tenancy", 403).json()["code"] == "not-the-author"
    # The author may only write where they may read.
    assert (
        move(network, "specialist", path, 1, "tenancy", 403).json()["code"] == "category-not-open"
    )
    assert network["rw1"].get(path)["category"] == "health"


def test_the_database_refuses_it_to_everybody_else(network, shared, cluster, database, clock):
    note = shared.rsplit("/", 1)[1]
    for who in ("rw2", "specialist", "coordinator"):
        with database.transaction(clock=clock, actor=network[who].actor) as uow:
            change = "UPDATE notes SET category = 4, latest = 2 WHERE id = %s"
            cursor = uow.session.connection().connection.cursor()
            cursor.execute(change, (note,))
            assert cursor.rowcount == 0
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                cursor.execute(
                    "INSERT INTO note_revisions (note_id, number, case_id, category, author_id,"
                    " body, written_at) SELECT %s, 2, %s, 4, %s, 'x', app_now()",
                    (note, shared.split("/")[4], network["rw1"].id),
                )
            uow.session.rollback()


def test_a_move_needs_the_version_read_and_another_category(network, shared):
    move(network, "rw1", shared, 7, "health", 412)
    network["rw1"].call("POST", f"{shared}/category", MOVE, status=428)
    same = move(network, "rw1", shared, 1, "tenancy", 422)
    assert same.json()["code"] == "note-category-unchanged"
