"""Invitations and handovers, as those who are asked may see them before they say yes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class InvitationView:
    id: UUID
    case_id: UUID
    case_code: str
    role: str
    reason: str
    state: str
    invited_by: str
    organisation: str
    invited_at: datetime
    ends_at: datetime | None
    version: int


@dataclass(frozen=True)
class HandoverView:
    """The package: `deadlines`, `hearings` and `tasks` hold only what the reader may see;
    `case_code` is None once the file is no longer for the reader."""

    id: UUID
    case_id: UUID
    case_code: str | None
    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    reason: str
    former_stays: bool
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    deadlines: list[dict[str, Any]]
    hearings: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    last_note_at: datetime | None


_INVITATIONS = text(
    """
    SELECT p.id, p.case_id, c.code, p.role, p.reason, p.state, x.name, o.name, p.invited_at,
           p.ends_at, p.version
    FROM participations p
    JOIN cases c ON c.id = p.case_id
    JOIN professionals x ON x.id = p.invited_by
    JOIN organisations o ON o.id = x.organisation_id
    WHERE p.professional_id = app_professional() AND p.state = 'invited'
      AND (p.ends_at IS NULL OR app_now() < p.ends_at)
    ORDER BY p.invited_at, p.id
    """
)

_HANDOVERS = text(
    """
    SELECT h.id, h.case_id, c.code AS case_code, h.from_id, f.name AS from_name, h.to_id,
      t.name AS to_name, h.reason, h.former_stays, h.state, h.proposed_at, h.answered_at,
      (SELECT coalesce(json_agg(json_build_object('computes', l.computes, 'rule_id', l.rule_id,
         'date', coalesce(l.overridden_date, l.falls_on)) ORDER BY l.falls_on, l.rule_id), '[]')
       FROM deadlines l WHERE l.case_id = h.case_id AND s.mask & 4 <> 0
       AND coalesce(l.overridden_date, l.falls_on) >= :today) AS deadlines,
      (SELECT coalesce(json_agg(json_build_object('starts_at', e.starts_at, 'room', e.room)
         ORDER BY e.starts_at), '[]')
       FROM hearings e WHERE e.case_id = h.case_id AND e.state = 'set' AND s.mask & 4 <> 0
      ) AS hearings,
      (SELECT coalesce(json_agg(json_build_object('title', k.title, 'due_on', k.due_on)
         ORDER BY k.due_on NULLS LAST, k.id), '[]')
       FROM tasks k WHERE k.case_id = h.case_id AND k.state = 'open'
       AND s.in_team AND s.mask & k.category <> 0) AS tasks,
      (SELECT max(n.written_at) FROM readable_notes n WHERE n.case_id = h.case_id) AS last_note_at
    FROM handovers h
    LEFT JOIN cases c ON c.id = h.case_id
    JOIN professionals f ON f.id = h.from_id
    JOIN professionals t ON t.id = h.to_id
    LEFT JOIN may_see s ON s.case_id = h.case_id
    WHERE (app_professional() = h.from_id OR app_professional() = h.to_id
           AND (h.state = 'proposed' OR h.answered_at = app_now() OR s.leads))
      AND (CAST(:handover AS uuid) IS NULL AND h.state = 'proposed' OR h.id = :handover)
    ORDER BY h.proposed_at, h.id
    """
)


_WAITING = text(
    """
    SELECT (SELECT count(*) FROM participations p
            WHERE p.professional_id = app_professional() AND p.state = 'invited'),
           (SELECT count(*) FROM handovers h
            WHERE h.to_id = app_professional() AND h.state = 'proposed')
    """
)


def waiting_for_me(*, uow: UnitOfWork) -> tuple[int, int]:
    """How many invitations and handovers wait for the actor's answer."""
    invitations, handovers = uow.session.execute(_WAITING).one()
    return invitations, handovers


def my_invitations(*, uow: UnitOfWork) -> list[InvitationView]:
    """Open invitations of the actor: the code and the reason, nothing of the file."""
    return [InvitationView(*row) for row in uow.session.execute(_INVITATIONS)]


def handovers(*, uow: UnitOfWork, handover_id: UUID | None = None) -> list[HandoverView]:
    """Those the actor proposed or received: the open ones, or the one asked for."""
    values = {"handover": handover_id, "today": uow.today()}
    found = uow.session.execute(_HANDOVERS, values).mappings()
    views = [HandoverView(**row) for row in found]
    if handover_id and not views:
        raise NotFound
    return views
