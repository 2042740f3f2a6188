"""Messages about an eviction that follow from an event. Those that follow from a date are planned
with the date itself, by `services.evictions`.
"""

from services.evictions.events import HearingPosted
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork


def tell_reference_worker(event: HearingPosted, *, uow: UnitOfWork) -> None:
    """A date posted by the liaison counts only once the reference worker has confirmed it."""
    posted = NewAlert(
        kind="evictions.hearing_posted",
        case_id=event.case_id,
        object_id=event.posting_id,
        due_at=uow.now(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
    alerts.plan([posted], uow=uow)
