"""How many SQL statements the API needs for what it is asked: counted, never timed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from infra.database import Database


class Statements:
    """The statements that the API's engine sends while `counted` is open, in their order."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        sent: list[str] = []

        def remember(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        event.listen(self._engine, "before_cursor_execute", remember)
        try:
            yield sent
        finally:
            event.remove(self._engine, "before_cursor_execute", remember)


@pytest.fixture
def statements(database) -> Statements:
    """A counter on the engine of the API that the `network` speaks to."""
    return Statements(database)


def within(sent: list[str], bound: int) -> bool:
    """Whether no more than `bound` were sent; otherwise says which, one a line."""
    lines = [" ".join(each.split())[:120] for each in sent]
    assert len(sent) <= bound, f"{len(sent)} statements, {bound} allowed:\n" + "\n".join(lines)
    return bool(sent)
