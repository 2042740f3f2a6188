"""The cheapest seating is found by cancelling cycles, in which each takes the next one's seat.

A seat fills three nested groups: an organisation at a table, a sector at a table, the table. Each
group costs the square of its number, weighted so that sizes come before sectors and sectors before
organisations. A turn is a circle in the graph of what one more or one less in a group would cost;
as costs are convex and the groups nest, a seating without a turn that saves is the cheapest of all
(the theorem of negative circles for flows). Circles are sought as Bellman and Ford do.
"""

from collections.abc import Iterator, Sequence

from services.intervisions.seating.groups import Groups

# Sector, organisation, and the tables that can take the person.
Person = tuple[str, str, tuple[int, ...]]
Arc = tuple[int, int, int]


def settle(people: Sequence[Person], tables: int) -> list[int]:
    """The table of each person, in their order; see `Person` for what is known of one."""
    groups = Groups(people, tables)
    for person in sorted(range(len(people)), key=lambda one: (len(people[one][2]), one)):
        groups.sit(person, min(people[person][2], key=lambda at: groups.price(person, at)))
    while turns := _turns(groups):
        for turn in turns:
            groups.turn(turn)
    return groups.table_of


def _turns(groups: Groups) -> list[list[int]]:
    """Circles that make the seating cheaper, no two through one group; none if it is cheapest."""
    arcs = list(groups.arcs())
    cost = [0] * groups.nodes
    before = [-1] * groups.nodes
    while _relax(arcs, cost, before):
        if circles := list(_circles(before)):
            return circles
    return []


def _relax(arcs: Sequence[Arc], cost: list[int], before: list[int]) -> bool:
    """Go over all arcs once; the result says whether any way became cheaper."""
    changed = False
    for start, end, price in arcs:
        if cost[start] + price < cost[end]:
            cost[end] = cost[start] + price
            before[end] = start
            changed = True
    return changed


def _circles(before: Sequence[int]) -> Iterator[list[int]]:
    """Every circle among the predecessors; each of them makes the seating cheaper."""
    walk_of = [-1] * len(before)
    for walk in range(len(before)):
        node = walk
        while node >= 0 and walk_of[node] < 0:
            walk_of[node] = walk
            node = before[node]
        if node >= 0 and walk_of[node] == walk:
            yield _circle(before, node)


def _circle(before: Sequence[int], start: int) -> list[int]:
    circle, node = [start], before[start]
    while node != start:
        circle.append(node)
        node = before[node]
    return circle[::-1]
