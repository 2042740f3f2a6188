"""How many sit where, by table, by sector and by organisation, and what one more would cost."""

from collections.abc import Iterator, Sequence


class Groups:
    """Groups are numbered: 0 is the whole room, then tables, sectors and organisations at tables.

    `within[g]` is the group that g is a part of, `number[g]` how many sit in it.
    """

    def __init__(self, people: Sequence[tuple[str, str, tuple[int, ...]]], tables: int) -> None:
        self._people = people
        sectors = sorted({sector for sector, _, _ in people})
        organisations = sorted({(sector, name) for sector, name, _ in people})
        places = range(tables)
        self.within = [-1] + [0 for _ in places]
        self.within += [1 + at for _ in sectors for at in places]
        first = len(self.within)
        for sector, _ in organisations:
            begin = 1 + tables * (1 + sectors.index(sector))
            self.within += [begin + at for at in places]
        rank = {organisation: n for n, organisation in enumerate(organisations)}
        self._first = [first + tables * rank[sector, name] for sector, name, _ in people]
        self.nodes = len(self.within)
        self.number = [0] * self.nodes
        heavy = len(people) ** 2 + 1
        parts = [tables, tables * len(sectors), tables * len(organisations)]
        weights = [heavy**2, heavy, 1]
        self._weight = [0] + [w for w, n in zip(weights, parts, strict=True) for _ in range(n)]
        self._tables = tables
        self.table_of = [-1] * len(people)
        self._sitting: list[list[int]] = [[] for _ in range(self.nodes)]

    def price(self, person: int, table: int) -> tuple[int, int]:
        """The cost that this seat adds, and the table, which decides between equal costs."""
        group, cost = self._first[person] + table, 0
        while group > 0:
            cost += self._weight[group] * (2 * self.number[group] + 1)
            group = self.within[group]
        return cost, table

    def sit(self, person: int, table: int) -> None:
        if self.table_of[person] >= 0:
            self._count(person, self.table_of[person], -1)
        self.table_of[person] = table
        self._count(person, table, 1)

    def _count(self, person: int, table: int, change: int) -> None:
        group = self._first[person] + table
        (self._sitting[group].append if change > 0 else self._sitting[group].remove)(person)
        while group > 0:
            self.number[group] += change
            group = self.within[group]

    def arcs(self) -> Iterator[tuple[int, int, int]]:
        """The arcs of the graph as (from, to, cost): one person less in a group, a change of table,
        and one person more in a group.
        """
        for group in range(1, self.nodes):
            if number := self.number[group]:
                yield self.within[group], group, -self._weight[group] * (2 * number - 1)
        for group in range(1, self.nodes):
            sitting = self._sitting[group]
            if sitting:
                first = self._first[sitting[0]]
                for at in {at for one in sitting for at in self._people[one][2]}:
                    if first + at != group:
                        yield group, first + at, 0
        for group in range(self.nodes - 1, 0, -1):
            cost = self._weight[group] * (2 * self.number[group] + 1)
            yield group, self.within[group], cost

    def turn(self, circle: Sequence[int]) -> None:
        """Move one person of each organisation on the circle to the next place."""
        steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
        moves = [(a, b) for a, b in steps if self.within[a] != b and self.within[b] != a]
        going = [(min(self._able(a, b)), b) for a, b in moves]
        for person, group in going:
            self.sit(person, group - self._first[person])

    def _able(self, group: int, other: int) -> list[int]:
        at = other - self._first[self._sitting[group][0]]
        return [one for one in self._sitting[group] if at in self._people[one][2]]
