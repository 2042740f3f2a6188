"""A hearing in the calendars of those who go: told at once, moved and called off under one name.

An invitation is an alert like any other (one road, one rule of who may know); its mail carries the
date as iTIP (RFC 5546). It holds a time and the code of the case, nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from services.evictions.hearings.model import Hearing
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork

INVITED = "evictions.hearing_invited"
CALLED_OFF = "evictions.hearing_called_off"
# Tells one person that the hearing takes place, and is no longer theirs.
LEFT = "evictions.hearing_left"


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """Somebody to invite: whoever holds a role at the instant of sending, or one person."""

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
# The first row of a hearing gives its calendar name for ever; every version of every row counts,
# also of a move that was struck.
_SERIES = text(
    """
    WITH RECURSIVE chain AS (
      SELECT id, replaces_id, version FROM hearings WHERE id = :hearing
      UNION ALL
      SELECT p.id, p.replaces_id, p.version FROM chain c JOIN hearings p ON p.id = c.replaces_id
    ), counted AS (
      SELECT * FROM chain
      UNION
      SELECT s.id, s.replaces_id, s.version FROM chain c JOIN hearings s ON s.replaces_id = c.id
      WHERE s.struck_from IS NOT NULL
    )
    SELECT (array_agg(id) FILTER (WHERE replaces_id IS NULL))[1] AS uid,
           sum(version)::int - 1 AS sequence FROM counted
    """
)


def invitations(
    hearing: Hearing, *, uow: UnitOfWork, invitees: Sequence[Invitee] = (REFERENCE_WORKER,)
) -> list[NewAlert]:
    """Invitations that are due now, to be planned by the caller.

    The invitation to a hearing that replaces another moves it in the calendar.
    """
    return _alerts(INVITED, hearing, invitees, uow=uow)


def call_off(
    hearing: Hearing, *, uow: UnitOfWork, invitees: Sequence[Invitee] | None = None
) -> None:
    """Take a hearing that ends without another date out of calendars, once its row says so.

    Without `invitees` all are told who were invited to it, or to the days it had before.
    """
    people = invitees or _invited(hearing, uow=uow)
    alerts.plan(_alerts(CALLED_OFF, hearing, people, uow=uow), uow=uow)


def _invited(hearing: Hearing, *, uow: UnitOfWork) -> list[Invitee]:
    values = {"hearing": hearing.id, "kind": INVITED}
    return [
        Invitee(role=RecipientRole(role), person_id=person)
        for role, person in uow.session.execute(_INVITED, values)
    ]


def release(hearing: Hearing, *, uow: UnitOfWork, invitees: Sequence[Invitee]) -> None:
    """Take a hearing, whatever becomes of it, out of the calendars of people who no longer go."""
    alerts.plan(_alerts(LEFT, hearing, invitees, uow=uow), uow=uow)


def _series(hearing: Hearing, *, uow: UnitOfWork) -> tuple[UUID, int]:
    """Its name in calendars, and the number of what is said of it there."""
    uow.session.flush()
    if hearing.replaces_id is None and hearing.version == 1:
        return hearing.id, 0
    uid, sequence = still_there(uow.session.execute(_SERIES, {"hearing": hearing.id}))
    return uid, sequence


def _alerts(
    kind: str, hearing: Hearing, invitees: Sequence[Invitee], *, uow: UnitOfWork
) -> list[NewAlert]:
    uid, sequence = _series(hearing, uow=uow)
    facts = {"hearing_at": hearing.starts_at.isoformat(), "uid": str(uid), "sequence": sequence}
    return [
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
    ]
