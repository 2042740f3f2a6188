"""Folders of the embedded servers, whoever runs them and however long the path is."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

SOCKET_PATH_LIMIT = 100  # sun_path holds 104 bytes on macOS, 108 on Linux
# Paths of sockets go through addresses, comma-separated settings and redis-py's reading of CLIENT
# INFO, which splits at spaces and equals signs. What is not this plain goes elsewhere.
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


class UnsafePlace(Exception):
    """A directory that should be ours alone belongs to, or can be written by, somebody else."""


def private_directory(path: Path, owner: int | None = None, mode: int = 0o700) -> Path:
    """Create it for one user; refuse one that somebody else could have prepared."""
    user = os.getuid() if owner is None else owner
    if not path.exists():
        path.mkdir(parents=True, mode=mode)
        if user != os.getuid():
            os.chown(path, user, -1)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o022:
        raise UnsafePlace(f"{path} is not a private directory of user {user}: remove it.")
    path.chmod(mode)
    return path


def data_directory(path: Path) -> Path:
    """DATA itself: closed to others; as root passable, so that PostgreSQL's user gets through."""
    if not path.exists():
        path.mkdir(parents=True, mode=0o711 if os.getuid() == 0 else 0o700)
    return path.resolve()


def socket_directory(wanted: Path, name: str, owner: int | None = None) -> Path:
    """`wanted`, or a short private place named after it when `wanted`/`name` is too long or holds
    spaces, quotes and their like.
    """
    if _fits(wanted / name):
        return private_directory(wanted, owner)
    short = f"maillage-{os.getuid()}-{path_hash(wanted)}"
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - checked to be ours
        if _fits(base / short / name):
            return private_directory(base / short, owner)
    raise UnsafePlace(f"no directory is short enough for the socket {name}: set TMPDIR.")


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) < SOCKET_PATH_LIMIT and bool(_PLAIN.fullmatch(str(path)))


def path_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
