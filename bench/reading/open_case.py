"""Opening a case with its notes over HTTP: full rule, row-level security and read log, against
the same program without the three (issue 3's goal), and against the same statement in bare Flask
and psycopg.
"""

from bench.figures import Figure, ratios
from bench.pair import Call, Pair, Reader, served
from bench.reading.opening_profile import print_profile
from bench.stage import Stage

RULELESS = "the same program, no rule, no log"
BARE = "Flask + psycopg, no rule, no log"
ROUNDS = 9
MILLION = 1_000_000


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    many = MILLION if full else 20_000
    with served(stage) as pair:
        few_figures, few_times = _at(pair, 1_000)
        print_profile(stage, pair.issuer, pair.readers(1_000))
        many_figures, many_times = _at(pair, many)
    growth = _figure("growth", many, "the same, 1,000 cases", ratios(many_times, few_times), ROUNDS)
    return [*few_figures, *many_figures, growth]


def _at(pair: Pair, cases: int) -> tuple[list[Figure], list[float]]:
    calls = [_both(reader, position) for reader in pair.readers(cases) for position in range(10)]
    pair.check(*calls[0])
    mine, bare, ruleless = pair.all_in_turns(ROUNDS, calls)
    n = ROUNDS * len(calls)
    figures = [
        _figure("rule", cases, RULELESS, ratios(mine, ruleless), n),
        _figure("whole", cases, BARE, ratios(mine, bare), n),
    ]
    return figures, mine


def _figure(name: str, cases: int, peer: str, found: list[float], n: int) -> Figure:
    return Figure(
        name=f"open-case-{name}-{cases // 1000}k",
        what=f"open a case over HTTP, {cases:,} cases",
        peer=peer,
        kind="time",
        ratios=found,
        n=f"{n:,}",
    )


def _both(reader: Reader, position: int) -> tuple[Call, Call]:
    case = reader.cases[position]
    return (f"/api/v1/cases/{case}", reader.headers), (f"/cases/{case}", {})
