"""What the senders work with, and which failures are whose. Built by `workers.main`."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from notifications.channels.base import Channel
from notifications.channels.https import Client
from notifications.channels.sms import Gateway
from services.shared.clock import Clock
from services.shared.errors import DomainError
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.sealing import Keyring

# The database is away, restarting or overloaded: what was begun is rolled back and comes again.
AWAY = (OperationalError, InterfaceError, PoolTimeout)
# What a faulty row, or the code that meets it, can raise. It costs that row its turn, not the
# others theirs; a database that is gone raises once more when the fault is noted, and ends the
# round.
POISON = (
    DomainError,
    SQLAlchemyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Stop(Protocol):
    """Whether this process was asked to leave."""

    @property
    def requested(self) -> bool: ...


class Runtime(Protocol):
    """`workers.runtime.Runtime` is one. None for a channel that is not configured."""

    @property
    def clock(self) -> Clock: ...
    @property
    def email(self) -> Channel: ...
    @property
    def webhooks(self) -> Client | None: ...
    @property
    def sms(self) -> Gateway | None: ...
    @property
    def keyring(self) -> Keyring: ...
    @property
    def public_url(self) -> str: ...
    @property
    def mail_domain(self) -> str: ...
    @property
    def lease(self) -> timedelta: ...
    @property
    def stop(self) -> Stop: ...

    def held_by(self) -> int | None:
        """Under which number this process claims (notifications.lease.HOLDERS)."""
        ...

    def transaction(self, step: str = "") -> AbstractContextManager[UnitOfWork]:
        """`step` names the commit, for the tests that kill on either side of it."""
        ...

    def repeating(self) -> AbstractContextManager[Connection]:
        """A connection for one statement executed over and over, each its own transaction."""
        ...
