"""Who acts. Facts come from the network feature; identity is checked by `case_api.auth`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class RoleKind(StrEnum):
    """What a professional may be in the network; none of them opens a case by itself."""

    WORKER = "worker"
    FACILITATOR = "facilitator"
    LIAISON = "liaison"
    # Of their organisation: told what a colleague leaves unanswered, and opens no case by it.
    TEAM_LEAD = "team_lead"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class Acting(Protocol):
    """Whoever acts: the journals name them by this id."""

    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A professional as authenticated for one request or one job."""

    id: UUID
    organisation_id: UUID
    language: str = "fr"
    roles: frozenset[RoleKind] = field(default_factory=frozenset)
    cantons: frozenset[str] = field(default_factory=frozenset)

    def has(self, role: RoleKind) -> bool:
        return role in self.roles


@dataclass(frozen=True, kw_only=True)
class Represented:
    """The professional in whose name the workers go on with what they asked for."""

    id: UUID


@dataclass(frozen=True, kw_only=True)
class HouseholdMember:
    """An adult of a household in their own session; `id` is that of the member."""

    id: UUID
    case_id: UUID
    session_id: UUID
    language: str = "fr"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody at the door, known by nothing but where they come from, or what they typed."""

    id: UUID
