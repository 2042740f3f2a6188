"""Prometheus figures of one process. Labels name operations and states, never a person."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
Source = Callable[[], Iterable[Metric]]


class Metrics:
    """One registry of its own, so that two apps in one process (tests) do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "maillage_http_requests",
            "Requests answered.",
            ["method", "endpoint", "status"],
            registry=self.registry,
        )
        self._latency = Histogram(
            "maillage_http_request_seconds",
            "Time to answer a request.",
            ["method", "endpoint"],
            buckets=BUCKETS,
            registry=self.registry,
        )

    def observe(self, *, method: str, endpoint: str, status: int, seconds: float) -> None:
        """Methods that nobody defined share one label: a caller cannot make series grow."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, endpoint, f"{status // 100}xx").inc()
        self._latency.labels(method, endpoint).observe(seconds)

    def add_source(self, source: Source) -> None:
        """`source` is asked for its figures at every `render`; it may read the database."""
        self.registry.register(_Asked(source))

    def render(self) -> bytes:
        """The text exposition format."""
        return generate_latest(self.registry)


class _Asked(Collector):
    def __init__(self, source: Source) -> None:
        self._source = source

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: registering must not ask the source (the database may be down)."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from self._source()
