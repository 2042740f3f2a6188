"""Messages about the end of cases: to those who confirm it, who have no case scope."""

from services.retention.events import ErasureRequested
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork


def ask_for_confirmation(event: ErasureRequested, *, uow: UnitOfWork) -> None:
    """The message names no case; its code is behind the coordinators' login."""
    asked = NewAlert(
        kind=event.name,
        object_id=event.erasure_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.COORDINATOR,
    )
    alerts.plan([asked], uow=uow)
