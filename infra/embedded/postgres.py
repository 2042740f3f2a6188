"""PostgreSQL 18 from the wheel, as our own child, on a Unix socket only."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from infra.embedded.install import Account, cluster_home, program
from infra.embedded.places import socket_directory
from infra.embedded.process import StartFailed, die_with_parent, end

DATABASE = "maillage"
SUPERUSER = "postgres"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
ROLES = Path(__file__).parents[1] / "deploy" / "roles.sql"
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST")
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "jit": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
}
INITDB_LIMIT = 60
STOP_LIMIT = 10
POLL = 0.01


class ClusterFailed(StartFailed):
    """PostgreSQL could not be prepared or did not start; the sentence says where its log is."""


class Cluster:
    """One embedded PostgreSQL. `settings` override the defaults (tests turn fsync off)."""

    stop_signal = signal.SIGINT  # "fast": ends sessions; SIGTERM would wait for them to leave

    def __init__(
        self, path: Path, *, settings: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self.account = Account.for_servers()
        self.home = cluster_home(path.absolute(), self.account)
        self.data = self.home / "data"
        self.sockets = socket_directory(self.home / "run", SOCKET_NAME, self.account.uid)
        self.log = log or self.home / "postgres.log"
        self.settings = {**SETTINGS, **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, role: str, database: str = DATABASE) -> str:
        place = quote(str(self.sockets), safe="")
        return f"postgresql+psycopg://{role}@/{database}?host={place}&port={PORT}"

    def prepare(self) -> None:
        """Make the cluster if there is none. Renamed into place, so half of one never counts."""
        if self.data.exists():
            return
        unfinished = self.home / "data.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        options = ["-D", unfinished, "-U", SUPERUSER, "--encoding=UTF8", *LOCALE]
        options += ["--auth-local=trust", "--auth-host=reject", "--data-checksums"]
        options += ["--no-sync"] if self.settings["fsync"] == "off" else []
        self._run("initdb", *map(str, options))
        unfinished.rename(self.data)

    def recover(self) -> None:
        """Stop what a killed predecessor left running here, and drop its stale lock file."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        end(self._left_behind(), grace=STOP_LIMIT, first=self.stop_signal)
        lock.unlink(missing_ok=True)

    def start(self) -> subprocess.Popen[bytes]:
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        options += [f"--unix_socket_directories={self.sockets}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                [program("postgres", self.account), "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                env=_clean_environment(),
                process_group=0,
                preexec_fn=die_with_parent(self.stop_signal),  # noqa: PLW1509 - one C call
                **self.account.switch(),
            )
        assert self.process is not None
        return self.process

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Wait until it answers; then roles and database exist too."""
        deadline = time.monotonic() + timeout
        while not self.answers():
            if self.process is not None and self.process.poll() is not None:
                raise ClusterFailed(f"PostgreSQL stopped while starting: see {self.log}.")
            if time.monotonic() > deadline:
                raise ClusterFailed(f"PostgreSQL was not ready in {timeout:g} s: see {self.log}.")
            time.sleep(POLL)
        self._provision()

    def answers(self) -> bool:
        try:
            self._connect("template1").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            end([psutil.Process(self.process.pid)], grace=STOP_LIMIT, first=self.stop_signal)
        self.process.wait(STOP_LIMIT)
        self.process = None

    def destroy(self) -> None:
        """Remove a cluster made for a test, even when it lives outside the test's folder."""
        self.stop()
        for place in (self.home, self.sockets):
            shutil.rmtree(place, ignore_errors=True)

    def _provision(self) -> None:
        """Roles and database, again only when roles.sql has changed since the last time."""
        done, wanted = self.home / "roles.sql", ROLES.read_bytes()
        if done.exists() and done.read_bytes() == wanted:
            return
        with self._connect("postgres") as server:
            query = "SELECT FROM pg_database WHERE datname = %s"
            if server.execute(query, (DATABASE,)).fetchone() is None:
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        with self._connect(DATABASE) as database:
            database.execute(wanted)
        done.write_bytes(wanted)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _run(self, name: str, *options: str) -> None:
        try:
            with self.log.open("ab") as log:
                subprocess.run(  # type: ignore[call-overload]
                    [program(name, self.account), *options],
                    cwd=self.home,
                    env=_clean_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    timeout=INITDB_LIMIT,
                    check=True,
                    **self.account.switch(),
                )
        except subprocess.SubprocessError as error:
            raise ClusterFailed(f"{name} failed: see {self.log}.") from error

    def _left_behind(self) -> list[psutil.Process]:
        """Servers left behind; each works in its data directory, the postmaster comes first."""
        found = [p for p in psutil.process_iter(["name"]) if p.info["name"] == "postgres"]
        mine = [p for p in found if _works_in(p, self.data)]
        return sorted(mine, key=lambda process: process.create_time())


def _works_in(process: psutil.Process, directory: Path) -> bool:
    try:
        return process.cwd() == str(directory.resolve())
    except (psutil.Error, OSError):
        return False


def _clean_environment() -> dict[str, str]:
    """The environment without PGDATA, PGPORT and their like, which would change what we ask."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
