from dataclasses import dataclass
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    name = "consent.given"
    consent_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    name = "consent.withdrawn"
    consent_id: UUID


@dataclass(frozen=True, kw_only=True)
class GlassBroken(Event):
    name = "consent.glass_broken"
    opening_id: UUID
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class GlassReviewed(Event):
    name = "consent.glass_reviewed"
    opening_id: UUID


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
