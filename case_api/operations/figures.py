"""What only the database and the other parts know, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from case_api.operations.readiness import Readiness
from infra.database import Database
from infra.metrics import Source
from notifications.operations import figures
from notifications.operations.figures import METRICS, Sample
from services.shared.clock import Clock


def alert_figures(database: Database, clock: Clock, *, has_canary: bool) -> Source:
    """Counts only. With the database away the one figure left says so."""

    def source() -> Iterator[Metric]:
        try:
            with database.transaction(clock=clock, actor=None) as uow:
                samples = list(figures.read(uow=uow).samples(has_canary=has_canary))
        except SQLAlchemyError:
            samples = [Sample("maillage_database_up", 0)]
        yield from _families(samples)

    return source


def part_figures(readiness: Readiness) -> Source:
    """The state of each part, as /readyz reports it."""

    def source() -> Iterator[Metric]:
        help_text = "Whether the API finds this part."
        family = GaugeMetricFamily("maillage_part_up", help_text, labels=["part"])
        for part in readiness.parts():
            family.add_metric([part.name], int(part.is_up))
        yield family

    return source


def _families(samples: list[Sample]) -> Iterator[Metric]:
    families: dict[str, GaugeMetricFamily] = {}
    for sample in samples:
        name = sample.metric
        labels = [label for label, _ in sample.labels]
        family = families.setdefault(name, GaugeMetricFamily(name, METRICS[name], labels=labels))
        family.add_metric([value for _, value in sample.labels], float(sample.value))
    yield from families.values()
