"""My cases, the first 50, against the same 50 by their ids; both over HTTP."""

import json

from bench.figures import Figure, ratios
from bench.pair import Call, Pair, Reader, served
from bench.stage import Stage

LIST = "/api/v1/cases?limit=50"


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    with served(stage) as pair:
        return [_at(pair, cases) for cases in (1_000, 200_000 if full else 20_000)]


def _at(pair: Pair, cases: int) -> Figure:
    rounds = 9
    calls = [_both(pair, reader) for reader in pair.readers(cases)] * 4
    pair.check(*calls[0], except_for="leads")
    mine, bare = pair.in_turns(rounds, calls)
    return Figure(
        name=f"my-cases-{cases // 1000}k",
        what=f"my cases, first 50, of {cases:,}",
        peer="the same 50 by id",
        kind="time",
        ratios=ratios(mine, bare),
        n=f"{rounds} × {len(calls)}",
    )


def _both(pair: Pair, reader: Reader) -> tuple[Call, Call]:
    mine = (LIST, reader.headers)
    keys = [item["id"] for item in json.loads(pair.ours.get(mine))["items"]]
    return mine, (f"/cases?ids={','.join(keys)}", {})
