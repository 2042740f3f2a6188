"""The database that a command is about: that of the environment, or the embedded one of a folder.

It is started for the command, and stopped after it, if `maillage up` does not run it.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.embedded.lock import AlreadyRunning, DataLock
from infra.embedded.postgres import Cluster
from infra.settings import DATABASE_VARIABLES, SettingsError, database_url


def add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DATA") or ".data"))


@contextmanager
def kept_database(variable: str, data: Path, prog: str) -> Iterator[str]:
    """The address of `variable`, or of its role in the cluster of `data`."""
    if os.environ.get(variable):
        yield database_url(os.environ, variable)
        return
    nothing = SettingsError(
        f"{data} holds no database: set {variable}, or name the folder with --data."
    )
    if not data.is_dir():
        raise nothing
    cluster = Cluster(data.resolve() / "postgres")
    if not cluster.data.exists():
        raise nothing
    with _running(cluster, data, prog):
        yield cluster.url(DATABASE_VARIABLES[variable])


@contextmanager
def _running(cluster: Cluster, data: Path, prog: str) -> Iterator[None]:
    if cluster.answers():
        yield
        return
    try:
        lock = DataLock(data.resolve(), prog)
    except AlreadyRunning as starting:
        raise SettingsError(f"{starting} Wait until it is ready.") from starting
    cluster.recover()
    cluster.start()
    try:
        cluster.wait_ready()
        yield
    finally:
        cluster.stop()
        os.close(lock.descriptor)
