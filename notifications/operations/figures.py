"""How the delivery does, in counts and ages: for /metrics, for operators, and for their alarms.

One table of alarms: infra/deploy/prometheus/alerts.yml says the same (a test compares them), and
`maillage alerts status` and the API judge by it.
"""

import math
import operator
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from notifications.catalogue import CATALOGUE, Urgency
from services.shared.unit_of_work import UnitOfWork

_BACKLOG = text("SELECT oldest_due_age_seconds, due, outbox_waiting FROM alert_backlog()")
_DELIVERIES = text("SELECT channel, state, count FROM delivery_counts()")
_AUDIT = text(
    "SELECT unsealed, last_anchor_age_seconds, unanchored_age_seconds FROM audit_figures()"
)
_FIGURES = text("SELECT name, label, value FROM operation_figures()")
_COMPARE = {">": operator.gt, "<": operator.lt}
PARTS = ("sweeper", "worker")
# Within ten minutes. One may be killed by hand; whatever starts it again does not hide more.
CRASHES_ALLOWED = 3

METRICS: Mapping[str, str] = {
    "maillage_database_up": "Whether the figures could be read.",
    "maillage_database_writable": "Whether the database takes changes.",
    "maillage_oldest_due_alert_age_seconds": (
        "How long the longest waiting alert is overdue. The figure to watch."
    ),
    "maillage_alerts_due": "Alerts due and not yet sent.",
    "maillage_alerts_due_by_urgency": "Alerts due and not yet sent, by how urgent they are.",
    "maillage_alerts_unreached": "Alerts of 30 days that were refused, and nobody was reached.",
    "maillage_alerts_without_recipient": "Alerts of 30 days that nobody may receive.",
    "maillage_set_aside": "Deliveries, alerts and events that failed here three times.",
    "maillage_outbox_waiting": "Events not yet dispatched.",
    "maillage_outbox_oldest_age_seconds": "Age of the oldest event not dispatched or set aside.",
    "maillage_deliveries": "Deliveries by channel and state; of those that ended well, one day's.",
    "maillage_heartbeat_age_seconds": "How long ago the liveliest of these parts was heard.",
    "maillage_parts_alive": "How many of these parts were heard within a minute.",
    "maillage_parts_crashed": "How many of these parts died within ten minutes, unasked.",
    "maillage_break_glass_overdue": "Break-glass openings not reviewed within 72 hours.",
    "maillage_canary_age_seconds": "How long ago the last canary was accepted by the mail server.",
    "maillage_audit_unsealed": "Entries of the journals not yet sealed.",
    "maillage_audit_unanchored_age_seconds": (
        "How long the oldest seal waits for an anchor outside the database. Watch it: over 600 is "
        "a fault."
    ),
    "maillage_audit_anchor_age_seconds": (
        "Age of the last anchor outside; grows while nothing happens."
    ),
}


@dataclass(frozen=True)
class Sample:
    """One value of a metric; each has at most two labels."""

    metric: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Alarm:
    """`metric compare limit`: then a person is needed, and `do` says for what."""

    name: str
    metric: str
    compare: str
    limit: float
    do: str
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def expression(self) -> str:
        """The text format of Prometheus."""
        inside = ",".join(f'{name}="{value}"' for name, value in self.labels)
        return f"{self.metric}{f'{{{inside}}}' if inside else ''} {self.compare} {self.limit:g}"

    def rings(self, samples: list[Sample]) -> bool:
        return any(
            _COMPARE[self.compare](each.value, self.limit)
            for each in samples
            if each.metric == self.metric and set(self.labels) <= set(each.labels)
        )


SWEEPER, WORKER = (("part", "sweeper"),), (("part", "worker"),)
ALARMS = (
    Alarm(
        *("MaillageSweepersGone", "maillage_heartbeat_age_seconds", ">", 30),
        do="No sweeper runs: start one (`maillage sweeper`), and read its log.",
        labels=SWEEPER,
    ),
    Alarm(
        *("MaillageWorkersGone", "maillage_heartbeat_age_seconds", ">", 60),
        do="No worker runs: start one. Sweepers deliver meanwhile, more slowly.",
        labels=WORKER,
    ),
    Alarm(
        *("MaillagePartsCrashing", "maillage_parts_crashed", ">", CRASHES_ALLOWED),
        do="A part dies and is started again and again: its log says of what.",
    ),
    Alarm(
        *("MaillageBacklogOld", "maillage_oldest_due_alert_age_seconds", ">", 120),
        do="Somebody is not being told: look at sweepers, mail server and database.",
    ),
    Alarm(
        *("MaillageAlertsUnreached", "maillage_alerts_unreached", ">", 0),
        do="An alert was refused for good: call that person, and correct the address.",
    ),
    Alarm(
        *("MaillageSetAside", "maillage_set_aside", ">", 0),
        do="This release fails at something; `maillage alerts retry` shows at what.",
    ),
    Alarm(
        *("MaillageOutboxStuck", "maillage_outbox_oldest_age_seconds", ">", 120),
        do="Events are not dispatched: look at the logs of sweepers and workers.",
    ),
    Alarm(
        *("MaillageAnchorLate", "maillage_audit_unanchored_age_seconds", ">", 600),
        do="The journals' heads do not leave the database: look at ANCHOR_FILE or ANCHOR_WEBHOOK.",
    ),
    Alarm(
        *("MaillageGlassUnreviewed", "maillage_break_glass_overdue", ">", 0),
        do="A break-glass waits for its review for over 72 hours: ask the coordinators.",
    ),
    Alarm(
        *("MaillageCanaryMissing", "maillage_canary_age_seconds", ">", 600),
        do="The alert that tests the whole road did not leave: look at sweepers and mail server.",
    ),
    Alarm(
        *("MaillageDatabaseReadOnly", "maillage_database_writable", "<", 1),
        do="The database takes no changes: point DATABASE_URL at the primary, or free its disk.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Figures:
    at: datetime
    oldest_due_seconds: float
    due: int
    due_by_urgency: Mapping[str, int]
    # Of these, those of kinds that this release does not know, by kind.
    unknown: Mapping[str, int]
    deliveries: Mapping[str, Mapping[str, int]]
    no_recipient: int
    unreached: int
    set_aside: Mapping[str, int]
    outbox_waiting: int
    outbox_oldest_seconds: float
    # None: never heard of.
    heartbeats: Mapping[str, float | None]
    alive: Mapping[str, int]
    crashed: Mapping[str, int]
    glass_overdue: int
    is_writable: bool
    canary_age_seconds: float | None
    unsealed: int
    anchor_age_seconds: float | None
    unanchored_seconds: float

    def samples(self, *, has_canary: bool) -> Iterator[Sample]:
        """The canary only where one is sent; what was never seen is infinitely old."""
        yield Sample("maillage_database_up", 1)
        yield Sample("maillage_database_writable", int(self.is_writable))
        yield Sample("maillage_oldest_due_alert_age_seconds", self.oldest_due_seconds)
        yield Sample("maillage_alerts_due", self.due)
        for urgency, count in self.due_by_urgency.items():
            yield Sample("maillage_alerts_due_by_urgency", count, (("urgency", urgency),))
        yield Sample("maillage_alerts_unreached", self.unreached)
        yield Sample("maillage_alerts_without_recipient", self.no_recipient)
        for what, count in self.set_aside.items():
            yield Sample("maillage_set_aside", count, (("what", what),))
        yield Sample("maillage_outbox_waiting", self.outbox_waiting)
        yield Sample("maillage_outbox_oldest_age_seconds", self.outbox_oldest_seconds)
        yield from self._deliveries()
        for part in PARTS:
            labels = (("part", part),)
            yield Sample("maillage_heartbeat_age_seconds", _age(self.heartbeats[part]), labels)
            yield Sample("maillage_parts_alive", self.alive[part], labels)
            yield Sample("maillage_parts_crashed", self.crashed[part], labels)
        yield Sample("maillage_break_glass_overdue", self.glass_overdue)
        yield Sample("maillage_audit_unsealed", self.unsealed)
        yield Sample("maillage_audit_unanchored_age_seconds", self.unanchored_seconds)
        if self.anchor_age_seconds is not None:
            yield Sample("maillage_audit_anchor_age_seconds", self.anchor_age_seconds)
        if has_canary:
            yield Sample("maillage_canary_age_seconds", _age(self.canary_age_seconds))

    def _deliveries(self) -> Iterator[Sample]:
        for channel, states in self.deliveries.items():
            for state, count in states.items():
                labels = (("channel", channel), ("state", state))
                yield Sample("maillage_deliveries", count, labels)

    def concerns(self, *, has_canary: bool) -> list[Alarm]:
        """What needs a person now."""
        samples = list(self.samples(has_canary=has_canary))
        return [alarm for alarm in ALARMS if alarm.rings(samples)]


def _age(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds


def read(*, uow: UnitOfWork) -> Figures:
    """Figures by the database's clock, about no case and nobody."""
    session = uow.session
    oldest, due, outbox = session.execute(_BACKLOG).one()
    unsealed, anchored, unanchored = session.execute(_AUDIT).one()
    found: dict[str, dict[str, float | None]] = {}
    for name, label, value in session.execute(_FIGURES):
        found.setdefault(name, {})[label] = value
    by_kind = _counts(found.get("due", {}))
    deliveries: dict[str, dict[str, int]] = {}
    for channel, state, count in session.execute(_DELIVERIES):
        deliveries.setdefault(channel, {})[state] = count
    return Figures(
        at=uow.now(),
        oldest_due_seconds=float(oldest or 0),
        due=due,
        due_by_urgency=_by_urgency(by_kind),
        unknown={kind: count for kind, count in by_kind.items() if kind not in CATALOGUE},
        deliveries=deliveries,
        no_recipient=_count(found, "no_recipient"),
        unreached=_count(found, "unreached"),
        set_aside=_counts(found["set_aside"]),
        outbox_waiting=outbox,
        outbox_oldest_seconds=found["outbox_oldest"][""] or 0.0,
        heartbeats=found["heartbeat_age"],
        alive=_counts(found["alive"]),
        crashed=_counts(found["crashed"]),
        glass_overdue=_count(found, "glass_overdue"),
        is_writable=bool(found["writable"][""]),
        canary_age_seconds=found["canary_age"][""],
        unsealed=unsealed,
        anchor_age_seconds=anchored,
        unanchored_seconds=float(unanchored),
    )


def _count(found: Mapping[str, Mapping[str, float | None]], name: str) -> int:
    return int(found[name][""] or 0)


def _counts(found: Mapping[str, float | None]) -> dict[str, int]:
    return {label: int(value or 0) for label, value in found.items()}


def _by_urgency(by_kind: Mapping[str, int]) -> dict[str, int]:
    """A kind that this release does not know counts as legal: better too early than too late."""
    sums: Counter[str] = Counter({each.value: 0 for each in Urgency})
    for kind, count in by_kind.items():
        known = CATALOGUE.get(kind)
        sums[(known.urgency if known else Urgency.LEGAL).value] += count
    return dict(sums)
