"""`python -m bench [NAME …] [--full]`: every figure, or those named."""

import argparse
import time
from collections.abc import Callable, Mapping

from bench import alerts, deadlines, recomputation, seating, sweeps, wake
from bench.figures import Figure, say, table
from bench.reading import board, my_cases, open_case
from bench.stage import Stage, staged

MEASURES: Mapping[str, Callable[..., list[Figure]]] = {
    "deadlines": deadlines.measure,
    "recomputation": recomputation.measure,
    "seating": seating.measure,
    "open_case": open_case.measure,
    "my_cases": my_cases.measure,
    "board": board.measure,
    "alerts": alerts.measure,
    "sweeps": sweeps.measure,
    "wake": wake.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *MEASURES], metavar="NAME")
    parser.add_argument("--full", action="store_true", help="larger numbers; takes much longer")
    asked = parser.parse_args()
    started = time.monotonic()
    figures: list[Figure] = []
    say("starting PostgreSQL and a mail server")
    with staged() as stage:
        for name in asked.name or MEASURES:
            say(f"{name}: measuring")
            figures += _measure(name, stage, full=asked.full)
    print(table(figures), flush=True)
    print(f"\n{time.monotonic() - started:.0f} s. Time: less is better; rate: more is better.")


def _measure(name: str, stage: Stage, *, full: bool) -> list[Figure]:
    return MEASURES[name](stage, full=full)


if __name__ == "__main__":
    main()
