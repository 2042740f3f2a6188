"""Messages about the journals: to those who answer for the network, never about a case."""

from services.audit.events import ReadingUnusual
from services.shared.alerts import RecipientRole, tell
from services.shared.unit_of_work import UnitOfWork


def tell_coordinators(event: ReadingUnusual, *, uow: UnitOfWork) -> None:
    """One alert for a person and a window; who and how much is behind the coordinators' login."""
    tell(event, event.reading_id, RecipientRole.COORDINATOR, uow=uow)
