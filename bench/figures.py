"""Measuring in turns, and what is printed of it."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEAD = ("figure", "what", "against", "ratio", "median (min–max)", "n")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`ratios` is one number per round; `kind` says of what: "time" or "rate"."""

    name: str
    what: str
    peer: str
    kind: str
    ratios: Sequence[float]
    n: str

    def row(self) -> tuple[str, ...]:
        middle = statistics.median(self.ratios)
        spread = f"{_short(middle)} ({_short(min(self.ratios))}–{_short(max(self.ratios))})"
        return (self.name, self.what, self.peer, self.kind, spread, self.n)


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """What each side says, round by round; who begins changes, so that a drift spares nobody."""
    said: list[list[float]] = [[] for _ in sides]
    order = list(range(len(sides)))
    for _ in range(rounds):
        for side in order:
            said[side].append(sides[side]())
        order.reverse()
    return said


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def median_time(work: Callable[[], object], calls: int) -> float:
    """The median of `calls` single times, in seconds."""
    return statistics.median(timed(work) for _ in range(calls))


def say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


def table(figures: Sequence[Figure]) -> str:
    rows = [HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
