"""When the delivery has something to do next: instants, each found at the edge of an index.

An instant that is over has been waiting since; one ahead is when to look again. What this release
does not know is left out: operators see it (`alert_backlog`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, DateTime, ScalarSelect, Text, bindparam, column, text

from notifications import vocabulary
from services.shared.events import REGISTRY

Instant = ScalarSelect[datetime]


# Given at each execution: this instant, the kinds and the events that this release knows.
_TYPES: dict[str, Any] = {
    "now": DateTime(timezone=True),
    "known": ARRAY(Text),
    "events": ARRAY(Text),
}


def values(now: datetime) -> dict[str, Any]:
    return {"now": now, "known": vocabulary.KINDS, "events": list(REGISTRY)}


def instant(words: str) -> Instant:
    """The one value of a statement, as part of a greater one that is executed with `values`."""
    named = [bindparam(name, type_=kind) for name, kind in _TYPES.items() if f":{name}" in words]
    asked = text(words).bindparams(*named)
    return asked.columns(column("at", DateTime(timezone=True))).scalar_subquery()


def alerts() -> tuple[Instant, ...]:
    """Due; ahead; and put off, because nobody holds the role yet or they could not be expanded."""
    return (
        instant(
            """
            SELECT greatest(due_at, planned_at, next_at) FROM alerts
            WHERE state = 'planned' AND due_at <= :now AND (next_at IS NULL OR next_at <= :now)
              AND kind = ANY(:known)
            ORDER BY due_at LIMIT 1
            """,
        ),
        instant(
            """
            SELECT due_at FROM alerts
            WHERE state = 'planned' AND due_at > :now AND kind = ANY(:known)
            ORDER BY due_at LIMIT 1
            """,
        ),
        instant(
            """
            SELECT min(next_at) FROM alerts
            WHERE state = 'planned' AND due_at <= :now AND next_at > :now AND kind = ANY(:known)
            """,
        ),
    )


def mails() -> Instant:
    return instant(
        """
        SELECT next_at FROM deliveries d
        WHERE state = 'pending' AND channel = 'email'
          AND (SELECT kind FROM alerts a WHERE a.id = d.alert_id) = ANY(:known)
        ORDER BY next_at LIMIT 1
        """,
    )


def texts() -> tuple[Instant, ...]:
    """Alerts by SMS, and the codes that prove a number as long as they are any use."""
    return (
        instant(
            """
            SELECT next_at FROM deliveries d
            WHERE state = 'pending' AND channel = 'sms'
              AND (SELECT kind FROM alerts a WHERE a.id = d.alert_id) = ANY(:known)
            ORDER BY next_at LIMIT 1
            """,
        ),
        instant("SELECT min(code_due_at) FROM mobile_numbers WHERE code_valid_until > :now"),
    )


def posts() -> Instant:
    """At the endpoints that may be called, at which nobody is."""
    return instant(
        """
        SELECT min(greatest(w.next_at, e.rests_until)) FROM webhook_endpoints e
        CROSS JOIN LATERAL (
          SELECT d.next_at FROM webhook_deliveries d
          WHERE d.endpoint_id = e.id AND d.state = 'pending' ORDER BY d.next_at LIMIT 1) w
        WHERE e.state = 'active' AND NOT EXISTS (
          SELECT FROM webhook_deliveries h WHERE h.endpoint_id = e.id AND h.state = 'sending')
        """
    )


def events() -> tuple[Instant, ...]:
    """Not dispatched yet: to be taken now, or put off after a failure."""
    return (
        instant(
            """
            SELECT greatest(occurred_at, next_at) FROM outbox_events
            WHERE dispatched_at IS NULL AND (next_at IS NULL OR next_at <= :now)
              AND name = ANY(:events)
            ORDER BY seq LIMIT 1
            """,
        ),
        instant(
            """
            SELECT min(next_at) FROM outbox_events
            WHERE dispatched_at IS NULL AND next_at > :now AND name = ANY(:events)
            """,
        ),
    )


def chores() -> tuple[Instant, ...]:
    """What the sweepers do themselves: the next rung, and the next channel after a failure."""
    return (
        instant(
            """
            SELECT climbs_at FROM alerts
            WHERE climbs_at IS NOT NULL AND state IN ('planned', 'sending') AND kind = ANY(:known)
            ORDER BY climbs_at LIMIT 1
            """,
        ),
        instant(
            """
            SELECT next_at FROM deliveries d
            WHERE state IN ('rejected', 'failed') AND followed_up_at IS NULL
              AND (SELECT kind FROM alerts a WHERE a.id = d.alert_id) = ANY(:known)
            ORDER BY next_at LIMIT 1
            """,
        ),
    )
