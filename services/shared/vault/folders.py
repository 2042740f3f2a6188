"""Folders that several processes share, each marked as one database's own (docs/decisions/0049).

A folder that is not mounted looks like an empty one, and that of another installation like a full
one. So nothing is written to a folder without its mark, and nothing is deleted from one whose mark
is not the id that the database knows.
"""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.errors import Unreadable
from services.shared.tables import PLAIN, Base
from services.shared.unit_of_work import UnitOfWork

# A file in the folder, whose one line is the id.
MARK = "INSTALLATION"


class FolderKind(StrEnum):
    DOCUMENTS = "documents"
    CASE_KEYS = "case_keys"


class SharedFolder(Base):
    """A folder that this database has taken into use; `id` is what its mark says."""

    __tablename__ = "shared_folders"

    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=PLAIN)
    id: Mapped[UUID]


def folder_id(kind: FolderKind, *, uow: UnitOfWork) -> UUID | None:
    """What the mark of that folder must say. None: no such folder is in use yet."""
    return uow.session.scalar(select(SharedFolder.id).where(SharedFolder.kind == kind))


def mark_of(folder: Path) -> UUID | None:
    """The id in the folder's mark; None without a mark, as without a folder."""
    try:
        return UUID((folder / MARK).read_text(encoding="ascii").strip())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        raise Unreadable("folder-not-ours") from None


def require_mark(folder: Path) -> None:
    """Unreadable unless the folder has a mark. Without one it may be a mount point, bare."""
    if mark_of(folder) is None:
        raise Unreadable("folder-not-ours")


def require_marked_as(wanted: UUID | None, folder: Path) -> None:
    """Unreadable unless the mark says that id."""
    if wanted is None or mark_of(folder) != wanted:
        raise Unreadable("folder-not-ours")


def mark(folder: Path, wanted: UUID) -> None:
    """Write the mark whole and durably, with its folder if there is none yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f".{secrets.token_hex(8)}"
    with unfinished.open("x", encoding="ascii") as file:
        file.write(f"{wanted}\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / MARK)
