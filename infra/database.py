"""The way to PostgreSQL: pools, and the transaction that carries who acts and when.

Row-level security reads `app.professional` (or the household's session) and `app.now`; all are set
for one transaction only (`set_config(..., true)`), so that nothing stays on a pooled connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg import Connection, RawCursor
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from services.shared.actor import Acting, Actor, HouseholdMember, Visitor
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork

# At the beginning of every transaction: sent to the driver as it stands.
_CONTEXT = (
    "SELECT set_config('app.professional', %(who)s, true), set_config('app.now', %(at)s, true)"
)
_HOUSEHOLD = text(
    "SELECT set_config('app.portal_session', :session, true),"
    " set_config('app.visitor', :door, true)"
)


_POOL: dict[str, Any] = {
    "max_overflow": 0,
    "pool_timeout": 2,
    "pool_pre_ping": True,
    # The connection that was used last has planned what is asked most.
    "pool_use_lifo": True,
    "hide_parameters": True,
}
_CONNECT: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 8000}


class KeepsPlans(Connection[Any]):
    """A connection that keeps its prepared statements when a refusal rolls a transaction back.

    psycopg forgets all of them, as the transaction may have created what they name. None of ours
    does, and planning who sees which rows takes longer than asking it. After a statement that
    failed they are forgotten all the same: a migration meanwhile may have outdated its plan. It
    keeps as many as the API has statements; psycopg's own bound is 100.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.prepared_max = 600

    def rollback(self) -> None:
        """End the transaction. OperationalError if the server is gone."""
        unharmed = self.pgconn.transaction_status == TransactionStatus.INTRANS
        if not (unharmed and self.pgconn.exec_(b"ROLLBACK").status == ExecStatus.COMMAND_OK):
            super().rollback()


class Database:
    """Two pools for one role. Opens no connection until the first transaction."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        # Prepared when first asked: psycopg would have it planned anew a few times before.
        self.engine: Engine = create_engine(
            url, pool_size=pool_size, connect_args=_CONNECT | {"prepare_threshold": 0}, **_POOL
        )
        event.listen(self.engine, "do_connect", _connect)
        # For one statement that is executed over and over, each time a transaction of its own. It
        # is planned once a connection, not for each of its values: planning who is entitled takes
        # seven times as long as asking it (docs/decisions/0038). RawCursor: the statement is sent
        # as it is written, and not searched for placeholders each time.
        self.repeating: Engine = create_engine(
            url,
            pool_size=pool_size,
            isolation_level="AUTOCOMMIT",
            paramstyle="numeric_dollar",
            connect_args=_CONNECT
            | {
                "prepare_threshold": 0,
                "options": "-c plan_cache_mode=force_generic_plan",
                "cursor_factory": RawCursor,
            },
            **_POOL,
        )
        for engine in (self.engine, self.repeating):
            engine.dialect.do_ping = _is_alive  # type: ignore[assignment, method-assign]
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
            uow.write_entries()

    def dispose(self) -> None:
        self.engine.dispose()
        self.repeating.dispose()


def bind_context(session: Session, *, actor: Acting | None, now: datetime) -> None:
    """Tell row-level security who reads and at which instant, until the transaction ends.

    Only an `Actor` is a professional: nobody of a household ever passes for one.
    """
    who = str(actor.id) if isinstance(actor, Actor) else ""
    session.connection().exec_driver_sql(_CONTEXT, {"who": who, "at": now.isoformat()})
    if isinstance(actor, HouseholdMember):
        session.execute(_HOUSEHOLD, {"session": str(actor.session_id), "door": ""})
    elif isinstance(actor, Visitor):
        session.execute(_HOUSEHOLD, {"session": "", "door": str(actor.id)})


def _connect(_dialect: object, _record: object, args: list[Any], more: dict[str, Any]) -> Any:
    return KeepsPlans.connect(*args, **more)


def _is_alive(connection: Any) -> bool:
    """Whether its server answers: asked each time a pool gives a connection out, so in one exchange
    with nothing around it. psycopg would leave and enter the mode in which it opens transactions.
    """
    return bool(connection.pgconn.exec_(b"").status == ExecStatus.EMPTY_QUERY)
