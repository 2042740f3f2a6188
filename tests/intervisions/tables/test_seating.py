"""Seats: no bar broken, as even as can be, the same for the same input (J6 step 4)."""

import itertools
import random
from collections import Counter

from services.intervisions.seating.allotment import Participant, Seating, Table, allot
from tests.intervisions.tables.random_sessions import Made, key, make
from tests.slices import times

SESSIONS = times(10_000, 300)
SMALL, OPEN_ROOMS = times(400, 100), times(500, 150)


def _random(seed: int) -> Made:
    rng = random.Random(seed)
    return make(
        rng,
        people=rng.randint(1, 40),
        tables=rng.randint(1, 5),
        organisations=rng.randint(1, 12),
        sectors=rng.randint(1, 5),
    )


def _sizes(made: Made, seats) -> list[int]:
    count = Counter(seats.values())
    return [count[table.id] for table in made.tables]


def _squares(made: Made, seats) -> tuple[int, int, int]:
    """What the promise minimises, in its order: sizes, sectors at tables, organisations there."""
    at = [(one, seats[one.id]) for one in made.people if one.id in seats]
    kinds = (
        Counter(table for _, table in at),
        Counter((one.sector, table) for one, table in at),
        Counter((one.sector, one.organisation, table) for one, table in at),
    )
    return tuple(sum(number**2 for number in kind.values()) for kind in kinds)


def _breaks(made: Made, seating: Seating) -> list[str]:
    tables = [table.id for table in made.tables]
    broken = []
    for one in made.people:
        able = [table for table in tables if made.can_sit(one.id, table)]
        seat = seating.seats.get(one.id)
        if (seat not in able) if able else (one.id not in seating.unseated):
            broken.append(f"{one.id} at {seat}")
    if set(seating.seats) & set(seating.unseated):
        broken.append("seated and unseated")
    return broken


def _beyond_bound(made: Made, seating: Seating) -> list[str]:
    """Every sector between every two tables: `max(1, r + max(0, |a| - |b|))`."""
    sitting = {table.id: [] for table in made.tables}
    for one in made.people:
        if one.id in seating.seats:
            sitting[seating.seats[one.id]].append(one)
    found = []
    for a, b in itertools.permutations(sitting, 2):
        tied = sum(not made.can_sit(one.id, b) for one in sitting[a])
        tied += sum(not made.can_sit(one.id, a) for one in sitting[b])
        bound = max(1, tied + max(0, len(sitting[a]) - len(sitting[b])))
        at_a, at_b = (Counter(one.sector for one in sitting[table]) for table in (a, b))
        found += [f"{s}: {at_a[s]} and {at_b[s]}" for s in at_a if at_a[s] - at_b[s] > bound]
    return found


def test_random_sessions_break_no_bar_and_keep_the_bound():
    for seed in range(SESSIONS):
        made = _random(seed)
        seating = made.allotted()
        assert _breaks(made, seating) == [], seed
        assert _beyond_bound(made, seating) == [], seed


def test_the_same_session_in_another_order_has_the_same_seats():
    for seed in range(0, SESSIONS, 5):
        made = _random(seed)
        assert made.shuffled(random.Random(-seed)).allotted() == made.allotted(), seed


def test_small_sessions_are_as_even_as_the_best_of_all_seatings():
    for seed in range(SMALL):
        rng = random.Random(seed)
        made = make(rng, people=rng.randint(1, 7), tables=3, organisations=4, sectors=2)
        seating = made.allotted()
        people = [one.id for one in made.people if one.id in seating.seats]
        able = [[t.id for t in made.tables if made.can_sit(one, t.id)] for one in people]
        every = [dict(zip(people, row, strict=True)) for row in itertools.product(*able)]
        assert _squares(made, seating.seats) == min(_squares(made, one) for one in every), seed
        sizes = [_sizes(made, one) for one in every]
        ours = _sizes(made, seating.seats)
        assert max(ours) == min(max(one) for one in sizes), seed
        assert min(ours) == max(min(one) for one in sizes), seed


def test_without_bars_sizes_and_sectors_differ_by_at_most_one():
    for seed in range(OPEN_ROOMS):
        rng = random.Random(seed)
        made = make(
            rng, people=rng.randint(1, 60), tables=rng.randint(1, 8), organisations=9, sectors=4
        )
        open_room = Made(people=made.people, tables=made.tables, barred=set(), kept={})
        seats = open_room.allotted().seats
        sizes = _sizes(made, seats)
        assert max(sizes) - min(sizes) <= 1
        for sector in {one.sector for one in made.people}:
            of_sector = {one.id for one in made.people if one.sector == sector}
            spread = _sizes(made, {one: table for one, table in seats.items() if one in of_sector})
            assert max(spread) - min(spread) <= 1


def test_five_hundred_people_at_twenty_tables():
    made = make(random.Random(20), people=500, tables=20, organisations=60, sectors=8)
    seating = made.allotted()
    assert _breaks(made, seating) == []
    assert _beyond_bound(made, seating) == []


def test_whom_no_table_can_take_is_named():
    rng = random.Random(1)
    person = Participant(id=key(rng), organisation="SPF", sector="health")
    table = Table(id=key(rng), number=1)
    seating = allot([person], [table], barred={(person.id, table.id)})
    assert (dict(seating.seats), seating.unseated) == ({}, (person.id,))
    assert allot([person], []).unseated == (person.id,)


def test_a_kept_seat_stays_but_not_at_a_barred_table():
    rng = random.Random(2)
    people = [Participant(id=key(rng), organisation="SPF", sector="health") for _ in range(3)]
    one, two = (Table(id=key(rng), number=number) for number in (1, 2))
    kept = dict.fromkeys([person.id for person in people], one.id)
    assert set(allot(people, [one, two], kept=kept).seats.values()) == {one.id}
    barred = {(people[0].id, one.id)}
    assert allot(people, [one, two], kept=kept, barred=barred).seats[people[0].id] == two.id
