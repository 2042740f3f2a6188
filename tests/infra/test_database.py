"""What a connection keeps prepared: through a refusal, but not through a plan that is outdated; and
that a dead one is replaced."""

from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import NotSupportedError

from infra.database import Database
from services.shared.errors import NotFound

PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '% * FROM told'")
ASKED = text("SELECT * FROM told")


@pytest.fixture
def database(cluster, owner_database):
    """One connection of the owner, and a table of this test alone."""
    with owner_database.engine.begin() as other:
        other.execute(text("CREATE TABLE told AS SELECT 1 AS first"))
    database = Database(cluster.url("maillage_owner"), pool_size=1)
    yield database
    database.dispose()
    with owner_database.engine.begin() as other:
        other.execute(text("DROP TABLE told"))


def ask(database, clock, times=1):
    for _ in range(times):
        with database.transaction(clock=clock, actor=None) as uow:
            found = uow.session.execute(ASKED).all()
    return found


def test_what_was_asked_once_is_prepared_and_a_refusal_forgets_nothing(database, clock):
    ask(database, clock)
    with suppress(NotFound), database.transaction(clock=clock, actor=None):
        raise NotFound
    with database.transaction(clock=clock, actor=None) as uow:
        assert uow.session.scalar(PREPARED) == 1


def test_what_a_migration_outdated_fails_once(database, clock, owner_database):
    ask(database, clock, times=4)
    with owner_database.engine.begin() as other:
        other.execute(text("ALTER TABLE told ADD COLUMN second int"))
    with pytest.raises(NotSupportedError, match="cached plan must not change result type"):
        ask(database, clock)
    assert ask(database, clock) == [(1, None)]


def test_a_connection_that_its_server_ended_is_replaced(database, clock, owner_database):
    with database.transaction(clock=clock, actor=None) as uow:
        pid = uow.session.scalar(text("SELECT pg_backend_pid()"))
    with owner_database.engine.begin() as other:
        (ended,) = other.execute(
            text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid}
        ).one()
    assert ended
    assert ask(database, clock) == [(1,)]
