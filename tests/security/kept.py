"""What takes long to populate is populated once a process, and put back for each module."""

import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Generic, TypeVar

import psycopg

from tests.once.emptying import Rows, copied, put_back

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """A thing as it was once built, with its rows and its files.

    `shared` names those of its parts that belong to the process: copies of the thing have them in
    common.
    """

    def __init__(
        self,
        thing: Thing,
        empty: psycopg.Connection,
        files: Path,
        shared: Callable[[Thing], list[Any]],
    ) -> None:
        self._shared = shared
        self._thing = self._copy_of(thing)
        self._rows: Rows = copied(empty)
        self._files = files.with_name(f"{files.name}-kept")
        shutil.copytree(files, self._files)

    def _copy_of(self, thing: Thing) -> Thing:
        return deepcopy(thing, {id(part): part for part in self._shared(thing)})

    def put_back(self, empty: psycopg.Connection, files: Path) -> Thing:
        """Into the empty tables and the empty folder."""
        empty.execute("SET session_replication_role = replica")
        put_back(empty, self._rows)
        empty.execute("SET session_replication_role = origin")
        shutil.copytree(self._files, files, dirs_exist_ok=True)
        return self._copy_of(self._thing)
