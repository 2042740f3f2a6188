"""Pools of connections, opened once a process: what is compiled and prepared stays so."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import make_url

from infra.database import Database
from infra.embedded.postgres import Cluster
from tests.once.lending import Shelf


class Databases:
    """Lends a pool of a role. Two at once have no connection in common, as two processes."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._made: list[Database] = []
        self._shelves: defaultdict[tuple[str, int], Shelf[Database]] = defaultdict(Shelf)

    @contextmanager
    def lent(self, role: str, pool_size: int = 10) -> Iterator[Database]:
        with self._shelves[role, pool_size].lent(lambda: self._opened(role, pool_size)) as database:
            yield database
            if database.engine.pool.checkedout():
                database.dispose()

    def _opened(self, role: str, pool_size: int) -> Database:
        self._made.append(Database(self._cluster.url(role), pool_size=pool_size))
        return self._made[-1]

    def close(self) -> None:
        for database in self._made:
            database.dispose()


class Superuser:
    """One connection that may do whatever it likes, made anew if a test broke it."""

    def __init__(self, cluster: Cluster) -> None:
        url = make_url(cluster.url("postgres")).set(drivername="postgresql")
        self._url = url.render_as_string()
        self._connection = self._opened()

    def connection(self) -> psycopg.Connection:
        with suppress(psycopg.OperationalError):
            self._connection.execute("SELECT")
            return self._connection
        self._connection = self._opened()
        return self._connection

    def _opened(self) -> psycopg.Connection:
        """Its role in replication is that of the session: to set it forgets every plan."""
        options = "-c session_replication_role=replica"
        return psycopg.connect(self._url, autocommit=True, options=options)

    def close(self) -> None:
        self._connection.close()
