"""Stage two: a pending e-mail or SMS is claimed, checked, marked, sent, and its outcome written.

Each function is one step in the caller's transaction; none is open while a provider thinks.
Leases are instants of the database's clock. A step that names a fence does nothing, and says so,
once somebody else has claimed the delivery.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    Interval,
    String,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    column,
    exists,
    false,
    func,
    literal,
    select,
    table,
    update,
)

from notifications import attempts, digests, known
from notifications.backoff import delay
from notifications.catalogue import DIGEST_KIND
from notifications.letters import SENT, Letter, Outcome, Turn
from notifications.model import ChannelName, Delivery, DeliveryState
from notifications.recipients import entitled
from services.shared.alerts import Alert, AlertState
from services.shared.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=60)
# Left on the lease when the content leaves: more than any answer of the provider may take.
MARGIN = timedelta(seconds=15)
_NO_SYNC = {"synchronize_session": False}
_CASES = table("cases", column("id", Uuid), column("code", String))


# What follows is built once: building such a statement costs more than executing it. The values
# of `entitled` are given with the others, at each execution.
_NOW = bindparam("now", type_=DateTime(timezone=True))
_ACCEPTED_AT = bindparam("accepted_at", type_=DateTime(timezone=True))
_WHO = entitled([], datetime.fromtimestamp(0, UTC))
_DUE = (
    select(Delivery.id)
    # In the text of the statement, so that each channel is planned by its own index.
    .where(Delivery.channel == bindparam("by_channel", type_=Text, literal_execute=True))
    .where(Delivery.state == "pending", Delivery.next_at <= _NOW, known.has_words())
    .order_by(Delivery.next_at)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = (
    update(Delivery)
    .where(Delivery.id == _DUE.c.id)
    .values(
        state=DeliveryState.SENDING.value,
        lease_until=func.clock_timestamp() + bindparam("lease", type_=Interval),
        fence=Delivery.fence + 1,
        claimed_at=_NOW,
        attempts=Delivery.attempts + 1,
        possible_duplicate=Delivery.possible_duplicate | Delivery.data_at.is_not(None),
    )
    .returning(Delivery.id, Delivery.alert_id)
)
_LETTERS = (
    select(
        Delivery.id.label("delivery_id"),
        Delivery.alert_id,
        Delivery.professional_id,
        Delivery.fence,
        Delivery.attempts,
        Delivery.message_id,
        Delivery.possible_duplicate,
        Delivery.faults,
        Alert.kind,
        Alert.facts,
        _CASES.c.code,
        _WHO.c.email.label("to"),
        _WHO.c.language,
    )
    .join(Alert, Alert.id == Delivery.alert_id)
    .outerjoin(_CASES, _CASES.c.id == Alert.case_id)
    .outerjoin(
        _WHO,
        and_(
            _WHO.c.alert_id == Delivery.alert_id,
            _WHO.c.professional_id == Delivery.professional_id,
        ),
    )
    .where(Delivery.id == any_(bindparam("claimed", type_=ARRAY(Uuid))))
    .order_by(Delivery.next_at)
)


def _named(prefix: str) -> tuple[ColumnElement[bool], ...]:
    """The delivery of a letter given as two values; nothing at all if they are null."""
    return (
        Delivery.id == bindparam(f"{prefix}_delivery", type_=Uuid),
        Delivery.fence == bindparam(f"{prefix}_fence", type_=BigInteger),
        Delivery.state == DeliveryState.SENDING.value,
    )


_ENDED = (
    update(Delivery)
    .where(*_named("ended"))
    .values(
        state=bindparam("ends_as", type_=Text),
        last_error=bindparam("failed_with", type_=Text),
        lease_until=None,
        next_at=func.coalesce(
            bindparam("again_at", type_=DateTime(timezone=True)), Delivery.next_at
        ),
        sent_at=func.coalesce(_ACCEPTED_AT, Delivery.sent_at),
        data_at=case((bindparam("reached_nobody", type_=Boolean), None), else_=Delivery.data_at),
        faults=Delivery.faults + bindparam("more_faults", type_=Integer),
        # Since the first time: what is tried again in vain pages nobody anew.
        set_aside_at=case(
            (_ACCEPTED_AT.is_not(None), None),
            else_=func.coalesce(
                Delivery.set_aside_at, bindparam("aside_at", type_=DateTime(timezone=True))
            ),
        ),
    )
    .returning(Delivery.id)
    .cte("ended")
)
_KEPT = attempts.kept(
    _ENDED,
    bindparam("ends_as", type_=Text),
    bindparam("failed_with", type_=Text),
    bindparam("reached_nobody", type_=Boolean),
)
# The alert itself, and each of which a digest tells: all or nothing.
_KNOWN_TO_THEM = (
    select(func.count())
    .select_from(_WHO)
    .where(_WHO.c.professional_id == Delivery.professional_id)
    .scalar_subquery()
)
_MARKED = (
    update(Delivery)
    .where(*_named("marked"), Delivery.lease_until > func.clock_timestamp() + MARGIN)
    .where(bindparam("told", type_=Integer) == _KNOWN_TO_THEM)
    .values(data_at=_NOW)
    .returning(Delivery.id)
    .cte("marked")
)
_TURN = select(
    exists(select(_ENDED.c.id)).label("ended"), exists(select(_MARKED.c.id)).label("marked")
).add_cte(_KEPT)


_EXPIRED = (
    update(Delivery)
    .where(Delivery.state == "sending", Delivery.lease_until < func.clock_timestamp())
    .values(state=DeliveryState.PENDING.value, lease_until=None, last_error="lease-expired")
    .returning(Delivery.id)
    .cte("expired")
)
_LOST = attempts.kept(_EXPIRED, literal("expired"), literal("lease-expired"), false())
_REAP = select(_EXPIRED.c.id).add_cte(_LOST)


def claim(
    *,
    limit: int,
    uow: UnitOfWork,
    lease: timedelta = LEASE,
    channel: ChannelName = ChannelName.EMAIL,
) -> list[Letter]:
    """Take up to `limit` messages whose turn it is, oldest first, for the length of a lease.

    A delivery whose content left in an earlier attempt is marked as a possible duplicate here.
    """
    connection, now = uow.session.connection(), uow.now()
    asked = {"now": now, "at_most": limit, "lease": lease, "by_channel": channel.value}
    taken = connection.execute(_CLAIM, asked | {"known": known.KINDS}).all()
    if not taken:
        return []
    values = {"now": now, "claimed": [row.id for row in taken]}
    values["alerts"] = [row.alert_id for row in taken]
    letters = [Letter(**row) for row in connection.execute(_LETTERS, values).mappings()]
    return [each if each.kind != DIGEST_KIND else _filled(each, uow=uow) for each in letters]


def _filled(letter: Letter, *, uow: UnitOfWork) -> Letter:
    lines = digests.gather(letter.alert_id, letter.professional_id, uow=uow)
    return replace(letter, lines=lines)


def turn(
    ended: tuple[Letter, Outcome] | None,
    marked: Letter | None,
    *,
    now: datetime,
    connection: Connection,
) -> Turn:
    """In one statement: write how an attempt ended, and mark the next one's point of no return.

    The caller commits this before the next content leaves. Each half does nothing, and says so,
    if its claim is no longer ours; nothing is marked either if the lease is nearly over, or if
    the person lost the right since.
    """
    letter, outcome = ended or (None, SENT)
    told = [marked.alert_id, *(line.alert_id for line in marked.lines)] if marked else []
    again = letter is not None and outcome.state == DeliveryState.PENDING
    values = {
        "now": now,
        "ended_delivery": letter.delivery_id if letter else None,
        "ended_fence": letter.fence if letter else None,
        "ends_as": outcome.state.value,
        "failed_with": outcome.error,
        "again_at": now + delay(letter.attempts) if letter and again else None,
        "accepted_at": now if outcome.state == DeliveryState.SENT else None,
        "reached_nobody": outcome.reached_nobody,
        "more_faults": int(outcome.faulty),
        "aside_at": now if outcome.state == DeliveryState.SET_ASIDE else None,
        "marked_delivery": marked.delivery_id if marked else None,
        "marked_fence": marked.fence if marked else None,
        "alerts": told,
        "told": len(told),
    }
    return Turn(*connection.execute(_TURN, values).one())


def mark(letter: Letter, *, uow: UnitOfWork) -> bool:
    """The point of no return, of one letter alone."""
    return turn(None, letter, now=uow.now(), connection=uow.session.connection()).marked


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
    """Write the outcome alone; False, and nothing written, if the claim is no longer ours."""
    return turn((letter, outcome), None, now=uow.now(), connection=uow.session.connection()).ended


def release(letter: Letter, *, uow: UnitOfWork) -> bool:
    """Give back, untried, what was claimed: whoever comes next takes it at once."""
    untried = {
        "state": DeliveryState.PENDING.value,
        "lease_until": None,
        "attempts": Delivery.attempts - 1,
    }
    written = update(Delivery).where(*_held(letter)).values(untried).returning(Delivery.id)
    return uow.session.execute(written, execution_options=_NO_SYNC).first() is not None


def reap(*, uow: UnitOfWork) -> int:
    """Take back every expired lease, however old: its holder is dead, frozen or cut off."""
    return len(uow.session.connection().execute(_REAP, {"now": uow.now()}).all())


def _held(letter: Letter) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.id == letter.delivery_id,
        Delivery.fence == letter.fence,
        Delivery.state == DeliveryState.SENDING.value,
    )
