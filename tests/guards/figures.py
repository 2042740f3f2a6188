"""Figures that the proofs print: counted where a test runs, added up where the run ends.

A test adds with the fixture `figures`; the same name in several tests, or several processes, is
one line of the summary.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

KIND = "figure"
# Added up, except where only the greatest says something.
GREATEST = "longest"


@pytest.fixture
def figures(record_property) -> Callable[..., None]:
    """`figures("races", reads=10, longest_ms=3.2)`"""

    def add(name: str, **counts: float) -> None:
        record_property(KIND, [name, counts])

    return add


def summed(reports: Iterable[Any]) -> dict[str, dict[str, float]]:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        if getattr(report, "when", None) != "call":
            continue
        for kind, value in report.user_properties:
            if kind == KIND:
                name, counts = value
                for each, count in counts.items():
                    known = sums[name][each]
                    greatest = each.startswith(GREATEST)
                    sums[name][each] = max(known, count) if greatest else known + count
    return {name: dict(counts) for name, counts in sums.items()}


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [each for found in terminalreporter.stats.values() for each in found]
    sums = summed(reports)
    if sums:
        terminalreporter.section("figures")
    for name, counts in sorted(sums.items()):
        told = ", ".join(f"{each.replace('_', ' ')} {count:,}" for each, count in counts.items())
        terminalreporter.line(f"{name}: {told}")
