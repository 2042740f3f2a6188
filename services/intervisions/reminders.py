"""What a session makes people hear, on the road of all alerts. Each speaks of the session alone:
its number, its day and its hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intervisions.model import IntervisionSeries, IntervisionSession
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

APPROACHING = "intervisions.session_approaching"
ANSWER_AWAITED = "intervisions.answer_awaited"
QUORUM_MISSING = "intervisions.quorum_missing"
# Before the session: when whoever comes is reminded, whoever has not answered is asked again, and
# its facilitators hear that too few come (somebody is told so only if it is true at that instant).
AHEAD = {
    APPROACHING: timedelta(days=1),
    ANSWER_AWAITED: timedelta(days=7),
    QUORUM_MISSING: timedelta(days=3),
}


def new_alert(
    kind: str,
    session: IntervisionSession,
    person_id: UUID,
    *,
    due_at: datetime,
    rung: str = "",
    facts: dict[str, Any] | None = None,
) -> NewAlert:
    """An alert about one session to one person.

    Its version follows the session's dates, so that a moved session is announced again.
    """
    return NewAlert(
        kind=kind,
        object_id=session.id,
        object_version=session.sequence + 1,
        due_at=due_at,
        recipient_role=RecipientRole.PERSON,
        recipient_id=person_id,
        rung=rung,
        facts=facts_of(session) | (facts or {}),
    )


def facts_of(session: IntervisionSession) -> dict[str, Any]:
    """The facts of a session that messages hold. `uid` and `sequence` identify its calendar entry,
    the same in every mail and every feed.
    """
    return {
        "session_at": session.starts_at.isoformat(),
        "session_ends_at": session.ends_at.isoformat(),
        "number": session.number,
        "uid": str(session.id),
        "sequence": session.sequence,
    }


def plan(
    kind: str, session: IntervisionSession, people: Sequence[UUID], *, uow: UnitOfWork
) -> None:
    """So long before the session; a reminder whose time is past would tell nothing new."""
    due_at = session.starts_at - AHEAD[kind]
    if due_at > uow.now():
        said_at = uow.now().isoformat()
        planned = [
            new_alert(kind, session, person, due_at=due_at, rung=said_at) for person in people
        ]
        alerts.plan(planned, uow=uow)


def plan_for_facilitators(
    session: IntervisionSession, series: IntervisionSeries, *, uow: UnitOfWork
) -> None:
    leading = [series.facilitator_id, series.co_facilitator_id]
    plan(QUORUM_MISSING, session, [each for each in leading if each], uow=uow)


def forget(session: IntervisionSession, *, uow: UnitOfWork, person_id: UUID | None = None) -> None:
    """What was planned before the session, for one person or for all."""
    for kind in AHEAD:
        if person_id is None or kind != QUORUM_MISSING:
            alerts.cancel(session.id, uow=uow, kind=kind, recipient_id=person_id)
