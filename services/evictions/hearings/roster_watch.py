"""Whoever may no longer know of a hearing does not go along to it. The workers see to it.

One road for every reason: a place in the team that ended, a consent taken back or run out, an
exclusion, a closed account, a protocol that was not signed. Who lost access is not decided here: it
is what the access rule says now (services/consent/access.sql).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import load_only

from services.evictions.hearings import roster, roster_alerts
from services.evictions.hearings.model import Hearing
from services.evictions.hearings.roster_model import Accompaniment, RosterState
from services.evictions.law.in_force import law_in_force
from services.shared import alerts
from services.shared.unit_of_work import UnitOfWork

_NO_SYNC = {"synchronize_session": False}
# What a worker may read of a hearing.
_KNOWN = (Hearing.case_id, Hearing.starts_at, Hearing.replaces_id, Hearing.version)
# The hearing is held first, as whoever answers holds it; what somebody works on is left for the
# next turn. Places in a closed case wait for its reopening, as the team does.
_LOST = text(
    """
    SELECT p.id, p.case_id, p.hearing_id, p.professional_id, p.state = 'confirmed' AS went
    FROM accompaniments p
    JOIN hearings h ON h.id = p.hearing_id AND h.state = 'set' AND h.starts_at > :now
    JOIN cases c ON c.id = p.case_id AND c.state <> 'closed'
    WHERE p.state IN ('asked', 'confirmed') AND p.professional_id IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM access_grants g
        WHERE g.case_id = p.case_id AND g.principal_id = p.professional_id
          AND g.basis NOT IN ('liaison', 'break_glass') AND opens(g.category_mask, 'procedure')
          AND g.valid_from <= :now AND :now < g.valid_until)
    ORDER BY p.hearing_id, p.id
    FOR UPDATE OF h, p SKIP LOCKED
    """
)
# Who was invited and reminded as the reference worker, handed the case over and goes all the same.
_STAYED = text(
    """
    SELECT p.professional_id, p.hearing_id
    FROM accompaniments p
    JOIN hearings h ON h.id = p.hearing_id AND h.state = 'set' AND h.starts_at > :now
    JOIN cases c ON c.id = p.case_id AND c.state <> 'closed'
    WHERE p.state = 'confirmed' AND p.professional_id IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM reference_assignments r
        WHERE r.case_id = p.case_id AND r.professional_id = p.professional_id
          AND r.period @> CAST(:now AS timestamptz))
      AND NOT EXISTS (
        SELECT FROM alerts a
        WHERE a.object_id = h.id AND a.recipient_id = p.professional_id
          AND a.kind = 'evictions.hearing_invited' AND a.state <> 'cancelled')
    ORDER BY p.hearing_id, p.id
    FOR UPDATE OF h, p SKIP LOCKED
    """
)


@dataclass(frozen=True)
class _Lost:
    id: UUID
    case_id: UUID
    hearing_id: UUID
    professional_id: UUID
    went: bool


def watch_rosters(*, uow: UnitOfWork) -> int:
    """End places that were lost, welcome who stayed; returns how many places changed."""
    return _end_lost(uow=uow) + _welcome_stayed(uow=uow)


def _welcome_stayed(*, uow: UnitOfWork) -> int:
    stayed = uow.session.execute(_STAYED, {"now": uow.now()}).all()
    for person, hearing_id in stayed:
        roster.welcome(person, _touched(hearing_id, uow=uow), uow=uow)
    return len(stayed)


def _end_lost(*, uow: UnitOfWork) -> int:
    """End the places of people who may no longer know, with what was planned for them.

    Without anybody left the alarm is planned anew.
    """
    lost = [_Lost(*row) for row in uow.session.execute(_LOST, {"now": uow.now()})]
    for place in lost:
        uow.session.execute(
            update(Accompaniment)
            .where(Accompaniment.id == place.id)
            .values(state=RosterState.ENDED.value, version=Accompaniment.version + 1),
            execution_options=_NO_SYNC,
        )
        _follow(place, uow=uow)
    return len(lost)


def _follow(place: _Lost, *, uow: UnitOfWork) -> None:
    alerts.cancel(place.hearing_id, recipient_id=place.professional_id, uow=uow)
    if not place.went:
        return
    hearing = _touched(place.hearing_id, uow=uow)
    roster.release(place.professional_id, hearing, uow=uow)
    if not roster.is_accompanied(hearing.id, uow=uow):
        calendar = law_in_force(uow=uow).calendar
        alerts.plan(roster_alerts.alarm(hearing, uow.now(), calendar), uow=uow)


def _touched(hearing_id: UUID, *, uow: UnitOfWork) -> Hearing:
    """The hearing with its version raised by one, in the columns that a worker may read."""
    uow.session.execute(
        update(Hearing).where(Hearing.id == hearing_id).values(version=Hearing.version + 1),
        execution_options=_NO_SYNC,
    )
    known = load_only(*_KNOWN, raiseload=True)
    found = select(Hearing).where(Hearing.id == hearing_id).options(known)
    return uow.session.scalars(found, execution_options={"populate_existing": True}).one()
