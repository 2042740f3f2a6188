"""F68: a case is erased by two, by destroying its key; a tombstone stays."""

from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from infra.audit.chain import verify
from infra.migrations.models import metadata
from services.retention.classes import CLASSES, By
from services.shared.errors import Unreadable
from tests.guards.erasures import GROUND, book_of, canaries, confirmed, keys_of, set_state
from tests.journeys.steps import join, mails_about, note, open_shared_case, set_hearing
from tests.once.beginnings import beginning

MARK = "Marker-77e0"
LETTER = {"category": "procedure", "kind": "court_letter", "title": f"{MARK} letter"}


@pytest.fixture
def case(network):
    """With something in nearly every table that a case has; its files are this test's own."""
    case = begun(network)
    letter = network["rw1"].upload(
        f"/api/v1/cases/{case['id']}/documents", "a.txt", MARK.encode(), **LETTER
    )
    freeze(network, case["procedure"], letter.json()["id"])
    network.work()
    return case


@beginning
def begun(network):
    case = open_shared_case(network)
    rw1, path = network["rw1"], f"/api/v1/cases/{case['id']}"
    join(network, case, "rw2", "generalist")
    note(network, case, "rw1", f"{MARK} note")
    rw1.post(f"{path}/tasks", {"category": "tenancy", "title": f"{MARK} task"})
    rw1.post(f"{path}/tenancy", {"lease_kind": "social", "landlord": MARK})
    case["procedure"] = set_hearing(network, case, "2026-05-05T09:00:00+02:00")["id"]
    excluded = {"professional_id": network["specialist"].id, "reason": f"{MARK} reason"}
    rw1.post(f"{path}/exclusions", excluded)
    (member, *_) = network.rows("SELECT id FROM members WHERE role = 'adult'")
    place = f"{path}/members/{member[0]}/compartment"
    rw1.post(place)
    rw1.call("PUT", place, {"address": f"{MARK} street"}, status=200, If_Match='"v1"')
    network.work()
    return case


def freeze(network, procedure, document):
    """A defence bundle with one piece, taken out once."""
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")
    path = f"/api/v1/procedures/{procedure}"
    piece = {"item": "other", "state": "present", "document_id": document, "number": 1}
    network["rw1"].post(f"{path}/bundle-ticks", piece)
    frozen = network["rw1"].post(f"{path}/bundles", {"language": "fr", "words": MARK})
    network["rw1"].call("GET", f"/api/v1/bundles/{frozen['id']}/content", status=200)


@pytest.fixture
def closed(case, network, owner_database):
    set_state(owner_database, network, case, "closed")
    return case


def test_what_would_go_is_shown_before(network, case):
    seen = network["rw1"].get(f"/api/v1/cases/{case['id']}/retention")
    counts = {row["what"]: row["rows"] for row in seen["would_delete"]}
    assert (counts["members"], counts["notes"], counts["documents"]) == (3, 1, 1)
    assert seen["closed_at"] is None
    network["rw2"].call("GET", f"/api/v1/cases/{case['id']}/retention", status=403)
    network["specialist"].call("GET", f"/api/v1/cases/{case['id']}/retention", status=404)


def test_an_open_case_is_not_erased(network, case):
    asked = network["rw1"].call("POST", f"/api/v1/cases/{case['id']}/erasure", GROUND, status=422)
    assert asked.json()["code"] == "case-not-closed"


def test_two_persons_and_nobody_else(network, closed):
    path = f"/api/v1/cases/{closed['id']}/erasure"
    network["rw2"].call("POST", path, GROUND, status=404)
    asked = network["rw1"].post(path, GROUND)
    assert asked["case_code"] == closed["code"]
    network["rw1"].call("POST", path, GROUND, status=409)
    decide = f"/api/v1/erasures/{asked['id']}/confirmation"
    network["rw1"].call("POST", decide, status=403, If_Match='"v1"')
    network["rw2"].call("POST", decide, status=403, If_Match='"v1"')
    network["rw1"].call("GET", "/api/v1/erasures", status=403)
    network.work()
    assert len(mails_about(network, "coordinator", "deuxième personne")) == 1
    (waiting,) = network["coordinator"].get("/api/v1/erasures")["items"]
    assert waiting["id"] == asked["id"]
    network["coordinator"].call("GET", f"/api/v1/cases/{closed['id']}", status=404)
    network["rw1"].post(f"/api/v1/erasures/{asked['id']}/withdrawal", status=200, If_Match='"v1"')
    network["coordinator"].call("POST", decide, status=409, If_Match='"v2"')
    assert network["rw1"].get(f"/api/v1/cases/{closed['id']}")["id"] == closed["id"]


def test_at_the_commit_of_the_confirmation_nobody_reads_it(network, closed):
    confirmed(network, closed)
    for who in ("rw1", "rw2", "liaison", "coordinator"):
        network[who].call("GET", f"/api/v1/cases/{closed['id']}", status=404)
    assert network.rows("SELECT * FROM access_grants WHERE case_id = %s", closed["id"]) == []


def test_erased_for_good_with_a_tombstone(network, closed, erasing, settings, cluster):
    (name,) = network.rows("SELECT stored_name FROM document_versions")[0]
    kept = settings.documents_dir / "kept"
    file = next(kept.glob(f"*/{name}"))
    copy = file.read_bytes()
    # The document and the frozen bundle.
    assert len(list(kept.glob("*/*"))) == 2
    assert MARK.encode() not in b"".join(each.read_bytes() for each in kept.glob("*/*"))
    assert MARK in canaries(network)
    confirmed(network, closed)
    erasing.take_turn(network.runtime)
    assert MARK not in canaries(network)
    assert list(kept.glob("*/*")) == []
    file.write_bytes(copy)
    with pytest.raises(Unreadable):
        network.runtime.documents.open(name)
    assert keys_of(settings).is_destroyed(UUID(closed["id"]))
    tables = [t for each in CLASSES.values() if each.by is By.ERASURE for t in each.tables]
    assert len(tables) > 20
    left = {t: network.rows(f"SELECT count(*) FROM {t}")[0][0] for t in tables}
    assert {t: n for t, n in left.items() if n} == {}
    (tombstone,) = network.rows("SELECT code, state FROM cases")
    assert tombstone == (closed["code"], "closed")
    (erasure,) = network["coordinator"].get("/api/v1/erasures?state=erased")["items"]
    assert erasure["erased_at"]
    lines = [each.line.kind for each in book_of(settings).read()]
    assert lines.count("case_erased") == 1
    with network.runtime.transaction() as uow:
        uow.session.connection().exec_driver_sql("SELECT seal_audit(2000)")
    assert verify(network.database, (), None).waiting == 0


@pytest.mark.parametrize("step", ["append", "destroy", "remove", "erase"])
def test_killed_at_any_step_it_is_finished_later(network, closed, erasing, settings, step):
    """The step is done and nothing is noted about it: the next process finds and repeats it."""
    erasure = confirmed(network, closed)
    if step == "append":
        names = ("entry_id", "kind", "case_id", "subject_id", "other_id", "at")
        noted = network.rows(
            "SELECT id, kind, case_id, subject_id, other_id, at FROM ledger_entries"
            " WHERE kind = 'case_erased'"
        )
        book_of(settings).append([dict(zip(names, row, strict=True)) for row in noted])
    else:
        erasing.write_ledger(network.runtime)
    if step in ("destroy", "remove", "erase"):
        keys_of(settings).destroy(UUID(closed["id"]))
    if step in ("remove", "erase"):
        network.database.execute("UPDATE erasures SET state = 'shredded'")
        for file in (settings.documents_dir / "kept").glob("*/*"):
            file.unlink()
    if step == "erase":
        network.database.execute("DELETE FROM note_revisions")
        network.database.execute("DELETE FROM notes")
    erasing.take_turn(network.runtime)
    assert MARK not in canaries(network)
    (state,) = network.rows("SELECT state FROM erasures WHERE id = %s", erasure["id"])[0]
    assert state == "erased"
    assert [each.line.kind for each in book_of(settings).read()].count("case_erased") == 1


def test_a_worker_erases_nothing_that_was_not_confirmed(network, closed):
    network["rw1"].post(f"/api/v1/cases/{closed['id']}/erasure", GROUND)
    with (
        pytest.raises(ProgrammingError, match="its key is not destroyed"),
        network.runtime.transaction() as uow,
    ):
        uow.session.connection().exec_driver_sql("SELECT erase_case(%s)", (closed["id"],))
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        network.runtime.transaction() as uow,
    ):
        uow.session.connection().exec_driver_sql(
            "INSERT INTO erasures (id, version, case_id, case_code, ground, state, requested_at)"
            " VALUES (gen_random_uuid(), 1, %s, 'x', 'household_request', 'shredded', now())",
            (closed["id"],),
        )


def test_a_case_opened_again_is_not_erased(network, closed, owner_database):
    asked = network["rw1"].post(f"/api/v1/cases/{closed['id']}/erasure", GROUND)
    set_state(owner_database, network, closed, "open")
    decide = f"/api/v1/erasures/{asked['id']}/confirmation"
    network["coordinator"].call("POST", decide, status=409, If_Match='"v2"')
    assert network["rw1"].get(f"/api/v1/cases/{closed['id']}/retention")["closed_at"] is None


def test_every_table_is_in_exactly_one_class():
    named = [table for each in CLASSES.values() for table in each.tables]
    assert sorted(named) == sorted(metadata.tables)
    assert len(named) == len(set(named))


def test_what_goes_with_a_case_is_what_the_class_says(superuser):
    """The function asks the catalogue; the file is for people. They agree."""
    found = {t for (t,) in superuser.execute("SELECT tables_of_a_case()").fetchall()}
    found |= {t for (t, *_) in superuser.execute("SELECT * FROM hangers_of_a_case()").fetchall()}
    others = {"alerts", "deliveries", "digest_items", "idempotency_keys", "hearing_list_rows"}
    others |= {"webhook_deliveries"}
    assert found - others == set(CLASSES["case"].tables)
