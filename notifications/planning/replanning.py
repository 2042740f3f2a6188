"""What waits for somebody is planned again when they change their preferences, or hand over."""

from sqlalchemy import delete, or_, select, text, update

from notifications.catalogue import CATALOGUE, CLIMBING, DIGEST_KIND, Origin
from notifications.events import PreferencesChanged
from notifications.model import ChannelName, Delivery, DeliveryState, DigestItem
from services.cases.events import HandoverAccepted
from services.shared.alerts import Alert, AlertState
from services.shared.unit_of_work import UnitOfWork

_NO_SYNC = {"synchronize_session": False}


def plan_again(event: PreferencesChanged, *, uow: UnitOfWork) -> None:
    """What waits for the end of a night or for a digest: its alert is due again, and comes as the
    person wants it now. What an attempt was made for goes its way."""
    who, now = event.professional_id, uow.now()
    digests = select(Alert.id).where(Alert.kind == DIGEST_KIND, Alert.object_id == who)
    digests = digests.where(Alert.state == AlertState.PLANNED.value)
    # First of all, so that none of them begins to leave meanwhile.
    open_digests = uow.session.scalars(digests.order_by(Alert.id).with_for_update()).all()
    waiting = (
        Delivery.professional_id == who,
        # An SMS may stand for an e-mail that failed: what it tells would be told by nothing.
        Delivery.channel == ChannelName.EMAIL.value,
        Delivery.state == DeliveryState.PENDING.value,
        Delivery.attempts == 0,
        Delivery.due_at > now,
    )
    gathered = (DigestItem.professional_id == who, DigestItem.digest_id.in_(open_digests))
    of_them = or_(
        Alert.id.in_(select(Delivery.alert_id).where(*waiting)),
        Alert.id.in_(select(DigestItem.alert_id).where(*gathered)),
    )
    held = select(Alert.id).where(of_them).order_by(Alert.id).with_for_update()
    held_ids = uow.session.scalars(held).all()
    uow.session.execute(
        update(Delivery)
        .where(*waiting, Delivery.alert_id.in_(held_ids))
        .values(state=DeliveryState.CANCELLED.value, last_error="planned-again"),
        execution_options=_NO_SYNC,
    )
    uow.session.execute(
        delete(DigestItem).where(*gathered, DigestItem.alert_id.in_(held_ids)),
        execution_options=_NO_SYNC,
    )
    again = update(Alert).where(Alert.id.in_(held_ids), Alert.state == AlertState.SENDING.value)
    uow.session.execute(
        again.values(state=AlertState.PLANNED.value, next_at=None), execution_options=_NO_SYNC
    )


# A date that is over asks for nothing any more; a missed term, which was noticed, still does.
_DATED = [name for name in CLIMBING if CATALOGUE[name].origin is not Origin.WATCH]
_UNANSWERED = text(
    """
    SELECT a.id FROM alerts a
    WHERE a.case_id = :case AND a.recipient_role = 'reference_worker' AND a.state = 'sending'
      AND (a.kind = ANY(:legal) AND (a.kind <> ALL(:dated) OR coalesce(
             CAST(a.facts ->> 'hearing_at' AS timestamptz) > :now,
             CAST(a.facts ->> 'due_on' AS date) >= :today, true))
        OR EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id AND d.channel <> 'inapp'
                   AND d.state = 'pending')
        OR EXISTS (SELECT FROM digest_items i JOIN alerts g ON g.id = i.digest_id
                   WHERE i.alert_id = a.id AND g.state IN ('planned', 'no_recipient')))
    ORDER BY a.id FOR UPDATE
    """
)


def follow_handover(event: HandoverAccepted, *, uow: UnitOfWork) -> None:
    """Whoever answers for the case now hears of the legal alerts that nobody acknowledged, and of
    what still waited for the one before: a night, or a digest that may be a week away."""
    today: dict[str, object] = {"now": uow.now(), "today": uow.today()}
    values = today | {"case": event.case_id, "legal": list(CLIMBING), "dated": _DATED}
    ids = uow.session.scalars(_UNANSWERED, values).all()
    if ids:
        again = update(Alert).where(Alert.id.in_(ids))
        uow.session.execute(
            again.values(state=AlertState.PLANNED.value, next_at=None), execution_options=_NO_SYNC
        )
        uow.wake()
