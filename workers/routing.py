"""Who reacts to which event. What nobody reacts to is no event: the audit entry says it."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import notifications
import services
from infra.embedded.process import StartFailed
from notifications.messages import agendas as agenda_messages
from notifications.messages import audit as audit_messages
from notifications.messages import cases as case_messages
from notifications.messages import closings as closing_messages
from notifications.messages import evictions as eviction_messages
from notifications.messages import portal as portal_messages
from notifications.messages import retention as retention_messages
from notifications.planning import replanning
from services.cases.tasks import undelivered
from services.evictions.hearings import attendees as invitees
from services.evictions.terms import missed as missing
from services.intervisions import waiting_list
from services.intervisions.follow_ups import tasks as follow_up_tasks
from services.retention import ledger
from services.shared.events import REGISTRY
from services.shared.unit_of_work import UnitOfWork


class Reaction(Protocol):
    def __call__(self, event: Any, *, uow: UnitOfWork) -> None: ...


@dataclass(frozen=True)
class Subscriber:
    """`name` is what the inbox remembers: it stays when the function is renamed."""

    name: str
    react: Reaction


TELL_INVITEE = Subscriber("tell_invitee", case_messages.tell_invitee)
TELL_RECEIVER = Subscriber("tell_receiver", case_messages.tell_receiver)
TELL_FORMER_WORKER = Subscriber("tell_former_worker", case_messages.tell_former_worker)
TELL_REFERENCE_WORKER = Subscriber("tell_reference_worker", eviction_messages.tell_reference_worker)
TELL_TERM_MISSED = Subscriber("tell_term_missed", eviction_messages.tell_missed)
WRITE_MISSED_TASK = Subscriber("write_missed_task", missing.write_missed_task)
WRITE_TELL_TASK = Subscriber("write_tell_task", undelivered.write_tell_task)
FOLLOW_HANDOVER = Subscriber("follow_handover", invitees.follow_handover)
TELL_COORDINATORS = Subscriber("tell_coordinators", audit_messages.tell_coordinators)

TELL_HANDOVER_EXPIRED = Subscriber("tell_handover_expired", case_messages.tell_handover_expired)
TELL_WORKER_REQUESTED = Subscriber("tell_worker_requested", case_messages.tell_worker_requested)
TELL_PLAN_OBJECTED = Subscriber("tell_plan_objected", case_messages.tell_plan_objected)
ANNOUNCE_DEPARTURE = Subscriber("announce_departure", case_messages.announce_departure)

TELL_REVIEWER = Subscriber("tell_reviewer", closing_messages.tell_reviewer)
TELL_CLOSING_REFUSED = Subscriber("tell_closing_refused", closing_messages.tell_refused)
TELL_CLOSING_EXPIRED = Subscriber("tell_closing_expired", closing_messages.tell_expired)
TELL_CLOSED = Subscriber("tell_closed", closing_messages.tell_closed)
TELL_REOPENED = Subscriber("tell_reopened", closing_messages.tell_reopened)
TELL_HOUSEHOLD_CHOICE = Subscriber("tell_household_choice", portal_messages.tell_choice)
TELL_HOUSEHOLD_REQUEST = Subscriber("tell_household_request", portal_messages.tell_request)
ASK_FOR_CONFIRMATION = Subscriber("ask_for_confirmation", retention_messages.ask_for_confirmation)
PLAN_AGAIN = Subscriber("plan_again_as_preferred", replanning.plan_again)
TELL_NEW_WORKER = Subscriber("tell_new_worker", replanning.follow_handover)
# What a restored database must not forget (docs/decisions/0019).
LEDGER_WITHDRAWAL = Subscriber("ledger_withdrawal", ledger.note_withdrawal)
LEDGER_RENEWAL = Subscriber("ledger_renewal", ledger.note_renewal)
LEDGER_DEPARTURE = Subscriber("ledger_departure", ledger.note_departure)
LEDGER_HANDOVER = Subscriber("ledger_handover", ledger.note_handover)
LEDGER_EXCLUSION = Subscriber("ledger_exclusion", ledger.note_exclusion)
LEDGER_LIFTING = Subscriber("ledger_lifting", ledger.note_lifting)
LEDGER_OPPOSITION = Subscriber("ledger_opposition", ledger.note_opposition)
LEDGER_OPPOSITION_WITHDRAWN = Subscriber(
    "ledger_opposition_withdrawn", ledger.note_opposition_withdrawn
)
GIVE_PLACES = Subscriber("give_places", waiting_list.fill_free_places)
TELL_AGENDA = Subscriber("tell_agenda", agenda_messages.tell_agenda)
TELL_CARRIED = Subscriber("tell_carried", agenda_messages.tell_carried)
REMIND_FOLLOW_UP = Subscriber("remind_follow_up", agenda_messages.remind)
FORGET_FOLLOW_UP = Subscriber("forget_follow_up", agenda_messages.forget)
NOTE_TASK_DONE = Subscriber("note_task_done", follow_up_tasks.note_task_done)
LEDGER_ACCOUNT = Subscriber("ledger_account", ledger.note_closed_account)

ROUTES: Mapping[str, tuple[Subscriber, ...]] = {
    "audit.reading_unusual": (TELL_COORDINATORS,),
    "cases.alert_undelivered": (WRITE_TELL_TASK,),
    "cases.closed": (TELL_CLOSED,),
    "cases.closing_expired": (TELL_CLOSING_EXPIRED,),
    "cases.closing_proposed": (TELL_REVIEWER,),
    "cases.closing_refused": (TELL_CLOSING_REFUSED,),
    "cases.departure_refused": (ANNOUNCE_DEPARTURE,),
    "cases.handover_accepted": (
        TELL_FORMER_WORKER,
        LEDGER_HANDOVER,
        FOLLOW_HANDOVER,
        TELL_NEW_WORKER,
    ),
    "cases.handover_declined": (TELL_FORMER_WORKER,),
    "cases.handover_expired": (TELL_HANDOVER_EXPIRED,),
    "cases.handover_proposed": (TELL_RECEIVER,),
    "cases.participant_invited": (TELL_INVITEE,),
    "cases.reopened": (TELL_REOPENED,),
    "cases.plan_objected": (TELL_PLAN_OBJECTED,),
    "cases.participant_left": (LEDGER_DEPARTURE,),
    "cases.task_done": (NOTE_TASK_DONE,),
    "cases.worker_requested": (TELL_WORKER_REQUESTED,),
    "consent.exclusion_lifted": (LEDGER_LIFTING,),
    "consent.exclusion_set": (LEDGER_EXCLUSION,),
    "consent.renewed": (LEDGER_RENEWAL,),
    "consent.withdrawn": (LEDGER_WITHDRAWAL,),
    "evictions.term_missed": (TELL_TERM_MISSED, WRITE_MISSED_TASK),
    "evictions.hearing_posted": (TELL_REFERENCE_WORKER,),
    "evictions.welfare_centre_opposed": (LEDGER_OPPOSITION,),
    "evictions.welfare_opposition_withdrawn": (LEDGER_OPPOSITION_WITHDRAWN,),
    "intervisions.agenda_changed": (TELL_AGENDA,),
    "intervisions.agenda_published": (TELL_AGENDA,),
    "intervisions.follow_up_carried": (TELL_CARRIED,),
    "intervisions.follow_up_closed": (FORGET_FOLLOW_UP,),
    "intervisions.follow_up_planned": (REMIND_FOLLOW_UP,),
    "intervisions.session_answered": (GIVE_PLACES,),
    "network.professional_left": (LEDGER_ACCOUNT,),
    "notifications.preferences_changed": (PLAN_AGAIN,),
    "portal.choice_made": (TELL_HOUSEHOLD_CHOICE,),
    "portal.request_made": (TELL_HOUSEHOLD_REQUEST,),
    "retention.erasure_requested": (ASK_FOR_CONFIRMATION,),
}


def require_every_event(routes: Mapping[str, tuple[Subscriber, ...]] = ROUTES) -> None:
    """StartFailed unless each event class has a row and each row its class.

    Loads every module of events first: each process imports other parts of the program, and a
    dispatcher leaves an event whose class it does not know to "a newer release", for ever.
    """
    for package in (services, notifications):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("events"):
                import_module(module.name)
    if unrouted := sorted(REGISTRY.keys() - routes.keys()):
        raise StartFailed(f"workers/routing.py has no row for the event {', '.join(unrouted)}.")
    if unknown := sorted(routes.keys() - REGISTRY.keys()):
        raise StartFailed(f"workers/routing.py names {', '.join(unknown)}, which is no event.")
