"""The tables put back as the migrations left them, at the price of the rows that were written."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from infra.migrations.models import EMPTY_AT_FIRST
from tests.guards.setting_up import SET_UP

# TRUNCATE makes anew the files of a table and of all that point to it, however few rows there are:
# dearer than most tests. Rows are deleted; only a table that has grown is given back its size.
_GROWN = 256 * 1024
_WRITTEN = " UNION ALL ".join(
    f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in EMPTY_AT_FIRST
)
_LARGE = f"SELECT n FROM unnest(%s::text[]) AS n WHERE pg_relation_size(n::regclass) > {_GROWN}"

Rows = Sequence[tuple[str, bytes]]


def empty(connection: psycopg.Connection) -> None:
    """Every table but the imported courts. No trigger fires and no foreign key is asked."""
    connection.execute(
        "RESET SESSION AUTHORIZATION; RESET ALL; SET session_replication_role = replica"
    )
    written = written_tables(connection)
    SET_UP["tables emptied"] += len(written)
    if not written:
        return
    connection.execute("; ".join(f"DELETE FROM {name}" for name in written))
    for (name,) in connection.execute(_LARGE, (written,)).fetchall():
        connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))


def written_tables(connection: psycopg.Connection) -> list[str]:
    return [name for (name,) in connection.execute(_WRITTEN, prepare=True)]


def copied(connection: psycopg.Connection) -> Rows:
    """All rows there are, but those of the courts."""
    found = []
    for name in written_tables(connection):
        with connection.cursor().copy(f"COPY {name} TO STDOUT") as copy:
            found.append((name, b"".join(copy)))
    return found


def put_back(connection: psycopg.Connection, rows: Rows) -> None:
    """What was copied, into empty tables. Counters of the database never go back."""
    for name, lines in rows:
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            copy.write(lines)
