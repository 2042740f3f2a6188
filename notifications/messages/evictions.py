"""Messages about an eviction that follow from an event. Those that follow from a date are planned
with the date itself, by `services.evictions`.
"""

from services.evictions.events import HearingPosted, TermMissed
from services.evictions.hearings import posting_alerts
from services.evictions.terms.alerts import missed
from services.shared import alerts
from services.shared.unit_of_work import UnitOfWork


def tell_reference_worker(event: HearingPosted, *, uow: UnitOfWork) -> None:
    """A date posted by the liaison counts only once the reference worker has confirmed it."""
    alerts.plan([posting_alerts.asked(event.posting_id, event.case_id, uow.now())], uow=uow)


def tell_missed(event: TermMissed, *, uow: UnitOfWork) -> None:
    """An instalment or a date of a judgment was not kept: whoever is responsible hears of it."""
    key = event.instalment_id or event.term_id
    told = missed(
        event.case_id,
        key,
        event.due_on,
        is_instalment=event.instalment_id is not None,
        now=uow.now(),
    )
    alerts.plan([told], uow=uow)
