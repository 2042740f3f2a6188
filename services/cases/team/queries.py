"""Invitations, as those who are asked may see them before they say yes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

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


_INVITATIONS = text(
    """
    SELECT p.id, p.case_id, c.code, p.role, reason_to_join(p.id), p.state,
           x.name, o.name, p.invited_at,
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


_WAITING = text(
    """
    SELECT (SELECT count(*) FROM participations p
            WHERE p.professional_id = app_professional() AND p.state = 'invited'
            AND (p.ends_at IS NULL OR app_now() < p.ends_at)),
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
