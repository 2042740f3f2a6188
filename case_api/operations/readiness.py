"""Can this process serve? The database decides; Redis, mail and the provider are only reported."""

import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.database import Database
from infra.erasure.replaying import require_replayed
from infra.files.taking import take_folders
from infra.migrations.run import serves
from infra.selftest import check_role
from infra.settings import Settings
from infra.unfit import Unfit
from notifications.operations.figures import CRASHES_ALLOWED, PARTS

CONNECT_SECONDS = 0.5
REMEMBERED_SECONDS = 1.0
_PORTS = {"redis": 6379, "rediss": 6379, "smtp": 25, "smtps": 465, "http": 80, "https": 443}
_PROCESSES = text("SELECT part, alive, crashed FROM part_figures()")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Part:
    name: str
    is_up: bool
    required: bool


class Readiness:
    """The state of the parts. Probes ask often: an answer is reused for a second."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._lock = threading.Lock()
        self._parts: list[Part] = []
        self._asked_at: float | None = None

    def parts(self) -> list[Part]:
        with self._lock:
            if self._asked_at is None or time.monotonic() - self._asked_at > REMEMBERED_SECONDS:
                found = [*self._database_parts(), *self._processes(), *self._other_parts()]
                self._parts = found
                self._asked_at = time.monotonic()
            return self._parts

    def _database_parts(self) -> list[Part]:
        """Reached as the API's role, at this program's schema, bound by row-level security, with
        folders of its own, and aware of every erasure and withdrawal that the ledger outside knows.
        """
        reached = current = tested = replayed = ours = False
        try:
            with self._database.engine.connect() as connection:
                reached = True
                current = serves(connection)
            check_role(self._database.engine)
            tested = True
            with self._database.engine.connect() as connection:
                require_replayed(self._settings.erasure_ledger, connection)
            replayed = True
            take_folders(self._settings, self._database.engine)
            ours = True
        except (Unfit, SQLAlchemyError, OSError) as error:
            _log.warning("readiness.failed", error=type(error).__name__)
        states = {"database": reached, "schema": current, "self_test": tested}
        states |= {"erasure_ledger": replayed, "folders": ours}
        return [Part(name, is_up, required=True) for name, is_up in states.items()]

    def _processes(self) -> list[Part]:
        """Sweepers and workers: some live, and they do not die again and again."""
        try:
            with self._database.engine.connect() as connection:
                rows = connection.execute(_PROCESSES).all()
        except SQLAlchemyError:
            rows = []
        well = {row.part for row in rows if row.alive and row.crashed <= CRASHES_ALLOWED}
        return [Part(f"{part}s", part in well, required=False) for part in PARTS]

    def _other_parts(self) -> list[Part]:
        urls = {
            "redis": self._settings.redis_url,
            "mail": self._settings.smtp_url,
            "identity_provider": self._settings.oidc_issuer,
        }
        return [Part(name, _answers(url), required=False) for name, url in urls.items()]


def _answers(url: str) -> bool:
    """Whether anybody listens there; says nothing more, and needs no password."""
    place = urlsplit(url)
    is_unix = place.scheme == "unix"
    family = socket.AF_UNIX if is_unix else socket.AF_INET
    try:
        if is_unix:
            with socket.socket(family, socket.SOCK_STREAM) as client:
                client.settimeout(CONNECT_SECONDS)
                client.connect(place.path)
        else:
            port = place.port or _PORTS[place.scheme]
            socket.create_connection((place.hostname or "", port), CONNECT_SECONDS).close()
    except (OSError, KeyError, ValueError):
        return False
    return True
