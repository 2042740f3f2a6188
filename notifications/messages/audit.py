"""Messages about the journals: to those who answer for the network, never about a case."""

from services.audit.events import ReadingUnusual
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork


def tell_coordinators(event: ReadingUnusual, *, uow: UnitOfWork) -> None:
    """One alert for a person and a window; who and how much is behind the coordinators' login."""
    told = NewAlert(
        kind=event.name,
        object_id=event.reading_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.COORDINATOR,
    )
    alerts.plan([told], uow=uow)
