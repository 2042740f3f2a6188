"""A hearing in the calendars of those who go: told at once, moved and called off under one name.

An invitation is an alert like any other (one road, one rule of who may know); its mail carries the
date as iTIP (RFC 5546). Neutral: a time and the code of the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from services.evictions.hearings.model import Hearing
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

INVITED = "evictions.hearing_invited"
CALLED_OFF = "evictions.hearing_called_off"
# To one person: it takes place, and is no longer theirs.
LEFT = "evictions.hearing_left"


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """Whoever holds a role when it is sent, or one person."""

    role: RecipientRole
    person_id: UUID | None = None


REFERENCE_WORKER = Invitee(role=RecipientRole.REFERENCE_WORKER)
_INVITED = text(
    """
    WITH RECURSIVE chain AS (
      SELECT id, replaces_id FROM hearings WHERE id = :hearing
      UNION ALL
      SELECT p.id, p.replaces_id FROM chain c JOIN hearings p ON p.id = c.replaces_id
    )
    SELECT DISTINCT a.recipient_role, a.recipient_id FROM alerts a
    WHERE a.kind = :kind AND a.object_id IN (SELECT id FROM chain)
    """
)
# The first row of a hearing gives its calendar name for ever; every version of every row counts.
_SERIES = text(
    """
    WITH RECURSIVE chain AS (
      SELECT id, replaces_id, version FROM hearings WHERE id = :hearing
      UNION ALL
      SELECT p.id, p.replaces_id, p.version FROM chain c JOIN hearings p ON p.id = c.replaces_id
    )
    SELECT (array_agg(id) FILTER (WHERE replaces_id IS NULL))[1] AS uid,
           sum(version)::int - 1 AS sequence FROM chain
    """
)


def invite(
    hearing: Hearing, *, uow: UnitOfWork, invitees: Sequence[Invitee] = (REFERENCE_WORKER,)
) -> None:
    """Due now. The invitation to a hearing that replaces another moves it in the calendar."""
    _tell(INVITED, hearing, invitees, uow=uow)


def call_off(
    hearing: Hearing, *, uow: UnitOfWork, invitees: Sequence[Invitee] | None = None
) -> None:
    """For a hearing that ends without another date, once its row says so: to all who were invited
    to it, or to the days it had before."""
    _tell(CALLED_OFF, hearing, invitees or _invited(hearing, uow=uow), uow=uow)


def _invited(hearing: Hearing, *, uow: UnitOfWork) -> list[Invitee]:
    values = {"hearing": hearing.id, "kind": INVITED}
    return [
        Invitee(role=RecipientRole(role), person_id=person)
        for role, person in uow.session.execute(_INVITED, values)
    ]


def release(hearing: Hearing, *, uow: UnitOfWork, invitees: Sequence[Invitee]) -> None:
    """For people who no longer go to a hearing, whatever becomes of it."""
    _tell(LEFT, hearing, invitees, uow=uow)


def _tell(kind: str, hearing: Hearing, invitees: Sequence[Invitee], *, uow: UnitOfWork) -> None:
    uow.session.flush()
    series = uow.session.execute(_SERIES, {"hearing": hearing.id}).one()
    facts = {
        "hearing_at": hearing.starts_at.isoformat(),
        "uid": str(series.uid),
        "sequence": series.sequence,
    }
    alerts.plan(
        [
            NewAlert(
                kind=kind,
                case_id=hearing.case_id,
                object_id=hearing.id,
                object_version=hearing.version,
                due_at=uow.now(),
                recipient_role=invitee.role,
                recipient_id=invitee.person_id,
                facts=facts,
            )
            for invitee in invitees
        ],
        uow=uow,
    )
