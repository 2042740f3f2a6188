"""What people are told at once about a session."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.intervisions.model import IntervisionSession
from services.intervisions.reminders import new_alert
from services.shared import alerts
from services.shared.unit_of_work import UnitOfWork


def tell(
    kind: str,
    session: IntervisionSession,
    people: Iterable[UUID],
    *,
    rung: str | None = None,
    facts: dict[str, Any] | None = None,
    uow: UnitOfWork,
) -> None:
    """Plan an alert of this kind, due now, for each of these people.

    `rung` distinguishes one telling from the next of the same kind; without it the instant does.
    """
    now = uow.now()
    step = now.isoformat() if rung is None else rung
    told = [
        new_alert(kind, session, each, due_at=now, rung=step, facts=facts)
        for each in sorted(set(people))
    ]
    alerts.plan(told, uow=uow)
