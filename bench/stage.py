"""The servers a figure is measured on: PostgreSQL with its durable settings, and a mail server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bench.sink import LOOPBACK
from infra.embedded.postgres import Cluster
from infra.embedded.process import die_with_parent
from infra.migrations.models import EMPTY_AT_FIRST
from infra.migrations.run import upgrade

START_SECONDS = 20.0
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class MailPlace:
    """Where the mail server listens, as the e-mail channel wants to know it."""

    port: int
    host: str = LOOPBACK
    username: str = ""
    password: str = ""
    security: str = "plain"


@dataclass(frozen=True)
class Stage:
    folder: Path
    cluster: Cluster
    mail: MailPlace

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """May put anything in place: no policy, no trigger, no foreign key."""
        with psycopg.connect(plain_url(self.cluster, "postgres"), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            yield connection

    def empty(self) -> None:
        names = ", ".join(EMPTY_AT_FIRST)
        with self.superuser() as connection:
            connection.execute(f"TRUNCATE {names} CASCADE")


def plain_url(cluster: Cluster, role: str) -> str:
    url = make_url(cluster.url(role)).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


@contextmanager
def staged() -> Iterator[Stage]:
    """Temporary servers, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="maillage-bench-"))
    folder.chmod(0o711)
    cluster = Cluster(folder / "postgres")
    try:
        cluster.prepare()
        cluster.start()
        cluster.wait_ready()
        upgrade(cluster.url("maillage_owner"))
        with running("bench.sink", free_port()) as port:
            yield Stage(folder, cluster, MailPlace(port))
    finally:
        cluster.destroy()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(module: str, port: int, **environment: str) -> Iterator[int]:
    """`python -m MODULE PORT` in a process of its own, while the block lasts; its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(port)],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one C call
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
