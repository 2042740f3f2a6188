"""The store of files: one folder that every API and worker host reaches.

Names are random and chosen here; nothing a person sends becomes part of a path. What is kept is
closed under the key of its case (docs/decisions/0019); what is being judged lies here in clear for
a moment, so the disk is encrypted by the operator (docs/decisions/0015). The folder is marked as
one database's own, and what no row names goes to a trash first (docs/decisions/0049).
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO
from uuid import UUID

from infra.files import ciphering
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.folders import require_mark, require_marked_as

_NAME = re.compile(r"[0-9a-f]{32}")


class DocumentStore:
    """`kept/ab/ab…` for what has a row, `incoming/…` for what is being judged, and
    `trash/2026-11-30/ab…` for what was found without a row that day.
    """

    def __init__(self, folder: Path, keys: CaseKeys | None = None) -> None:
        self._keys = keys
        self._folder = folder
        self._kept = folder / "kept"
        self._trash = folder / "trash"
        self._incoming = folder / "incoming"

    def new_incoming(self) -> Path:
        """A path of its own for a file that is not kept yet. Unreadable where there is no mark."""
        self._make_incoming()
        return self._incoming / secrets.token_hex(16)

    def buffer(self) -> IO[bytes]:
        """A buffer for what still arrives: on the same disk, without a name, gone when closed."""
        self._make_incoming()
        return TemporaryFile(dir=self._incoming)

    def keep(self, incoming: Path, case_id: UUID) -> str:
        """Durable and whole under its name when this returns: synced, then renamed."""
        name = incoming.name
        target = self._path(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        closed = self._closed(incoming, name, case_id)
        _sync(closed)
        closed.replace(target)
        incoming.unlink(missing_ok=True)
        for folder in (target.parent, self._kept):
            _sync(folder)
        return name

    def open(self, name: str) -> BinaryIO:
        """A file to read forward. Unreadable without the key of its case."""
        file = self._path(name).open("rb")
        try:
            return ciphering.opened(file, name, self._keys)
        except BaseException:
            file.close()
            raise

    def kept_before(self, moment: datetime) -> Iterator[str]:
        """Names of kept files that are older than `moment`."""
        for path in self._kept.glob("*/*"):
            if _NAME.fullmatch(path.name) and _is_older(path, moment):
                yield path.name

    def require_marked_as(self, wanted: UUID | None) -> None:
        """Unreadable unless the folder is the one that the database uses: asked before anything
        is removed or set aside.
        """
        require_marked_as(wanted, self._folder)

    def remove(self, name: str) -> None:
        """Delete the file for good, also where it lies in the trash."""
        self._path(name).unlink(missing_ok=True)
        for path in self._trash.glob(f"*/{name}"):
            path.unlink(missing_ok=True)

    def set_aside(self, name: str, day: date) -> None:
        """Move a kept file into the trash of that day; another sweeper may have done it."""
        place = self._trash / day.isoformat()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            self._path(name).replace(place / name)

    def in_trash(self) -> list[str]:
        """Names of all that was set aside and is still there."""
        return [path.name for path in self._trash.glob("*/*") if _NAME.fullmatch(path.name)]

    def bring_back(self, name: str) -> None:
        """Move a file from the trash back to what is kept."""
        for path in self._trash.glob(f"*/{name}"):
            self._path(name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                path.replace(self._path(name))

    def empty_trash_before(self, day: date) -> int:
        """What was set aside before `day` goes for good; how many files."""
        old = [place for place in self._trash.glob("*-*-*") if place.name < day.isoformat()]
        count = sum(len(list(place.glob("*"))) for place in old)
        for place in old:
            shutil.rmtree(place, ignore_errors=True)
        return count

    def remove_incoming_before(self, moment: datetime) -> int:
        """What a process left behind that died while judging; how many."""
        old = [path for path in self._incoming.glob("*") if _is_older(path, moment)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _make_incoming(self) -> None:
        require_mark(self._folder)
        self._incoming.mkdir(mode=0o700, exist_ok=True)

    def _closed(self, incoming: Path, name: str, case_id: UUID) -> Path:
        """Another incoming file, under the case's key; without keys the file itself."""
        if self._keys is None:
            return incoming
        path = self.new_incoming()
        path.touch(mode=0o600)
        with incoming.open("rb") as source, path.open("wb") as target:
            ciphering.encipher(source, target, name, case_id, self._keys)
        return path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not a stored name")
        return self._kept / name[:2] / name


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
