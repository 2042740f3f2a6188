"""Pools of connections, opened once a process: what is compiled and prepared stays so."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from infra.database import Database
from infra.embedded.postgres import Cluster
from tests.lending import Shelf


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
