"""What waits for somebody is planned again when they change their preferences."""

from sqlalchemy import delete, or_, select, update

from notifications.catalogue import DIGEST_KIND
from notifications.events import PreferencesChanged
from notifications.model import ChannelName, Delivery, DeliveryState, DigestItem
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
