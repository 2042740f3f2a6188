"""Whether DOCUMENTS_DIR and CASE_KEYS_DIR are this database's own; taken into use if they can be.

Asked at the start of every process that uses them, and by /readyz (docs/decisions/0049).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, TextClause, text

from infra.settings import Settings
from infra.unfit import MayNotOpen
from services.shared.errors import Unreadable
from services.shared.vault.folders import MARK, FolderKind, mark, mark_of

_KNOWN = text("SELECT id FROM shared_folders WHERE kind = :kind")
# Two first starts at once: the second waits, and finds what the first did.
_LOCK = text("SELECT pg_advisory_xact_lock(7410213)")
_TAKE = text("SELECT take_folder(:kind, :id)")
# Of a folder without a mark, so many files are compared with the database.
_COMPARED = 10_000


class NotOurs(MayNotOpen):
    """A sentence without its full stop: which folder, and what the operator has to do."""


@dataclass(frozen=True)
class _Folder:
    kind: FolderKind
    variable: str
    path: Path
    # The names in it that the database should know, and the question which of them it does not.
    names: Callable[[Path], Iterator[str]]
    unknown: TextClause
    # Whether the database knows of something that must be in it.
    expected: TextClause


def take_folders(settings: Settings, engine: Engine) -> None:
    """NotOurs unless each folder is marked as this database's, or can be marked now."""
    with engine.begin() as connection:
        for folder in _folders(settings):
            try:
                _take(folder, connection)
            except Unreadable:
                raise NotOurs(f"{folder.path / MARK} holds no id: put back what it was") from None
            except OSError as error:
                told = f"{folder.variable} is {folder.path}, which cannot be used"
                raise NotOurs(f"{told}: {error.strerror}") from None


def _folders(settings: Settings) -> Iterator[_Folder]:
    yield _Folder(
        FolderKind.DOCUMENTS,
        "DOCUMENTS_DIR",
        settings.documents_dir,
        lambda path: (each.name for each in path.glob("kept/*/*")),
        text("SELECT count(*) FROM files_without_row(:names)"),
        text("SELECT keeps_files()"),
    )
    if settings.case_keys:
        yield _Folder(
            FolderKind.CASE_KEYS,
            "CASE_KEYS_DIR",
            settings.case_keys,
            lambda path: (each.stem for each in path.glob(f"{'[0-9a-f]' * 32}.key")),
            text("SELECT count(*) FROM keys_without_row(:names)"),
            # Documents may be older than their keys: only the mark tells.
            text("SELECT false"),
        )


def _take(folder: _Folder, connection: Connection) -> None:
    known = _known(folder, connection)
    if known is None:
        connection.execute(_LOCK)
        known = _known(folder, connection)
    found = mark_of(folder.path)
    if found is not None and found != known:
        raise NotOurs(
            f"{folder.variable} is {folder.path}, a folder of another installation:"
            " correct it, or the address of the database"
        )
    if found is None and known is not None:
        raise NotOurs(
            f"{folder.variable} is {folder.path}, which is not the folder that this database uses:"
            f" mount it (its file {MARK} says {known})"
        )
    if known is None:
        _adopt(folder, connection)


def _known(folder: _Folder, connection: Connection) -> UUID | None:
    found: UUID | None = connection.scalar(_KNOWN, {"kind": folder.kind})
    return found


def _adopt(folder: _Folder, connection: Connection) -> None:
    """Empty on both sides, or a folder most of whose files this database knows."""
    names = list(islice(folder.names(folder.path), _COMPARED))
    if names:
        unknown = connection.scalar(folder.unknown, {"names": names}) or 0
        if 2 * unknown > len(names):
            raise NotOurs(
                f"{folder.variable} is {folder.path}, and of {len(names)} files there this database"
                f" does not know {unknown}: correct it, or the address of the database"
            )
    elif connection.scalar(folder.expected):
        raise NotOurs(
            f"{folder.variable} is {folder.path}, where the files that this database knows are not:"
            " mount it, or put them back"
        )
    wanted = uuid4()
    connection.execute(_TAKE, {"kind": folder.kind, "id": wanted})
    mark(folder.path, wanted)
