"""The board and the counts of /me among many cases against the same among few, over HTTP."""

from pathlib import Path

from bench.figures import Figure, ratios, say
from bench.pair import Call, Pair, served
from bench.stage import Stage

SQL = (Path(__file__).parent / "board.sql").read_text()
FEW, MANY = 1_000, 100_000
PATHS = {"board": "/api/v1/deadlines?limit=50", "me": "/api/v1/me"}


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    rounds = 15 if full else 7
    with served(stage) as pair:
        few, many = (_at(pair, cases, rounds) for cases in (FEW, MANY))
    return [
        Figure(
            name=f"{name}-of-many",
            what=f"{path}, {MANY:,} cases",
            peer=f"the same, {FEW:,} cases",
            kind="time",
            ratios=ratios(many[name], few[name]),
            n=f"{rounds} × 80",
        )
        for name, path in PATHS.items()
    ]


def _at(pair: Pair, cases: int, rounds: int) -> dict[str, list[float]]:
    """The median time of each path in each round; a reader has as many dates in both."""
    readers = pair.readers(cases)
    say("putting their dates in place")
    with pair.stage.superuser() as connection:
        connection.execute(SQL.encode())
        connection.execute("VACUUM ANALYZE")
    pair.ours.connection.close()
    found = {}
    for name, path in PATHS.items():
        calls: list[Call] = [(path, reader.headers) for reader in readers] * 4
        found[name] = pair.alone(rounds, calls)
        say(f"{name} among {cases}: {sorted(found[name])[rounds // 2] * 1000:.1f} ms")
    return found
