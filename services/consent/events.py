from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    name = "consent.withdrawn"
    consent_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConsentRenewed(Event):
    name = "consent.renewed"
    consent_id: UUID
    renewed_from_id: UUID


@dataclass(frozen=True, kw_only=True)
class ExclusionSet(Event):
    name = "consent.exclusion_set"
    exclusion_id: UUID


@dataclass(frozen=True, kw_only=True)
class ExclusionLifted(Event):
    name = "consent.exclusion_lifted"
    exclusion_id: UUID
