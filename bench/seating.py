"""Seats for 500 people at 20 tables, against dealing the same people round the same tables."""

import itertools
import random
from collections.abc import Collection, Sequence
from uuid import UUID

from bench.figures import Figure, in_turns, ratios, timed
from bench.stage import Stage
from services.intervisions.seating.allotment import Participant, Table, allot

PEOPLE, TABLES, ORGANISATIONS, SECTORS = 500, 20, 60, 8
CLOSED_TO_AN_ORGANISATION, CLOSED_TO_A_PERSON = 0.15, 0.01
Bars = set[tuple[UUID, UUID]]


def measure(_stage: Stage, *, full: bool) -> list[Figure]:
    rounds = 29 if full else 9
    people, tables, barred = session(random.Random(20))
    dealt, ours = in_turns(
        rounds,
        lambda: timed(lambda: deal(people, tables, barred)),
        lambda: timed(lambda: allot(people, tables, barred=barred)),
    )
    return [
        Figure(
            name="seating",
            what=f"{PEOPLE} people at {TABLES} tables, even in sizes and sectors",
            peer="round-robin deal that skips barred tables",
            kind="time",
            ratios=ratios(ours, dealt),
            n=str(rounds),
        )
    ]


def session(rng: random.Random) -> tuple[list[Participant], list[Table], Bars]:
    tables = [Table(id=_key(rng), number=number) for number in range(1, TABLES + 1)]
    houses = [(f"{number}", f"{rng.randrange(SECTORS)}") for number in range(ORGANISATIONS)]
    drawn = [rng.choice(houses) for _ in range(PEOPLE)]
    people = [Participant(id=_key(rng), organisation=o, sector=s) for o, s in drawn]
    shut = {
        (house, table.id)
        for house, _ in houses
        for table in tables
        if rng.random() < CLOSED_TO_AN_ORGANISATION
    }
    barred = {
        (one.id, table.id)
        for one in people
        for table in tables
        if (one.organisation, table.id) in shut or rng.random() < CLOSED_TO_A_PERSON
    }
    return people, tables, barred


def deal(
    people: Sequence[Participant], tables: Sequence[Table], barred: Collection[tuple[UUID, UUID]]
) -> dict[UUID, UUID]:
    """By sector, each to the next table in turn that may take them."""
    seats, turn = {}, itertools.cycle(tables)
    for one in sorted(people, key=lambda one: (one.sector, one.id)):
        offered = itertools.islice(turn, len(tables))
        table = next((table for table in offered if (one.id, table.id) not in barred), None)
        if table:
            seats[one.id] = table.id
    return seats


def _key(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128))
