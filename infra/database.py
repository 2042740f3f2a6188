"""The way to PostgreSQL: pools, and the transaction that carries who acts and when.

Row-level security reads `app.professional` (or the household's session) and `app.now`; all are set
for one transaction only (`set_config(..., true)`), so that nothing stays on a pooled connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from services.shared.actor import Acting, Actor, HouseholdMember, Visitor
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork

_CONTEXT = text(
    "SELECT set_config('app.professional', :who, true), set_config('app.now', :at, true)"
)
_HOUSEHOLD = text(
    "SELECT set_config('app.portal_session', :session, true),"
    " set_config('app.visitor', :door, true)"
)


class Database:
    """One pool for one role. Opens no connection until the first transaction."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 3, "tcp_user_timeout": 8000, "prepare_threshold": 2},
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=True)

    @contextmanager
    def transaction(
        self, *, clock: Clock, actor: Acting | None, request_id: str | None = None
    ) -> Iterator[UnitOfWork]:
        """A unit of work as `actor`: commits on a clean exit, rolls back on any exception."""
        with self._sessions() as session, session.begin():
            uow = UnitOfWork(session, clock, request_id)
            bind_context(session, actor=actor, now=uow.now())
            yield uow

    def dispose(self) -> None:
        self.engine.dispose()


def bind_context(session: Session, *, actor: Acting | None, now: datetime) -> None:
    """Tell row-level security who reads and at which instant, until the transaction ends.

    Only an `Actor` is a professional: nobody of a household ever passes for one.
    """
    who = str(actor.id) if isinstance(actor, Actor) else ""
    session.execute(_CONTEXT, {"who": who, "at": now.isoformat()})
    if isinstance(actor, HouseholdMember):
        session.execute(_HOUSEHOLD, {"session": str(actor.session_id), "door": ""})
    elif isinstance(actor, Visitor):
        session.execute(_HOUSEHOLD, {"session": "", "door": str(actor.id)})
