"""One line for each round of kills, printed together where the run ends."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.faults.kit.callers import Stored
from tests.faults.kit.oracle import Verdict

LINE = "round of kills"


@pytest.fixture
def tabulate(record_property) -> Callable[..., None]:
    def add(seed: int, faults: int, verdict: Verdict, asked: Stored) -> None:
        values = {
            "seed": str(seed),
            "faults": faults,
            "received": verdict.received,
            "lost": len(verdict.lost),
            "not stored": len(verdict.not_stored) + len(asked.not_stored),
            "twice": len(asked.twice),
            "claimed": len(verdict.claimed_not_received),
            "outside": len(verdict.doubled_outside),
            "unflagged": len(verdict.doubled_unflagged),
            "flagged": verdict.doubled,
        }
        late = {"p50": 0.5, "p99": 0.99, "max": 1.0}
        seconds = {name: round(verdict.late(share), 1) for name, share in late.items()}
        record_property(LINE, values | seconds)

    return add


def pytest_terminal_summary(terminalreporter) -> None:
    lines = list(_lines(terminalreporter.stats))
    if not lines:
        return
    terminalreporter.section("rounds of kills (copies: outside the window, unflagged, flagged)")
    terminalreporter.line("".join(f"{name:>11}" for name in lines[0]))
    for line in sorted(lines, key=lambda each: each["seed"]):
        terminalreporter.line("".join(f"{value:>11}" for value in line.values()))


def _lines(stats: dict[str, list[Any]]) -> Iterable[dict[str, Any]]:
    for report in (each for found in stats.values() for each in found):
        if getattr(report, "when", None) == "call":
            yield from (value for kind, value in report.user_properties if kind == LINE)
