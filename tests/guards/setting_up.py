"""What the tests set up, counted: machines differ in speed, counts do not.

The bounds hold for any part of the suite: so much once a process, and so much for each test of it.
tests/guards/bounds.py makes a run fail that breaks one.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

SET_UP: Counter[str] = Counter()
# What it is: how many a process, how many a test of that process.
BOUNDS: dict[str, tuple[float, float]] = {
    "applications built": (5, 0),
    "people registered": (120, 0),
    "tables emptied": (150, 40),
    "processes started": (100, 4),
}
_STARTING = ("subprocess.Popen", "os.fork", "os.posix_spawn")


def _heard(event: str, _details: Any) -> None:
    if event in _STARTING:
        SET_UP["processes started"] += 1


sys.addaudithook(_heard)


def exceeded(counts: Mapping[str, int]) -> list[str]:
    """One line for each bound that a process broke."""
    tests = counts.get("tests", 0)
    allowed = {what: once + each * tests for what, (once, each) in BOUNDS.items()}
    return [
        f"{counts[what]} {what}, at most {most:g} for {tests} tests"
        for what, most in allowed.items()
        if counts.get(what, 0) > most
    ]
