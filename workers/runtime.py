"""What a worker or sweeper works with; built once, in `workers.main`."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from infra.database import Database
from infra.files.scanner import Scanner
from infra.files.store import DocumentStore
from notifications.channels.base import Channel
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork
from workers.stopping import Stop

# The database is away, restarting or overloaded: what was begun is rolled back and comes again.
AWAY = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True, kw_only=True)
class Runtime:
    database: Database
    clock: Clock
    email: Channel
    public_url: str
    # The right-hand side of Message-IDs.
    mail_domain: str
    documents: DocumentStore
    # None: no scanner is configured, and what waits in quarantine stays there.
    scanner: Scanner | None = None
    stop: Stop = field(default_factory=Stop)

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """The worker acts as nobody: its rights are those of its database role."""
        return self.database.transaction(clock=self.clock, actor=None)
