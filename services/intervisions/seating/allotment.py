"""Seats at parallel tables: nobody at a barred table, even sizes, sectors and colleagues spread.

The promise (journey J6 step 4; F48, S076), for readers who do not know the method:

1. nobody sits at a table that is barred to them, a wish to keep a seat notwithstanding;
2. everybody whom some table can take has a seat; the others are named;
3. sizes are as even as the bars and the kept seats allow: no other seating has a smaller largest
   table, a larger smallest one, or a smaller sum of squared sizes;
4. among those seatings the sum of the squared numbers of each sector at each table is the
   smallest, then that of each organisation. So where some seating of such sizes keeps every
   sector within one, this one does; and between tables a and b a sector is never more uneven than
   `max(1, r + max(0, |a| - |b|))`, r being the people at a or b who cannot change to the other;
5. the same people, tables, bars and kept seats give the same seats, in whatever order they come.

Who goes where is a flow of one unit a person: person, organisation at a table, sector at a table,
table. Costs are convex and the groups nest, so a seating is the best one if and only if no turn
around the tables makes it cheaper (`cycle_cancelling`). No randomness.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.intervisions.seating.cycle_cancelling import settle


@dataclass(frozen=True, kw_only=True)
class Participant:
    id: UUID
    organisation: str
    sector: str


@dataclass(frozen=True, kw_only=True)
class Table:
    id: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class Seating:
    """A result. `seats` maps person to table; `unseated` are the people whom no table can take."""

    seats: Mapping[UUID, UUID]
    unseated: tuple[UUID, ...]


def allot(
    participants: Iterable[Participant],
    tables: Iterable[Table],
    *,
    barred: Collection[tuple[UUID, UUID]] = frozenset(),
    kept: Mapping[UUID, UUID] | None = None,
) -> Seating:
    """Deal the seats. `barred` holds pairs of person and table; `kept` maps person to table."""
    people = sorted(participants, key=lambda one: (one.sector, one.organisation, one.id))
    order = sorted(tables, key=lambda table: (table.number, table.id))
    choices = [_choices(one.id, order, barred, kept or {}) for one in people]
    seated = [(one, choice) for one, choice in zip(people, choices, strict=True) if choice]
    found = settle([(one.sector, one.organisation, choice) for one, choice in seated], len(order))
    seats = {one.id: order[at].id for (one, _), at in zip(seated, found, strict=True)}
    return Seating(
        seats=dict(sorted(seats.items())),
        unseated=tuple(sorted({one.id for one in people} - seats.keys())),
    )


def _choices(
    person: UUID,
    order: Sequence[Table],
    barred: Collection[tuple[UUID, UUID]],
    kept: Mapping[UUID, UUID],
) -> tuple[int, ...]:
    """The tables that can take the person, by their position in the order."""
    free = tuple(at for at, table in enumerate(order) if (person, table.id) not in barred)
    stays = tuple(at for at in free if order[at].id == kept.get(person))
    return stays or free
