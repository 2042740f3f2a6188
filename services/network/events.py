from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ProtocolPublished(Event):
    name = "network.protocol_published"
    protocol_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProtocolSigned(Event):
    name = "network.protocol_signed"
    protocol_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProfessionalRegistered(Event):
    name = "network.professional_registered"
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProfessionalLeft(Event):
    name = "network.professional_left"
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class SubstituteNamed(Event):
    name = "network.substitute_named"
    substitution_id: UUID


@dataclass(frozen=True, kw_only=True)
class SubstitutionEnded(Event):
    name = "network.substitution_ended"
    substitution_id: UUID


@dataclass(frozen=True, kw_only=True)
class EscalationChanged(Event):
    name = "network.escalation_changed"
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class TeamLeadNamed(Event):
    name = "network.team_lead_named"
    professional_id: UUID


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    name = "network.settings_changed"
    changed_at: datetime
