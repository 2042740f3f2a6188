"""Every kind of alert: what it comes from, to whom it speaks, how urgent it is, and what its
message must say. The one table of them, which `GET /alert-kinds` shows to people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.shared.alerts import RecipientRole


class Urgency(StrEnum):
    """Legal: a date that costs a home if it is missed; it passes quiet hours, nobody can mute it,
    and without an acknowledgement it climbs. Important: at once, outside quiet hours. Digest: with
    the others, daily or weekly.
    """

    LEGAL = "legal"
    IMPORTANT = "important"
    DIGEST = "digest"


class Origin(StrEnum):
    """What an alert comes from."""

    # The event of the same name, or the act of a person that is written in the same commit.
    EVENT = "event"
    # A date ahead: it is written, moved and cancelled with the date.
    DATE = "date"
    # What the workers notice by themselves.
    WATCH = "watch"


class Needs(StrEnum):
    """What must be open to somebody, or be theirs, so that they may know of an alert. The rule
    itself is notifications/may_know.sql: an alert about a case is also known to whoever reads that.
    """

    NOTHING = "nothing"
    CASE = "case"
    PROCEDURE = "procedure"
    # They are asked into the case.
    INVITATION = "invitation"
    # They gave the case away, or are asked to take it.
    HANDOVER = "handover"
    # They are asked to confirm that the case is closed.
    CLOSING = "closing"
    # They had accepted a place in the team.
    PLACE = "place"
    # A hearing of the case stands in their calendar.
    CALENDAR = "calendar"
    # They broke a glass that nobody has reviewed.
    GLASS = "glass"
    ERASURE = "erasure"
    # They attend the session.
    SESSION = "session"


WORKER = RecipientRole.REFERENCE_WORKER
LIAISON = RecipientRole.LIAISON
COORDINATOR = RecipientRole.COORDINATOR
PERSON = RecipientRole.PERSON
SUBSTITUTE = RecipientRole.SUBSTITUTE
TEAM_LEAD = RecipientRole.TEAM_LEAD
WELFARE_CENTRE = RecipientRole.WELFARE_CENTRE


@dataclass(frozen=True)
class Kind:
    """`facts` are those without which the message would be wrong. Of alerts that count down to a
    date, those due together are told once. With `while_it_is`, it is sent only as long as its
    object is in that state.
    """

    urgency: Urgency
    origin: Origin = Origin.EVENT
    to: tuple[RecipientRole, ...] = ()
    facts: tuple[str, ...] = ()
    counts_down: bool = False
    needs: Needs = Needs.CASE
    while_it_is: str = ""


# The one mail in which the others are told; nobody chooses anything about it but when.
DIGEST_KIND = "notifications.digest"
# What proves that alerts arrive: as urgent as they are, and about nobody, so it climbs to nobody.
CANARY = "operations.canary"
# Whoever was told that nobody answered said that its reader acts (notifications/climbing.sql).
ACTING_NAMED = "evictions.acting_named"
_DUE = ("due_on",)
_HEARING = ("hearing_at",)
_INVITATION = ("hearing_at", "uid", "sequence")
_SESSION = ("session_at", "number", "uid", "sequence")
_AGENDA = ("session_at", "number")
_BALLOT = ("closes_at", "number")
_LEGAL, _IMPORTANT, _DIGEST = Urgency
_EVENT, _DATE, _WATCH = Origin

CATALOGUE: Mapping[str, Kind] = {
    "audit.reading_unusual": Kind(_IMPORTANT, _WATCH, (COORDINATOR,), needs=Needs.NOTHING),
    # Whose access ended or came back is told so, and need do nothing.
    "cases.closed": Kind(_DIGEST, _EVENT, (WORKER, PERSON), needs=Needs.PLACE),
    "cases.closing_expired": Kind(_IMPORTANT, _WATCH, (WORKER, COORDINATOR)),
    "cases.closing_proposed": Kind(
        _IMPORTANT, _EVENT, (PERSON,), needs=Needs.CLOSING, while_it_is="proposed"
    ),
    "cases.closing_refused": Kind(_IMPORTANT, _EVENT, (WORKER,)),
    "cases.handover_accepted": Kind(
        _IMPORTANT, _EVENT, (PERSON,), needs=Needs.HANDOVER, while_it_is="accepted"
    ),
    "cases.handover_declined": Kind(_IMPORTANT, _EVENT, (PERSON,), needs=Needs.HANDOVER),
    "cases.handover_expired": Kind(_IMPORTANT, _WATCH, (PERSON, COORDINATOR), needs=Needs.HANDOVER),
    "cases.handover_proposed": Kind(
        _IMPORTANT, _EVENT, (PERSON,), needs=Needs.HANDOVER, while_it_is="proposed"
    ),
    "cases.impasse_flagged": Kind(_DIGEST, _EVENT, (WORKER,)),
    "cases.orphaned": Kind(_IMPORTANT, _WATCH, (COORDINATOR,)),
    "cases.participant_invited": Kind(
        _IMPORTANT, _EVENT, (PERSON,), needs=Needs.INVITATION, while_it_is="invited"
    ),
    "cases.plan_objected": Kind(_IMPORTANT, _EVENT, (WORKER,)),
    "cases.reference_leaving": Kind(_IMPORTANT, _EVENT, (WORKER, COORDINATOR)),
    "cases.reopened": Kind(_DIGEST, _EVENT, (PERSON,)),
    "cases.task_due": Kind(_IMPORTANT, _DATE, (WORKER, PERSON)),
    "cases.watch_review": Kind(_IMPORTANT, _DATE, (WORKER,), _DUE),
    "cases.worker_requested": Kind(_IMPORTANT, _EVENT, (WORKER, COORDINATOR)),
    "consent.ending": Kind(_IMPORTANT, _DATE, (WORKER,)),
    "consent.glass_broken": Kind(_IMPORTANT, _EVENT, (WORKER, COORDINATOR)),
    "consent.glass_often": Kind(_IMPORTANT, _EVENT, (COORDINATOR,)),
    "consent.glass_review_due": Kind(_IMPORTANT, _DATE, (COORDINATOR,)),
    "consent.glass_suspended": Kind(_IMPORTANT, _DATE, (PERSON,), needs=Needs.GLASS),
    "documents.infected": Kind(_IMPORTANT, _WATCH, (WORKER, PERSON)),
    ACTING_NAMED: Kind(
        _LEGAL, _EVENT, (WORKER, SUBSTITUTE), ("about", "told_as"), needs=Needs.PROCEDURE
    ),
    # An act breaks what protects the household; or it was put out without any title.
    "evictions.act_against_law": Kind(_LEGAL, _EVENT, (WORKER,), needs=Needs.PROCEDURE),
    "evictions.unlawful_eviction": Kind(_LEGAL, _EVENT, (WORKER,), needs=Needs.PROCEDURE),
    "evictions.deadline_approaching": Kind(
        _LEGAL, _DATE, (WORKER,), _DUE, counts_down=True, needs=Needs.PROCEDURE
    ),
    "evictions.deadline_moved": Kind(_LEGAL, _EVENT, (WORKER,), _DUE, needs=Needs.PROCEDURE),
    # What is near or over was told one by one, as `deadline_moved`; this sums up the rest.
    "evictions.deadlines_recomputed": Kind(_DIGEST, _EVENT, (PERSON,), needs=Needs.PROCEDURE),
    "evictions.eviction_approaching": Kind(
        _LEGAL, _DATE, (WORKER,), _DUE, counts_down=True, needs=Needs.PROCEDURE
    ),
    "evictions.hearing_approaching": Kind(
        _LEGAL, _DATE, (WORKER, LIAISON, PERSON), _HEARING, counts_down=True, needs=Needs.PROCEDURE
    ),
    "evictions.accompaniment_asked": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _HEARING, needs=Needs.PROCEDURE
    ),
    # Asks for nothing, but carries the hearing for a calendar: no digest can.
    "evictions.hearing_called_off": Kind(
        _IMPORTANT, _EVENT, (WORKER, LIAISON, PERSON), _INVITATION, needs=Needs.PROCEDURE
    ),
    "evictions.hearing_changed": Kind(
        _IMPORTANT, _EVENT, (WORKER, LIAISON, PERSON), _HEARING, needs=Needs.PROCEDURE
    ),
    "evictions.hearing_invited": Kind(
        _IMPORTANT, _EVENT, (WORKER, LIAISON, PERSON), _INVITATION, needs=Needs.PROCEDURE
    ),
    "evictions.hearing_left": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _INVITATION, needs=Needs.CALENDAR
    ),
    "evictions.hearing_posted": Kind(_LEGAL, _EVENT, (WORKER,), needs=Needs.PROCEDURE),
    "evictions.hearing_unaccompanied": Kind(
        _LEGAL, _DATE, (WORKER, COORDINATOR), _HEARING, needs=Needs.PROCEDURE
    ),
    "evictions.instalment_approaching": Kind(
        _IMPORTANT, _DATE, (WORKER,), _DUE, needs=Needs.PROCEDURE
    ),
    "evictions.instalment_missed": Kind(_LEGAL, _WATCH, (WORKER,), _DUE, needs=Needs.PROCEDURE),
    "evictions.term_approaching": Kind(
        _LEGAL, _DATE, (WORKER,), _DUE, counts_down=True, needs=Needs.PROCEDURE
    ),
    "evictions.term_missed": Kind(_LEGAL, _WATCH, (WORKER,), _DUE, needs=Needs.PROCEDURE),
    "evictions.unacknowledged": Kind(
        _LEGAL,
        _WATCH,
        (SUBSTITUTE, TEAM_LEAD, COORDINATOR),
        ("about", "told_as"),
        needs=Needs.PROCEDURE,
    ),
    "evictions.welfare_step_due": Kind(
        _IMPORTANT, _EVENT, (WELFARE_CENTRE,), needs=Needs.PROCEDURE
    ),
    "intervisions.agenda_changed": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _AGENDA, needs=Needs.SESSION
    ),
    "intervisions.agenda_published": Kind(_DIGEST, _EVENT, (PERSON,), _AGENDA, needs=Needs.SESSION),
    "intervisions.answer_awaited": Kind(_DIGEST, _DATE, (PERSON,), _SESSION, needs=Needs.SESSION),
    "intervisions.minutes_final": Kind(_DIGEST, _EVENT, (PERSON,), _SESSION, needs=Needs.SESSION),
    "intervisions.follow_up_carried": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _AGENDA, needs=Needs.SESSION
    ),
    "intervisions.follow_up_due": Kind(
        _IMPORTANT, _DATE, (PERSON,), ("due_on", "number"), needs=Needs.SESSION
    ),
    "intervisions.ballot_closed": Kind(
        _IMPORTANT, _WATCH, (PERSON,), (*_BALLOT, "counted"), needs=Needs.SESSION
    ),
    "intervisions.ballot_closing": Kind(
        _IMPORTANT, _WATCH, (PERSON,), _BALLOT, needs=Needs.SESSION
    ),
    "intervisions.ballot_open": Kind(_IMPORTANT, _WATCH, (PERSON,), _BALLOT, needs=Needs.SESSION),
    "intervisions.place_free": Kind(_IMPORTANT, _WATCH, (PERSON,), _SESSION, needs=Needs.SESSION),
    "intervisions.proposal_returned": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _SESSION, needs=Needs.SESSION
    ),
    "intervisions.proposal_to_read": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _SESSION, needs=Needs.SESSION
    ),
    "intervisions.quorum_missing": Kind(
        _IMPORTANT, _DATE, (PERSON,), _SESSION, needs=Needs.SESSION, while_it_is="short"
    ),
    "intervisions.seated": Kind(_DIGEST, _EVENT, (PERSON,), _SESSION, needs=Needs.SESSION),
    "intervisions.session_approaching": Kind(
        _IMPORTANT, _DATE, (PERSON,), _SESSION, needs=Needs.SESSION
    ),
    # They carry the session for a calendar: no digest can.
    "intervisions.session_cancelled": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _SESSION, needs=Needs.SESSION
    ),
    "intervisions.session_invited": Kind(
        _IMPORTANT, _EVENT, (PERSON,), _SESSION, needs=Needs.SESSION
    ),
    "intervisions.session_left": Kind(_IMPORTANT, _EVENT, (PERSON,), _SESSION, needs=Needs.NOTHING),
    DIGEST_KIND: Kind(_DIGEST, _DATE, (PERSON,), needs=Needs.NOTHING),
    CANARY: Kind(_LEGAL, _WATCH, (PERSON,), needs=Needs.NOTHING),
    "operations.set_aside": Kind(_IMPORTANT, _WATCH, (COORDINATOR,), needs=Needs.NOTHING),
    "portal.choice_made": Kind(_IMPORTANT, _EVENT, (WORKER,)),
    "portal.request_made": Kind(_IMPORTANT, _EVENT, (WORKER,)),
    "retention.erasure_requested": Kind(
        _IMPORTANT, _EVENT, (COORDINATOR,), needs=Needs.ERASURE, while_it_is="requested"
    ),
    "retention.purge_approaching": Kind(_IMPORTANT, _WATCH, (WORKER,), _DUE),
    # Where an organisation has no administrator left, the coordinators.
    "webhooks.disabled": Kind(_IMPORTANT, _WATCH, (PERSON, COORDINATOR), needs=Needs.NOTHING),
}
CLIMBING = tuple(
    name for name, kind in CATALOGUE.items() if kind.urgency is Urgency.LEGAL and name != CANARY
)
COUNTS_DOWN = tuple(name for name, kind in CATALOGUE.items() if kind.counts_down)


def as_sql() -> str:
    """What may_know.sql reads of this table, as functions of a kind: alert_needs(), and
    alert_while_it_is(), which is NULL if the state of its object says nothing.
    """
    needs = json.dumps({name: kind.needs for name, kind in CATALOGUE.items()})
    states = json.dumps(
        {name: kind.while_it_is for name, kind in CATALOGUE.items() if kind.while_it_is}
    )
    declared = "RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT"
    return f"""
    CREATE OR REPLACE FUNCTION alert_needs(kind text) {declared} '{needs}'::jsonb ->> kind $$;
    CREATE OR REPLACE FUNCTION alert_while_it_is(kind text) {declared}
      '{states}'::jsonb ->> kind $$;
    """
