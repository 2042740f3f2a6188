"""Every kind of alert: how urgent it is and what its message must say. One table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """Legal: a date that costs a home if it is missed; it passes quiet hours, nobody can mute it,
    and without an acknowledgement it climbs. Important: at once, outside quiet hours. Digest: with
    the others, daily or weekly.
    """

    LEGAL = "legal"
    IMPORTANT = "important"
    DIGEST = "digest"


@dataclass(frozen=True)
class Kind:
    """`facts` are those without which the message would be wrong."""

    urgency: Urgency
    facts: tuple[str, ...] = ()


CATALOGUE: Mapping[str, Kind] = {
    "audit.reading_unusual": Kind(Urgency.IMPORTANT),
    "cases.closed": Kind(Urgency.IMPORTANT),
    "cases.closing_expired": Kind(Urgency.IMPORTANT),
    "cases.closing_proposed": Kind(Urgency.IMPORTANT),
    "cases.closing_refused": Kind(Urgency.IMPORTANT),
    "cases.handover_accepted": Kind(Urgency.IMPORTANT),
    "cases.handover_declined": Kind(Urgency.IMPORTANT),
    "cases.handover_expired": Kind(Urgency.IMPORTANT),
    "cases.handover_proposed": Kind(Urgency.IMPORTANT),
    "cases.orphaned": Kind(Urgency.IMPORTANT),
    "cases.participant_invited": Kind(Urgency.IMPORTANT),
    "cases.plan_objected": Kind(Urgency.IMPORTANT),
    "cases.reference_leaving": Kind(Urgency.IMPORTANT),
    "cases.reopened": Kind(Urgency.IMPORTANT),
    "cases.task_due": Kind(Urgency.IMPORTANT),
    "cases.watch_review": Kind(Urgency.IMPORTANT, facts=("due_on",)),
    "cases.worker_requested": Kind(Urgency.IMPORTANT),
    "consent.ending": Kind(Urgency.IMPORTANT),
    "consent.glass_broken": Kind(Urgency.IMPORTANT),
    "consent.glass_often": Kind(Urgency.IMPORTANT),
    "consent.glass_review_due": Kind(Urgency.IMPORTANT),
    "consent.glass_suspended": Kind(Urgency.IMPORTANT),
    "documents.infected": Kind(Urgency.IMPORTANT),
    "evictions.deadline_approaching": Kind(Urgency.LEGAL, facts=("due_on",)),
    "evictions.deadline_moved": Kind(Urgency.LEGAL, facts=("due_on",)),
    "evictions.deadlines_recomputed": Kind(Urgency.IMPORTANT),
    "evictions.hearing_approaching": Kind(Urgency.LEGAL, facts=("hearing_at",)),
    "evictions.hearing_called_off": Kind(
        Urgency.IMPORTANT, facts=("hearing_at", "uid", "sequence")
    ),
    "evictions.hearing_invited": Kind(Urgency.IMPORTANT, facts=("hearing_at", "uid", "sequence")),
    "evictions.hearing_posted": Kind(Urgency.LEGAL),
    "evictions.instalment_missed": Kind(Urgency.LEGAL, facts=("due_on",)),
    "evictions.term_missed": Kind(Urgency.LEGAL, facts=("due_on",)),
    "portal.choice_made": Kind(Urgency.IMPORTANT),
    "portal.request_made": Kind(Urgency.IMPORTANT),
    "retention.erasure_requested": Kind(Urgency.IMPORTANT),
    "retention.purge_approaching": Kind(Urgency.IMPORTANT, facts=("due_on",)),
    "webhooks.disabled": Kind(Urgency.IMPORTANT),
}
