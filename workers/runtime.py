"""What a worker or sweeper works with; built once, in `workers.main`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from infra.database import Database
from infra.files.scanner import Scanner
from infra.files.store import DocumentStore
from notifications import failpoints
from notifications.channels.base import Channel
from notifications.channels.https import Client
from notifications.channels.sms import Gateway
from notifications.lease import LEASE
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring
from workers.presence import Presence
from workers.stopping import Stop


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
    # None: this process posts no webhooks; `keyring` opens the secrets that sign them.
    webhooks: Client | None = None
    keyring: Keyring = field(default_factory=lambda: Keyring(None))
    # The keys of ballots; None: none is opened, and none is planned either.
    case_keys: CaseKeys | None = None
    # None: no gateway is configured, and nobody is sent an SMS. `keyring` opens the numbers.
    sms: Gateway | None = None
    # How long a claimed e-mail is ours alone.
    lease: timedelta = LEASE
    # Whom to send a canary to; empty: nobody watches from outside.
    canary_mailbox: str = ""
    # None: nobody sees that this process lives, and its claims are free when their lease is over.
    presence: Presence | None = None
    stop: Stop = field(default_factory=Stop)

    @contextmanager
    def transaction(self, step: str = "") -> Iterator[UnitOfWork]:
        """The worker acts as nobody: its rights are those of its database role.

        `step` names the commit, for the tests that kill on either side of it.
        """
        with self.database.transaction(clock=self.clock, actor=None) as uow:
            yield uow
            failpoints.before(step)
        failpoints.after(step)

    def held_by(self) -> int | None:
        return self.presence.number() if self.presence else None

    def repeating(self) -> AbstractContextManager[Connection]:
        return self.database.repeating.connect()
