"""What a digest tells, gathered anew at each attempt to send it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Uuid, and_, column, delete, exists, select, table, update
from sqlalchemy.orm import aliased

from notifications.model import ChannelName, Delivery, DeliveryState, DigestItem
from notifications.recipients import entitled
from services.shared.alerts import Alert, AlertState
from services.shared.unit_of_work import UnitOfWork

_CASES = table("cases", column("id", Uuid), column("code", String))
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True, kw_only=True)
class DigestEntry:
    """One alert of a digest."""

    alert_id: UUID
    kind: str
    facts: dict[str, Any]
    code: str | None


def gather(digest_id: UUID, professional_id: UUID, *, uow: UnitOfWork) -> tuple[DigestEntry, ...]:
    """What is still to be told, the oldest first. The rest leaves the digest for good: what was
    sent at once meanwhile, was acknowledged or cancelled, or is not for this person any more; in
    the last case whoever it is for now is told instead.
    """
    asked = select(DigestItem.alert_id).where(DigestItem.digest_id == digest_id)
    alerts = uow.session.scalars(asked).all()
    rows = uow.session.execute(_items(alerts, professional_id, uow.now())).all()
    gone = [row.alert_id for row in rows if not row.knowable or row.was_sent]
    if gone:
        _drop(gone, professional_id, uow=uow)
        _tell_others([row.alert_id for row in rows if not row.knowable], uow=uow)
    return tuple(
        DigestEntry(alert_id=row.alert_id, kind=row.kind, facts=row.facts, code=row.code)
        for row in rows
        if row.knowable and not row.was_sent
    )


def _items(alerts: Sequence[UUID], professional_id: UUID, now: datetime) -> Select[Any]:
    who = entitled(alerts, now)
    sent = aliased(Delivery)
    return (
        select(
            Alert.id.label("alert_id"),
            Alert.kind,
            Alert.facts,
            _CASES.c.code,
            who.c.professional_id.is_not(None).label("knowable"),
            exists()
            .where(sent.alert_id == Alert.id)
            .where(sent.professional_id == professional_id)
            .where(sent.channel != ChannelName.INAPP.value, sent.state == DeliveryState.SENT.value)
            .label("was_sent"),
        )
        .outerjoin(_CASES, _CASES.c.id == Alert.case_id)
        .outerjoin(
            who,
            and_(who.c.alert_id == Alert.id, who.c.professional_id == professional_id),
        )
        .where(Alert.id.in_(alerts))
        .order_by(Alert.due_at, Alert.id)
    )


def _drop(alerts: Sequence[UUID], professional_id: UUID, *, uow: UnitOfWork) -> None:
    gone = delete(DigestItem).where(
        DigestItem.alert_id.in_(alerts), DigestItem.professional_id == professional_id
    )
    uow.session.execute(gone, execution_options=_NO_SYNC)


def _tell_others(alerts: Sequence[UUID], *, uow: UnitOfWork) -> None:
    """Planned again, for the holders of now; in one order, for others may do the same."""
    still = select(Alert.id).where(Alert.id.in_(alerts), Alert.state == AlertState.SENDING.value)
    locked = uow.session.scalars(still.order_by(Alert.id).with_for_update()).all()
    again = update(Alert).where(Alert.id.in_(locked))
    uow.session.execute(
        again.values(state=AlertState.PLANNED.value, next_at=None), execution_options=_NO_SYNC
    )
