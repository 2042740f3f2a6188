"""The first administrator of a network: nobody can register the one who registers the others.

Runs as maillage_owner, by `maillage administrator` (an operator) or by the demo; afterwards
administrators register everybody else through the API.
"""

from dataclasses import dataclass

from sqlalchemy import select

from infra.database import Database
from services.network.model import Identity, Organisation, Professional, ProfessionalRole
from services.shared.actor import Actor, RoleKind
from services.shared.clock import Clock


@dataclass(frozen=True, kw_only=True)
class FirstAdministrator:
    organisation: str
    sector: str
    name: str
    email: str
    language: str
    issuer: str
    subject: str


def first_administrator(
    who: FirstAdministrator, *, owner: Database, clock: Clock, roles: tuple[RoleKind, ...] = ()
) -> Actor:
    """Make the organisation and its administrator, or find them: running it twice is harmless."""
    with owner.transaction(clock=clock, actor=None) as uow:
        session = uow.session
        known = session.get(Identity, (who.issuer, who.subject))
        granted = frozenset({RoleKind.ADMINISTRATOR, *roles})
        if known is not None:
            found = session.get_one(Professional, known.professional_id)
            return Actor(id=found.id, organisation_id=found.organisation_id, roles=granted)
        organisation = session.scalars(
            select(Organisation).where(Organisation.name == who.organisation)
        ).one_or_none() or Organisation(name=who.organisation, sector=who.sector, kind="specialist")
        session.add(organisation)
        session.flush()
        professional = Professional(
            organisation_id=organisation.id,
            name=who.name,
            email=who.email,
            language=who.language,
        )
        session.add(professional)
        session.flush()
        session.add_all(
            [ProfessionalRole(professional_id=professional.id, role=r.value) for r in granted]
        )
        session.add(
            Identity(issuer=who.issuer, subject=who.subject, professional_id=professional.id)
        )
        return Actor(id=professional.id, organisation_id=organisation.id, roles=granted)
