"""How much of a long proof one run asks: a slice, the same every time, or all of it.

`make test` runs slices; `make proofs` and `make faults` say PROOFS=all. PROOFS_SEED draws another
slice.
"""

import os
from collections.abc import Callable, Hashable, Sequence
from random import Random
from typing import TypeVar

WHOLE = os.environ.get("PROOFS") == "all"
SEED = int(os.environ.get("PROOFS_SEED", "20260218"))

Thing = TypeVar("Thing")


def times(whole: int, of_slice: int) -> int:
    """How often to do something: `whole` in a long proof, otherwise `of_slice`."""
    return whole if WHOLE else of_slice


def some(things: Sequence[Thing], number: int, *always: Thing) -> list[Thing]:
    """All of them in a long proof; otherwise `number`, drawn, in their order, and those named."""
    if WHOLE or number >= len(things):
        return list(things)
    drawn = set(Random(SEED).sample(range(len(things)), number))
    return [each for place, each in enumerate(things) if place in drawn or each in always]


def one_of_each(
    things: Sequence[Thing], kind: Callable[[Thing], Hashable], *always: Thing
) -> list[Thing]:
    """All of them in a long proof; otherwise one of each kind, drawn, and those named."""
    if WHOLE:
        return list(things)
    kinds: dict[Hashable, list[Thing]] = {}
    for each in things:
        kinds.setdefault(kind(each), []).append(each)
    chance = Random(SEED)
    drawn = [chance.choice(alike) for alike in kinds.values()]
    return [each for each in things if each in drawn or each in always]
