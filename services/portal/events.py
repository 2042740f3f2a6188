from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class CodeIssued(Event):
    name = "portal.code_issued"
    code_id: UUID


@dataclass(frozen=True, kw_only=True)
class PortalShut(Event):
    """The reference worker took back the open code and ended the sessions of a member."""

    name = "portal.shut"
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChoiceMade(Event):
    """A consent given or taken back, or somebody refused, by an adult of the household."""

    name = "portal.choice_made"
    choice_id: UUID
    version: int


@dataclass(frozen=True, kw_only=True)
class RequestMade(Event):
    name = "portal.request_made"
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(Event):
    name = "portal.request_answered"
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class CompartmentSet(Event):
    name = "portal.compartment_set"
    object_id: UUID
