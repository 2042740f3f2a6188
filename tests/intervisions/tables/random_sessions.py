"""Sessions made up from a seed: people, tables, bars (single and by organisation), kept seats."""

import random
from dataclasses import dataclass
from uuid import UUID

from services.intervisions.seating.allotment import Participant, Seating, Table, allot


@dataclass(frozen=True, kw_only=True)
class Made:
    people: list[Participant]
    tables: list[Table]
    barred: set[tuple[UUID, UUID]]
    kept: dict[UUID, UUID]

    def allotted(self) -> Seating:
        return allot(self.people, self.tables, barred=self.barred, kept=self.kept)

    def shuffled(self, rng: random.Random) -> "Made":
        barred, kept = list(self.barred), list(self.kept.items())
        people, tables = list(self.people), list(self.tables)
        for part in (people, tables, barred, kept):
            rng.shuffle(part)
        return Made(people=people, tables=tables, barred=set(barred), kept=dict(kept))

    def can_sit(self, person: UUID, table: UUID) -> bool:
        """Written anew here: a bar wins over a kept seat, a kept seat over all other tables."""
        if (person, table) in self.barred:
            return False
        stays = self.kept.get(person)
        known = stays in {one.id for one in self.tables}
        return not known or (person, stays) in self.barred or stays == table


def key(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128))


def make(rng: random.Random, *, people: int, tables: int, organisations: int, sectors: int) -> Made:
    houses = [(f"house {n}", f"sector {rng.randrange(sectors)}") for n in range(organisations)]
    room = [Table(id=key(rng), number=number) for number in range(1, tables + 1)]
    crowd = [_participant(rng, *rng.choice(houses)) for _ in range(people)]
    often, sometimes = rng.choice((0, 0.02, 0.1, 0.5)), rng.choice((0, 0.1, 0.3))
    closed = {(name, table.id) for name, _ in houses for table in room if rng.random() < sometimes}
    return Made(
        people=crowd,
        tables=room,
        barred={
            (one.id, table.id)
            for one in crowd
            for table in room
            if (one.organisation, table.id) in closed or rng.random() < often
        },
        kept={one.id: rng.choice(room).id for one in crowd if rng.random() < 0.1},
    )


def _participant(rng: random.Random, organisation: str, sector: str) -> Participant:
    return Participant(id=key(rng), organisation=organisation, sector=sector)
