"""Every table of the program, in one metadata."""

from notifications import model as notifications
from notifications.mobile import model as mobile
from notifications.webhooks import model as webhooks
from services.audit import model as unusual
from services.calendars import model as calendars
from services.cases import closing_model as closings
from services.cases import handover_model as handovers
from services.cases import model as cases
from services.cases.plans import model as plans
from services.consent import model as consent
from services.consent.break_glass import model as break_glass
from services.documents import model as documents
from services.evictions.bundles import model as bundles
from services.evictions.dates import model as evictions
from services.evictions.hearing_lists import model as hearing_lists
from services.evictions.hearings import model as hearings
from services.evictions.hearings import roster_model as roster
from services.evictions.law import model as rule_changes
from services.evictions.terms import arrears_model as arrears
from services.evictions.terms import model as terms
from services.evictions.welfare_centre import model as welfare
from services.households import model as households
from services.households import sealed_contacts
from services.intervisions import model as intervisions
from services.intervisions.agendas import model as agendas
from services.intervisions.ballots import model as ballots
from services.intervisions.follow_ups import model as follow_ups
from services.intervisions.minutes import model as minutes
from services.intervisions.proposals import model as proposals
from services.intervisions.stances import model as agreements
from services.intervisions.tables import model as seats
from services.network import escalation_rules, sessions, substitutes
from services.network import model as network
from services.network import settings as network_settings
from services.network.courts import model as courts
from services.portal import model as portal
from services.retention import model as retention
from services.shared import access, alerts, attempts, audit, idempotency, outbox
from services.shared.tables import Base
from services.shared.vault import folders

metadata = Base.metadata
# What belongs to people; the courts come with the upgrade itself.
EMPTY_AT_FIRST = tuple(table.name for table in metadata.sorted_tables if table.name != "courts")

__all__ = [
    "EMPTY_AT_FIRST",
    "access",
    "agendas",
    "agreements",
    "alerts",
    "arrears",
    "attempts",
    "audit",
    "ballots",
    "break_glass",
    "bundles",
    "calendars",
    "cases",
    "closings",
    "consent",
    "courts",
    "documents",
    "escalation_rules",
    "evictions",
    "folders",
    "follow_ups",
    "handovers",
    "hearing_lists",
    "hearings",
    "households",
    "idempotency",
    "intervisions",
    "metadata",
    "minutes",
    "mobile",
    "network",
    "network_settings",
    "notifications",
    "outbox",
    "plans",
    "portal",
    "proposals",
    "retention",
    "roster",
    "rule_changes",
    "sealed_contacts",
    "seats",
    "sessions",
    "substitutes",
    "terms",
    "unusual",
    "webhooks",
    "welfare",
]
