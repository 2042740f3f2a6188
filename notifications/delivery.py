"""Stage two: a pending e-mail is claimed, checked, marked, sent, and its outcome written.

Each function is one step in the caller's transaction; none is open while a provider thinks.
Leases are instants of the database's clock. A step that names a fence does nothing, and says so,
once somebody else has claimed the delivery.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, and_, column, func, select, table, update

from notifications.backoff import delay
from notifications.model import Delivery, DeliveryState
from notifications.recipients import entitled
from services.shared.alerts import Alert, AlertState
from services.shared.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=60)
# Left on the lease when the content leaves: more than any answer of the provider may take.
MARGIN = timedelta(seconds=15)
_NO_SYNC = {"synchronize_session": False}
_CASES = table("cases", column("id", Uuid), column("code", String))


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A claimed delivery with what its message needs. `to` is None when the right is lost."""

    delivery_id: UUID
    alert_id: UUID
    fence: int
    attempts: int
    message_id: str
    possible_duplicate: bool
    kind: str
    facts: dict[str, Any]
    code: str | None
    to: str | None
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended. `reached_nobody` only if the provider said that it kept nothing."""

    state: DeliveryState
    error: str | None = None
    reached_nobody: bool = False


SENT = Outcome(state=DeliveryState.SENT)


def claim(*, limit: int, uow: UnitOfWork) -> list[Letter]:
    """Take up to `limit` e-mails whose turn it is, oldest first, for the length of a lease.

    A delivery whose content left in an earlier attempt is marked as a possible duplicate here.
    """
    due = (
        select(Delivery.id)
        .where(Delivery.channel == "email", Delivery.state == "pending")
        .where(Delivery.next_at <= uow.now())
        .order_by(Delivery.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(Delivery)
        .where(Delivery.id == due.c.id)
        .values(
            state=DeliveryState.SENDING.value,
            lease_until=func.clock_timestamp() + LEASE,
            fence=Delivery.fence + 1,
            attempts=Delivery.attempts + 1,
            possible_duplicate=Delivery.possible_duplicate | Delivery.data_at.is_not(None),
        )
        .returning(Delivery.id, Delivery.alert_id)
    )
    claimed = uow.session.execute(taken, execution_options=_NO_SYNC).all()
    if not claimed:
        return []
    return _letters([row.id for row in claimed], [row.alert_id for row in claimed], uow)


def _letters(ids: list[UUID], alerts: list[UUID], uow: UnitOfWork) -> list[Letter]:
    who = entitled(alerts, uow.now())
    mine = and_(
        who.c.alert_id == Delivery.alert_id,
        who.c.professional_id == Delivery.professional_id,
    )
    letters = (
        select(
            Delivery.id.label("delivery_id"),
            Delivery.alert_id,
            Delivery.fence,
            Delivery.attempts,
            Delivery.message_id,
            Delivery.possible_duplicate,
            Alert.kind,
            Alert.facts,
            _CASES.c.code,
            who.c.email.label("to"),
            who.c.language,
        )
        .join(Alert, Alert.id == Delivery.alert_id)
        .outerjoin(_CASES, _CASES.c.id == Alert.case_id)
        .outerjoin(who, mine)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.next_at)
    )
    rows = uow.session.execute(letters).mappings()
    return [Letter(**row) for row in rows]


def mark_data(letter: Letter, *, uow: UnitOfWork) -> bool:
    """Mark the point of no return: the caller commits this before the content leaves.

    False, and nothing marked, if the claim is no longer ours, its lease is nearly over, or the
    person lost the right since.
    """
    who = entitled([letter.alert_id], uow.now())
    marked = (
        update(Delivery)
        .where(*_held(letter), Delivery.lease_until > func.clock_timestamp() + MARGIN)
        .where(Delivery.professional_id.in_(select(who.c.professional_id)))
        .values(data_at=uow.now())
        .returning(Delivery.id)
    )
    done = uow.session.execute(marked, execution_options=_NO_SYNC)
    return done.first() is not None


def withdraw(letter: Letter, *, uow: UnitOfWork) -> bool:
    """Cancel a delivery whose person may no longer know, and plan its alert again for the holders
    of now. False, and nothing done, if the person may, or if the claim is no longer ours.
    """
    alert = select(Alert.state).where(Alert.id == letter.alert_id).with_for_update()
    state = uow.session.scalars(alert).one()
    who = entitled([letter.alert_id], uow.now())
    cancelled = (
        update(Delivery)
        .where(*_held(letter))
        .where(Delivery.professional_id.not_in(select(who.c.professional_id)))
        .values(state=DeliveryState.CANCELLED.value, lease_until=None, last_error="may-not-know")
        .returning(Delivery.id)
    )
    if uow.session.execute(cancelled, execution_options=_NO_SYNC).first() is None:
        return False
    if state == AlertState.SENDING:
        again = update(Alert).where(Alert.id == letter.alert_id)
        again = again.values(state=AlertState.PLANNED.value, next_at=None)
        uow.session.execute(again, execution_options=_NO_SYNC)
    return True


def finish(letter: Letter, outcome: Outcome, *, uow: UnitOfWork) -> bool:
    """Write how the attempt ended; False, and nothing written, if the claim is no longer ours."""
    now = uow.now()
    values: dict[str, Any] = {
        "state": outcome.state.value,
        "last_error": outcome.error,
        "lease_until": None,
    }
    if outcome.state == DeliveryState.PENDING:
        values["next_at"] = now + delay(letter.attempts)
    if outcome.state == DeliveryState.SENT:
        values["sent_at"] = now
    if outcome.reached_nobody:
        values["data_at"] = None
    return _write(letter, values, uow)


def release(letter: Letter, *, uow: UnitOfWork) -> bool:
    """Give back, untried, what was claimed: whoever comes next takes it at once."""
    untried = {
        "state": DeliveryState.PENDING.value,
        "lease_until": None,
        "attempts": Delivery.attempts - 1,
    }
    return _write(letter, untried, uow)


def reap(*, uow: UnitOfWork) -> int:
    """Take back every expired lease, however old: its holder is dead, frozen or cut off."""
    expired = (
        update(Delivery)
        .where(Delivery.state == "sending", Delivery.lease_until < func.clock_timestamp())
        .values(state=DeliveryState.PENDING.value, lease_until=None, last_error="lease-expired")
        .returning(Delivery.id)
    )
    return len(uow.session.execute(expired, execution_options=_NO_SYNC).all())


def _held(letter: Letter) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.id == letter.delivery_id,
        Delivery.fence == letter.fence,
        Delivery.state == DeliveryState.SENDING.value,
    )


def _write(letter: Letter, values: dict[str, Any], uow: UnitOfWork) -> bool:
    written = update(Delivery).where(*_held(letter)).values(values).returning(Delivery.id)
    return uow.session.execute(written, execution_options=_NO_SYNC).first() is not None
