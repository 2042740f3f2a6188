"""What every professional of the network may see of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.network.policy import may_sign
from services.shared.actor import Actor
from services.shared.errors import NotFound, RuleBroken
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class OrganisationView:
    id: UUID
    name: str
    sector: str
    kind: str
    public_welfare_centre: bool
    signed_at: datetime | None


@dataclass(frozen=True)
class ProfessionalView:
    id: UUID
    name: str
    organisation_id: UUID
    organisation: str
    language: str
    roles: list[str]
    cantons: list[str]


@dataclass(frozen=True)
class ProtocolView:
    id: UUID
    number: int
    title: str
    body: str
    published_at: datetime
    signed_by_my_organisation: bool


_ORGANISATIONS = text(
    """
    SELECT o.id, o.name, o.sector, o.kind, o.public_welfare_centre, s.signed_at
    FROM organisations o
    LEFT JOIN protocol_signatures s ON s.organisation_id = o.id
      AND s.protocol_id = (SELECT id FROM protocols ORDER BY number DESC LIMIT 1)
    ORDER BY o.name
    """
)

_PROFESSIONALS = text(
    """
    SELECT x.id, x.name, o.id, o.name, x.language,
           ARRAY(SELECT role FROM professional_roles r
                 WHERE r.professional_id = x.id ORDER BY 1),
           ARRAY(SELECT canton FROM professional_cantons k
                 WHERE k.professional_id = x.id ORDER BY 1)
    FROM professionals x JOIN organisations o ON o.id = x.organisation_id
    WHERE x.active AND (CAST(:id AS uuid) IS NULL OR x.id = :id)
      AND (CAST(:after AS text) IS NULL OR (x.name, x.id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY x.name, x.id LIMIT :limit
    """
)

_ACTIVE = text("SELECT active FROM professionals WHERE id = :id")

_PROTOCOL = text(
    """
    SELECT p.id, p.number, p.title, p.body, p.published_at,
           EXISTS (SELECT 1 FROM protocol_signatures s
                   WHERE s.protocol_id = p.id AND s.organisation_id = :organisation)
    FROM protocols p ORDER BY p.number DESC LIMIT 1
    """
)


_UNSIGNED = text(
    """
    SELECT count(*) FROM protocols p
    WHERE p.number = (SELECT max(number) FROM protocols)
      AND NOT EXISTS (SELECT 1 FROM protocol_signatures s
                      WHERE s.protocol_id = p.id AND s.organisation_id = :organisation)
    """
)


def protocols_to_sign(*, actor: Actor, uow: UnitOfWork) -> int:
    """1 while the version in force waits for the actor to sign for their organisation, else 0."""
    if not may_sign(actor):
        return 0
    return int(uow.session.scalar(_UNSIGNED, {"organisation": actor.organisation_id}) or 0)


def organisations(*, uow: UnitOfWork) -> list[OrganisationView]:
    return [OrganisationView(*row) for row in uow.session.execute(_ORGANISATIONS)]


def professionals(
    *, after: tuple[str, UUID] | None, limit: int, uow: UnitOfWork
) -> list[ProfessionalView]:
    """Active professionals by name, those after `after` (name, id)."""
    name, key = after or (None, None)
    values = {"id": None, "after": name, "after_id": key, "limit": limit}
    return [ProfessionalView(*row) for row in uow.session.execute(_PROFESSIONALS, values)]


def professional(key: UUID, *, uow: UnitOfWork) -> ProfessionalView:
    """NotFound when absent or no longer active."""
    values = {"id": key, "after": None, "after_id": None, "limit": 1}
    row = uow.session.execute(_PROFESSIONALS, values).one_or_none()
    if row is None:
        raise NotFound
    return ProfessionalView(*row)


def require_active(key: UUID, *, uow: UnitOfWork) -> None:
    """RuleBroken if the account is closed at this moment, whatever was loaded before."""
    if not uow.session.scalar(_ACTIVE, {"id": key}):
        raise RuleBroken("professional-not-active")


def protocol_in_force(*, actor: Actor, uow: UnitOfWork) -> ProtocolView:
    row = uow.session.execute(_PROTOCOL, {"organisation": actor.organisation_id}).one_or_none()
    if row is None:
        raise NotFound
    return ProtocolView(*row)
