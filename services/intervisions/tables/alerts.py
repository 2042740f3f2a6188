"""What people hear of their table: that they have a seat, that its minutes are final. Nothing of
what is discussed there.
"""

from collections.abc import Iterable
from uuid import UUID

from services.intervisions import reminders
from services.intervisions.model import IntervisionSession
from services.shared import alerts
from services.shared.unit_of_work import UnitOfWork

SEATED = "intervisions.seated"
MINUTES_FINAL = "intervisions.minutes_final"


def tell(
    kind: str,
    session: IntervisionSession,
    people: Iterable[UUID],
    *,
    rung: str,
    uow: UnitOfWork,
) -> None:
    """Each of them, now; `rung` tells what is said anew from what was said before."""
    now = uow.now()
    alerts.plan(
        [reminders.new_alert(kind, session, each, due_at=now, rung=rung) for each in people],
        uow=uow,
    )
