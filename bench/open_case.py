"""Opening a case with its notes over HTTP: full rule, row-level security and read log, against
the same statement in Flask and psycopg without any of them.
"""

from bench.figures import Figure, ratios
from bench.opening_profile import print_profile
from bench.pair import Call, Pair, Reader, served
from bench.stage import Stage

PEER = "Flask + psycopg, no rule, no log"


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    figures = []
    with served(stage) as pair:
        few, few_times = _at(pair, 1_000, rounds=9)
        many, many_times = _at(pair, 200_000 if full else 20_000, rounds=9)
        figures = [few, many]
        print_profile(stage, pair.issuer, pair.readers(1_000))
    growth = ratios(many_times, few_times)
    what, peer = f"open a case, {many.what.split(', ')[1]}", "the same, 1,000 cases"
    return [
        *figures,
        Figure(name="open-case-growth", what=what, peer=peer, kind="time", ratios=growth, n="9"),
    ]


def _at(pair: Pair, cases: int, *, rounds: int) -> tuple[Figure, list[float]]:
    calls = [_both(reader, position) for reader in pair.readers(cases) for position in range(10)]
    pair.check(*calls[0])
    mine, bare = pair.in_turns(rounds, calls)
    figure = Figure(
        name=f"open-case-{cases // 1000}k",
        what=f"open a case over HTTP, {cases:,} cases",
        peer=PEER,
        kind="time",
        ratios=ratios(mine, bare),
        n=f"{rounds} × {len(calls)}",
    )
    return figure, mine


def _both(reader: Reader, position: int) -> tuple[Call, Call]:
    case = reader.cases[position]
    return (f"/api/v1/cases/{case}", reader.headers), (f"/cases/{case}", {})
