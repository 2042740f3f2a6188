"""The shared folders, taken into use once a process; every later test gets folders marked alike."""

from pathlib import Path

import psycopg
from sqlalchemy import Engine

from infra.files.taking import take_folders
from infra.settings import Settings
from services.shared.vault.folders import MARK
from tests.once.emptying import Rows, copied, put_back

TABLE = "shared_folders"


class Folders:
    """Known by the server. What marks a folder durably waits for the disk, which a test need not:
    the program itself marks the first ones, and their marks are written again for the others."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Rows, list[bytes]]] = {}

    def taken(self, settings: Settings, server: psycopg.Connection, engine: Engine) -> None:
        """As `take_folders`, for new folders and a database that knows of none."""
        marks = _marks(settings)
        if server.info.host in self._known:
            rows, said = self._known[server.info.host]
            put_back(server, rows)
            for mark, content in zip(marks, said, strict=True):
                mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                mark.write_bytes(content)
        else:
            take_folders(settings, engine)
            rows = [(name, lines) for name, lines in copied(server) if name == TABLE]
            self._known[server.info.host] = rows, [mark.read_bytes() for mark in marks]


def _marks(settings: Settings) -> list[Path]:
    assert settings.case_keys is not None
    return [settings.documents_dir / MARK, settings.case_keys / MARK]
