"""One appender, in order, and nothing is ever left out."""

import threading

import psycopg
import pytest

from infra.audit.chain import COLUMNS, Tampered, verify
from infra.migrations.models import metadata
from services.audit.commands import SEAL_AT_MOST, seal_entries
from tests.audit.conftest import connect


def order(journals) -> list[tuple[str, int]]:
    return journals.owner.execute(
        "SELECT journal, entry_seq FROM audit_seals ORDER BY position"
    ).fetchall()


def test_both_journals_are_sealed_in_the_order_of_time(journals):
    journals.write()
    journals.read(2)
    journals.write()
    assert journals.seal() == 4
    expected = ["audit_entries", "read_entries", "read_entries", "audit_entries"]
    assert [journal for journal, _ in order(journals)] == expected
    report = verify(journals.owner, (), None)
    assert (report.head, report.sealed.total(), report.waiting) == (4, 4, 0)


def test_a_batch_is_bounded_and_the_next_goes_on(journals):
    journals.read(7)
    journals.write(3)
    assert [journals.seal(4) for _ in range(4)] == [4, 4, 2, 0]
    assert verify(journals.owner, (), None).head == 10
    assert len(set(order(journals))) == 10


def test_a_transaction_that_commits_late_is_sealed_late(journals, cluster):
    """Its number is older than sealed ones; it waited in the table from its own commit."""
    with connect(cluster, "maillage_owner") as slow:
        slow.autocommit = False
        slow.execute(
            "INSERT INTO read_entries (at, actor_id, case_id, what, category_mask)"
            " VALUES (now() - interval '1 day', gen_random_uuid(), gen_random_uuid(), 'case', 1)"
        )
        journals.read(5)
        assert journals.seal() == 5
        slow.commit()
    first = journals.owner.execute("SELECT min(seq) FROM read_entries").fetchone()[0]
    assert journals.seal() == 1
    assert order(journals)[-1] == ("read_entries", first)
    assert verify(journals.owner, (), None).head == 6


def test_what_is_rolled_back_is_not_waited_for(journals, cluster):
    with connect(cluster, "maillage_owner") as gone, gone.transaction(force_rollback=True):
        gone.execute(
            "INSERT INTO read_entries (at, actor_id, case_id, what, category_mask)"
            " VALUES (now(), gen_random_uuid(), gen_random_uuid(), 'case', 1)"
        )
    journals.read()
    assert journals.seal() == 1
    assert verify(journals.owner, (), None).waiting == 0


def test_two_sealers_at_once_make_one_chain(journals, cluster):
    journals.read(300)
    sealed = []

    def seal() -> None:
        with connect(cluster, "maillage_worker") as worker:
            while worker.execute(
                "SELECT EXISTS (SELECT FROM audit_figures() WHERE unsealed > 0)"
            ).fetchone()[0]:
                sealed.append(worker.execute("SELECT seal_audit(10)").fetchone()[0])

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(sealed) == 300
    assert verify(journals.owner, (), None).head == 300


def test_the_timetable_seals(journals, worker_database, clock):
    journals.write(3)
    with worker_database.transaction(clock=clock, actor=None) as uow:
        assert seal_entries(uow=uow) == 3
    assert SEAL_AT_MOST >= 1_000


def test_only_the_worker_may_seal(journals, cluster):
    with (
        connect(cluster, "maillage_api") as api,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        api.execute("SELECT seal_audit(1)")


def test_the_canonical_text_has_every_column(journals):
    """In the chain's SQL and in the verifier alike: a new column cannot be forgotten."""
    for journal, columns in COLUMNS.items():
        assert columns == tuple(metadata.tables[journal].columns.keys())
    journals.write()
    journals.read()
    journals.owner.execute("SET timezone = 'Asia/Kathmandu'; SET datestyle = 'german'")
    journals.seal()
    assert verify(journals.owner, (), None).head == 2


@pytest.mark.parametrize(
    ("sealed", "altered"),
    [("break_glass", "reference"), ("break_glass", None), (None, "reference")],
)
def test_the_ground_of_a_read_cannot_be_altered(journals, sealed, altered):
    """Also where an entry, as before grounds were logged, has none."""
    journals.read(2)
    journals.seal()
    assert verify(journals.owner, (), None).head == 2
    found = journals.owner.execute(
        "UPDATE read_entries SET basis = %s WHERE basis IS NOT DISTINCT FROM %s", (altered, sealed)
    )
    assert found.rowcount == 1
    with pytest.raises(Tampered, match="was altered"):
        verify(journals.owner, (), None)
