"""Every table of the program, in one metadata."""

from notifications import model as notifications
from services.audit import model as unusual
from services.cases import handover_model as handovers
from services.cases import model as cases
from services.consent import model as consent
from services.documents import model as documents
from services.evictions import model as evictions
from services.households import model as households
from services.network import model as network
from services.network import sessions, substitutes
from services.network import settings as network_settings
from services.shared import alerts, audit, idempotency, outbox
from services.shared.tables import Base

metadata = Base.metadata

__all__ = [
    "alerts",
    "audit",
    "cases",
    "consent",
    "documents",
    "evictions",
    "handovers",
    "households",
    "idempotency",
    "metadata",
    "network",
    "network_settings",
    "notifications",
    "outbox",
    "sessions",
    "substitutes",
    "unusual",
]
