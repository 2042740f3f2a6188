"""The one way in which a row that waits is sent: by one process at a time, and never lost.

Two instants matter. A row is *claimed*: it is one process's alone until a lease by the database's
clock ends, under a fence that rises with each claim. Then that process is *committed to send* it:
that is durable before the content leaves, so whoever claims the row after a crash knows that it may
have arrived, and flags it. Between the two it may be given back untried or cancelled; after both
the attempt ends with an outcome. Each is one statement in the caller's transaction, and does
nothing under a fence that is no longer ours.

A claim is taken back when its lease is over, and at once when the session of its holder is: the
number of a process that lives is locked by a session of its own (HOLDERS), and a dead one's is not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    Interval,
    Row,
    Select,
    Text,
    Uuid,
    all_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from notifications.backoff import delay
from notifications.model import DeliveryState, Leased
from services.shared.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=60)
# Left on the lease when the content leaves: more than any answer of the provider may take.
MARGIN = timedelta(seconds=15)
# What fails here so often is set aside, for a person or a new release.
FAULTS_ALLOWED = 3

# The class of the advisory locks by which processes that hold claims show that they live.
HOLDERS = 7410
# The numbers of that class that are locked; asked once a statement, and only if anything is held.
LIVING = """
    ARRAY(SELECT CAST(CAST(l.objid AS bigint) AS integer) FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.classid = 7410 AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
NOW = bindparam("now", type_=DateTime(timezone=True))
ENDS_AS, FAILED_WITH = bindparam("ends_as", type_=Text), bindparam("failed_with", type_=Text)
REACHED_NOBODY = bindparam("reached_nobody", type_=Boolean)
ACCEPTED_AT = bindparam("accepted_at", type_=DateTime(timezone=True))
# What keeps an attempt that ended: the rows, and as what, with which code, reaching nobody or not.
Ledger = Callable[[CTE, ColumnElement[str], ColumnElement[str], ColumnElement[bool]], CTE]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that is ours until the lease ends."""

    delivery_id: UUID
    fence: int
    attempts: int
    possible_duplicate: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended. `reached_nobody` only if the provider said that it kept nothing;
    `faulty` if it failed here; `wait` before the next one, if not as after every failure.
    """

    state: DeliveryState
    error: str | None = None
    reached_nobody: bool = False
    faulty: bool = False
    wait: timedelta | None = None


SENT = Outcome(state=DeliveryState.SENT)


@dataclass(frozen=True)
class Done:
    """Which halves of a step were done."""

    ended: bool
    committed: bool


class Lease:
    """The protocol over one table. Its statements are built once: building one costs more than
    executing it. `due` selects, and locks, the ids of what may be claimed; `may_send` is what must
    hold when a process is committed to send; their own values are given at each execution.
    """

    def __init__(
        self,
        rows: type[Leased],
        *,
        due: Select[Any],
        may_send: ColumnElement[bool],
        told: Sequence[Any] = (),
        on_claim: Mapping[str, Any] | None = None,
        on_end: Mapping[str, Any] | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self._rows, self._ledger = rows, ledger
        self._claim = self._claiming(due, told, on_claim or {})
        self._step = self._stepping(may_send, on_end or {})
        self._take_back = self._taking_back()

    def claim(
        self, *, lease: timedelta, held_by: int | None, uow: UnitOfWork, **values: Any
    ) -> Sequence[Row[Any]]:
        """What was due and is ours now: its id, and what is `told` with it. What an earlier holder
        was committed to send is marked as a possible duplicate. `held_by` None: we hold no lock,
        and only the lease says that we live.
        """
        values |= {"now": uow.now(), "lease": lease, "held_by_us": held_by}
        return uow.session.connection().execute(self._claim, values).all()

    def step(
        self,
        ended: tuple[Claim, Outcome] | None,
        committed: Claim | None,
        *,
        now: datetime,
        connection: Connection,
        **values: Any,
    ) -> Done:
        """Write how an attempt ended and be committed to send the next, in one statement. Each half
        does nothing, and says so, if its claim is no longer ours; nobody is committed either if the
        lease is nearly over, or if what must hold does not.
        """
        values |= _of(ended, now) | {"now": now}
        values["committed_id"] = committed.delivery_id if committed else None
        values["committed_fence"] = committed.fence if committed else None
        return Done(*connection.execute(self._step, values).one())

    def cancel(
        self, claim: Claim, *, unless: ColumnElement[bool], uow: UnitOfWork, **values: Any
    ) -> bool:
        """End what may not be told any more. False, and nothing done, if it may, or is not ours."""
        changed = {"state": DeliveryState.CANCELLED.value, "last_error": "may-not-know"}
        return self._change(claim, ~unless, changed, uow, values)

    def give_back(self, claim: Claim, *, uow: UnitOfWork) -> bool:
        """Untried: whoever comes next takes it at once."""
        changed = {"state": DeliveryState.PENDING.value, "attempts": self._rows.attempts - 1}
        return self._change(claim, literal(True), changed, uow, {})

    def take_back(self, *, uow: UnitOfWork) -> int:
        """All whose lease is over, however old, or whose holder is gone: dead, frozen, cut off."""
        return len(uow.session.connection().execute(self._take_back, {"now": uow.now()}).all())

    def _change(
        self,
        claim: Claim,
        when: ColumnElement[bool],
        to: Mapping[str, Any],
        uow: UnitOfWork,
        values: Mapping[str, Any],
    ) -> bool:
        rows = self._rows
        held = (rows.id == claim.delivery_id, rows.fence == claim.fence)
        changed = (
            update(rows)
            .where(*held, rows.state == DeliveryState.SENDING.value, when)
            .values(lease_until=None, held_by=None, **to)
            .returning(rows.id)
        )
        return uow.session.connection().execute(changed, values).first() is not None

    def _claiming(self, due: Select[Any], told: Sequence[Any], more: Mapping[str, Any]) -> Any:
        rows, taken = self._rows, due.cte("due")
        return (
            update(rows)
            .where(rows.id == taken.c.id)
            .values(
                state=DeliveryState.SENDING.value,
                lease_until=func.clock_timestamp() + bindparam("lease", type_=Interval),
                held_by=bindparam("held_by_us", type_=Integer),
                fence=rows.fence + 1,
                attempts=rows.attempts + 1,
                possible_duplicate=rows.possible_duplicate | rows.data_at.is_not(None),
                **more,
            )
            .returning(rows.id, *told)
        )

    def _stepping(self, may_send: ColumnElement[bool], more: Mapping[str, Any]) -> Any:
        rows = self._rows
        again_at = bindparam("again_at", type_=DateTime(timezone=True))
        ended = (
            update(rows)
            .where(*self._named("ended"))
            .values(
                state=ENDS_AS,
                last_error=FAILED_WITH,
                lease_until=None,
                held_by=None,
                next_at=func.coalesce(again_at, rows.next_at),
                sent_at=func.coalesce(ACCEPTED_AT, rows.sent_at),
                data_at=case((REACHED_NOBODY, None), else_=rows.data_at),
                **more,
            )
            .returning(rows.id)
            .cte("ended")
        )
        committed = (
            update(rows)
            .where(*self._named("committed"), may_send)
            .where(rows.lease_until > func.clock_timestamp() + MARGIN)
            .values(data_at=NOW)
            .returning(rows.id)
            .cte("committed")
        )
        done = select(
            exists(select(ended.c.id)).label("ended"),
            exists(select(committed.c.id)).label("committed"),
        )
        return self._kept(done, ended, ENDS_AS, FAILED_WITH, REACHED_NOBODY)

    def _taking_back(self) -> Any:
        rows = self._rows
        is_over = rows.lease_until < func.clock_timestamp()
        is_gone = rows.held_by != all_(literal_column(LIVING, ARRAY(Integer)))
        why = case((is_over, "lease-expired"), else_="holder-gone")
        expired = (
            update(rows)
            .where(rows.state == literal_column("'sending'"), or_(is_over, is_gone))
            .values(state=DeliveryState.PENDING.value, lease_until=None, held_by=None)
            .values(last_error=why)
            .returning(rows.id)
            .cte("expired")
        )
        return self._kept(select(expired.c.id), expired, literal("expired"), why, false())

    def _kept(self, query: Any, ended: CTE, *how: Any) -> Any:
        return query.add_cte(self._ledger(ended, *how)) if self._ledger else query

    def _named(self, prefix: str) -> tuple[ColumnElement[bool], ...]:
        """The row of a claim given as two values; no row at all if they are null."""
        return (
            self._rows.id == bindparam(f"{prefix}_id", type_=Uuid),
            self._rows.fence == bindparam(f"{prefix}_fence", type_=BigInteger),
            self._rows.state == DeliveryState.SENDING.value,
        )


def _of(ended: tuple[Claim, Outcome] | None, now: datetime) -> dict[str, Any]:
    claim, outcome = ended or (None, SENT)
    again = claim is not None and outcome.state == DeliveryState.PENDING
    return {
        "ended_id": claim.delivery_id if claim else None,
        "ended_fence": claim.fence if claim else None,
        "ends_as": outcome.state.value,
        "failed_with": outcome.error,
        "again_at": now + (outcome.wait or delay(claim.attempts)) if claim and again else None,
        "accepted_at": now if outcome.state == DeliveryState.SENT else None,
        "reached_nobody": outcome.reached_nobody,
        "more_faults": int(outcome.faulty),
        "aside_at": now if outcome.state == DeliveryState.SET_ASIDE else None,
    }
