"""The reference worker is reminded that a consent ends: 30 and 7 days before, at 09:00."""

from datetime import datetime

from services.consent.model import Consent
from services.shared import alerts, ladder
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import legal_day
from services.shared.unit_of_work import UnitOfWork

ENDING = "consent.ending"
DAYS_BEFORE = (30, 7)


def rungs(valid_until: datetime, now: datetime) -> dict[int, datetime]:
    """Days before the end -> the instant to remind, of those that lie ahead.

    If none does, the nearest of those that are past, due now: no consent ends without a word.
    """
    found = ladder.rungs(legal_day(valid_until), DAYS_BEFORE, now)
    return ladder.ahead(found, now) or found


def plan(consent: Consent, *, uow: UnitOfWork) -> None:
    """Plan the reminders in the commit of the consent, for the reference worker of each day."""
    due = rungs(consent.valid_until, uow.now())
    alerts.plan(
        [
            NewAlert(
                kind=ENDING,
                case_id=consent.case_id,
                object_id=consent.id,
                due_at=at,
                rung=f"{days}d",
                recipient_role=RecipientRole.REFERENCE_WORKER,
            )
            for days, at in due.items()
        ],
        uow=uow,
    )


def cancel(consent: Consent, *, uow: UnitOfWork) -> None:
    """Cancel the reminders of a consent that was withdrawn or renewed."""
    alerts.cancel(consent.id, uow=uow)
