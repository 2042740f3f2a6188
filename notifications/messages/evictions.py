"""Messages about an eviction that follow from an event. Those that follow from a date are planned
with the date itself, by `services.evictions`.
"""

from services.evictions.events import HearingPosted, TermMissed
from services.evictions.hearings import posting_alerts
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork


def tell_reference_worker(event: HearingPosted, *, uow: UnitOfWork) -> None:
    """A date posted by the liaison counts only once the reference worker has confirmed it."""
    alerts.plan([posting_alerts.asked(event.posting_id, event.case_id, uow.now())], uow=uow)


def tell_missed(event: TermMissed, *, uow: UnitOfWork) -> None:
    """An instalment or a date of a judgment was not kept: whoever is responsible hears of it."""
    kind = "evictions.instalment_missed" if event.instalment_id else "evictions.term_missed"
    missed = NewAlert(
        kind=kind,
        case_id=event.case_id,
        object_id=event.instalment_id or event.term_id,
        due_at=uow.now(),
        # A date that was moved and missed again is told again.
        rung=event.due_on.isoformat(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
        facts={"due_on": event.due_on.isoformat()},
    )
    alerts.plan([missed], uow=uow)
