"""The recipients an adult of the household can name: organisations, kinds of role, people."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from services.cases.model import TeamRole
from services.portal.wording import named
from services.shared.categories import NAMES
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import spoken

AT_MOST = 20
_ORGANISATIONS = text("SELECT id, name, sector FROM organisations ORDER BY name, id")
_PEOPLE = text(
    """
    SELECT x.id, x.name, o.name
    FROM professionals x JOIN organisations o ON o.id = x.organisation_id
    WHERE x.active AND portal_member() IS NOT NULL
      AND strpos(lower(x.name), lower(:name)) > 0 ORDER BY x.name, x.id LIMIT :limit
    """
)


@dataclass(frozen=True)
class OrganisationChoice:
    id: UUID
    name: str
    sector: str


@dataclass(frozen=True)
class RoleChoice:
    role: str
    words: str


@dataclass(frozen=True)
class CategoryChoice:
    category: str
    words: str


@dataclass(frozen=True)
class Choices:
    organisations: list[OrganisationChoice]
    roles: list[RoleChoice]
    categories: list[CategoryChoice]


@dataclass(frozen=True)
class ProfessionalChoice:
    id: UUID
    name: str
    organisation: str


def choices(language: str, *, uow: UnitOfWork) -> Choices:
    """The same for everybody: it says nothing about who is in any team."""
    said = spoken(language)
    roles = [*(role.value for role in TeamRole), "liaison"]
    return Choices(
        organisations=[OrganisationChoice(*row) for row in uow.session.execute(_ORGANISATIONS)],
        roles=[RoleChoice(role, named("roles", role, said)) for role in roles],
        categories=[CategoryChoice(name, named("categories", name, said)) for name in NAMES],
    )


def people(name: str, *, uow: UnitOfWork) -> list[ProfessionalChoice]:
    """Active professionals whose name holds these letters, a few of them."""
    found = uow.session.execute(_PEOPLE, {"name": name, "limit": AT_MOST})
    return [ProfessionalChoice(*row) for row in found]
