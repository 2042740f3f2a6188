"""What only the database knows: alerts that are due, deliveries by state, the outbox."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.database import Database
from infra.metrics import Source
from services.shared.clock import Clock

_BACKLOG = text("SELECT oldest_due_age_seconds, due, outbox_waiting FROM alert_backlog()")
_AUDIT = text(
    "SELECT unsealed, last_anchor_age_seconds, unanchored_age_seconds FROM audit_figures()"
)
_DELIVERIES = text("SELECT state, count FROM delivery_counts()")


def alert_figures(database: Database, clock: Clock) -> Source:
    """Counts only. With the database away the one figure left says so."""

    def figures() -> Iterator[Metric]:
        try:
            with database.transaction(clock=clock, actor=None) as uow:
                age, due, waiting = uow.session.execute(_BACKLOG).one()
                audit = uow.session.execute(_AUDIT).one()
                states = [(state, count) for state, count in uow.session.execute(_DELIVERIES)]
        except SQLAlchemyError:
            yield _gauge("maillage_database_up", "Whether the figures could be read.", 0)
            return
        yield _gauge("maillage_database_up", "Whether the figures could be read.", 1)
        yield _gauge(
            "maillage_oldest_due_alert_age_seconds",
            "How long the longest waiting alert is overdue. The figure to watch.",
            age or 0,
        )
        yield _gauge("maillage_alerts_due", "Alerts due and not yet sent.", due)
        yield _gauge("maillage_outbox_waiting", "Events not yet dispatched.", waiting)
        yield from _audit_figures(*audit)
        deliveries = GaugeMetricFamily(
            "maillage_deliveries", "Deliveries by state.", labels=["state"]
        )
        for state, count in states:
            deliveries.add_metric([state], count)
        yield deliveries

    return figures


def _audit_figures(
    unsealed: int, anchor_age: float | None, unanchored_age: float
) -> Iterator[Metric]:
    yield _gauge("maillage_audit_unsealed", "Entries of the journals not yet sealed.", unsealed)
    yield _gauge(
        "maillage_audit_unanchored_age_seconds",
        "How long the oldest seal waits for an anchor outside the database. Watch it: over 600 is "
        "a fault.",
        unanchored_age,
    )
    if anchor_age is not None:
        yield _gauge(
            "maillage_audit_anchor_age_seconds",
            "Age of the last anchor outside; grows while nothing happens.",
            anchor_age,
        )


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=float(value))
