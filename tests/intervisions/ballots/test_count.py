"""The count against a second reading of the rules, and the properties that make it one count."""

import hashlib
import random
from itertools import pairwise
from uuid import UUID

from services.intervisions.ballots.count import (
    Count,
    Option,
    PaperFault,
    Rules,
    TieRule,
    count,
    draw,
    fault_of,
    papers_digest,
)
from tests.families import family
from tests.slices import times

SEED = bytes(range(32))


def option(number: int, **given) -> Option:
    return Option(id=UUID(int=number), **({"priority": None, "waiting_weeks": 0} | given))


def ranking(result: Count) -> list[int]:
    return [line.option.int for line in result.lines if line.rank is not None]


def random_ballot(rng: random.Random) -> tuple[list[Option], list[dict[UUID, int]], Rules, bytes]:
    """Few options, points and waits, so that ties are the rule."""
    options = [
        Option(
            id=UUID(int=rng.getrandbits(128)),
            priority=rng.choice([None, None, 0, 1]),
            waiting_weeks=rng.choice([0, 1, 4]),
            void=rng.random() < 0.1,
        )
        for _ in range(rng.randint(1, 7))
    ]
    rules = Rules(points=rng.randint(1, 4), places=rng.randint(1, 4))
    papers = [random_paper(rng, options, rules.points) for _ in range(rng.randint(0, 9))]
    return options, papers, rules, rng.randbytes(32)


def random_paper(rng: random.Random, options: list[Option], points: int) -> dict[UUID, int]:
    paper: dict[UUID, int] = {}
    for _ in range(rng.randint(1, points)):
        chosen = rng.choice(options).id
        paper[chosen] = paper.get(chosen, 0) + 1
    return paper


def stands_before(one: Option, other: Option, totals: dict[UUID, int], seed: bytes) -> bool:
    """The rule as the sentence has it, one pair at a time."""
    if totals[one.id] != totals[other.id]:
        return totals[one.id] > totals[other.id]
    if one.priority != other.priority:
        if one.priority is None or other.priority is None:
            return other.priority is None
        return one.priority < other.priority
    if one.waiting_weeks != other.waiting_weeks:
        return one.waiting_weeks > other.waiting_weeks
    lots = [
        int(hashlib.sha256(seed + bytes.fromhex(str(each.id).replace("-", ""))).hexdigest(), 16)
        for each in (one, other)
    ]
    return lots[0] < lots[1]


MIXED = times(500, 150)


@family("start", range(0, times(2000, 500), 500))
def test_the_count_is_what_a_second_reading_of_the_rule_gives(start):
    for number in range(start, start + 500):
        options, papers, rules, seed = random_ballot(random.Random(number))
        result = count(options, papers, rules, seed)
        totals = {each.id: sum(paper.get(each.id, 0) for paper in papers) for each in options}
        valid = [each for each in options if not each.void]
        lines = {line.option: line for line in result.lines}
        assert len(lines) == len(result.lines) == len(options)
        for each in options:
            line = lines[each.id]
            if each.void:
                assert (line.rank, line.points, line.chosen) == (None, 0, False)
                continue
            ahead = sum(stands_before(x, each, totals, seed) for x in valid if x is not each)
            assert (line.rank, line.points) == (ahead + 1, totals[each.id])
            assert line.chosen == (ahead < rules.places)
        assert (result.papers, dict(result.refused)) == (len(papers), {})
        given = sum(sum(paper.values()) for paper in papers)
        assert sum(line.points for line in result.lines) + result.lost_points == given


def test_the_order_of_papers_and_of_options_decides_nothing():
    for number in range(MIXED):
        rng = random.Random(number)
        options, papers, rules, seed = random_ballot(rng)
        expected = count(options, papers, rules, seed), papers_digest(papers)
        for _ in range(3):
            rng.shuffle(options)
            rng.shuffle(papers)
            mixed = [dict(rng.sample(list(paper.items()), len(paper))) for paper in papers]
            assert (count(options, mixed, rules, seed), papers_digest(mixed)) == expected


def test_every_tie_names_the_rule_that_broke_it_and_whether_a_place_hung_on_it():
    for number in range(MIXED):
        options, papers, rules, seed = random_ballot(random.Random(number))
        result = count(options, papers, rules, seed)
        by_id = {each.id: each for each in options}
        ranked = [line for line in result.lines if line.rank is not None]
        pairs = [(one, other) for one, other in pairwise(ranked) if one.points == other.points]
        assert [(tie.first, tie.second) for tie in result.ties] == [
            (one.option, other.option) for one, other in pairs
        ]
        for tie, (one, other) in zip(result.ties, pairs, strict=True):
            first, second = by_id[tie.first], by_id[tie.second]
            assert tie.decisive == (one.chosen and not other.chosen)
            if tie.rule is TieRule.PRIORITY:
                assert first.priority != second.priority
                continue
            assert first.priority == second.priority
            if tie.rule is TieRule.WAITING:
                assert first.waiting_weeks > second.waiting_weeks
            else:
                assert first.waiting_weeks == second.waiting_weeks


def test_a_priority_public_comes_before_a_longer_wait_and_a_wait_before_the_draw():
    options = [
        option(1, waiting_weeks=3),
        option(2, waiting_weeks=3),
        option(3, waiting_weeks=9),
        option(4, priority=1, waiting_weeks=1),
        option(5, priority=0),
    ]
    papers = [{each.id: 1} for each in options]
    result = count(options, papers, Rules(points=3, places=4), SEED)
    lots = sorted([1, 2], key=lambda number: draw(SEED, UUID(int=number)))
    assert ranking(result) == [5, 4, 3, *lots]
    assert [tie.rule for tie in result.ties] == [
        TieRule.PRIORITY,
        TieRule.PRIORITY,
        TieRule.WAITING,
        TieRule.DRAW,
    ]
    assert [tie.decisive for tie in result.ties] == [False, False, False, True]


def test_the_draw_is_a_published_recipe_and_another_seed_gives_another_order():
    """Values that any program can check: printf the 48 bytes into sha256sum."""
    assert draw(SEED, UUID(int=1)).hex() == hashlib.sha256(SEED + bytes(15) + b"\x01").hexdigest()
    options = [option(number) for number in range(8)]
    orders = {tuple(ranking(_counted(options, bytes([seed]) * 32))) for seed in range(200)}
    assert len(orders) > 150


def test_the_draw_favours_nobody():
    """Over many seeds each of four comes first about as often (binomial, far beyond 5 sigma)."""
    options = [option(number) for number in range(4)]
    rng = random.Random(7)
    first = [ranking(_counted(options, rng.randbytes(32)))[0] for _ in range(4000)]
    assert all(850 < first.count(number) < 1150 for number in range(4))


def _counted(options: list[Option], seed: bytes) -> Count:
    return count(options, [], Rules(points=3, places=1), seed)


def test_points_on_a_withdrawn_option_count_for_nobody():
    options = [option(1, void=True, priority=0), option(2), option(3, waiting_weeks=1)]
    papers = [{UUID(int=1): 3}, {UUID(int=1): 1, UUID(int=2): 1}]
    result = count(options, papers, Rules(points=3, places=2), SEED)
    assert ranking(result) == [2, 3]
    assert (result.lost_points, result.papers) == (4, 2)


@family(
    "paper, fault",
    [
        ({}, PaperFault.EMPTY),
        ({9: 1}, PaperFault.FOREIGN),
        ({1: 0}, PaperFault.POINTS),
        ({1: -1}, PaperFault.POINTS),
        ({1: 4, 2: -1}, PaperFault.POINTS),
        ({1: True}, PaperFault.POINTS),
        ({1: 1.0}, PaperFault.POINTS),
        ({1: "1"}, PaperFault.POINTS),
        ({1: 2, 2: 2}, PaperFault.TOO_MANY),
        ({1: 3}, None),
        ({1: 1}, None),
        ({1: 1, 2: 2}, None),
    ],
)
def test_a_faulty_paper_counts_for_nothing_at_all(paper, fault):
    options = [option(1), option(2)]
    marked = {UUID(int=number): points for number, points in paper.items()}
    assert fault_of(marked, [each.id for each in options], 3) is fault
    result = count(options, [marked], Rules(points=3, places=1), SEED)
    assert result.papers == (fault is None)
    assert dict(result.refused) == ({} if fault is None else {fault: 1})
    assert fault is None or all(line.points == 0 for line in result.lines)


def test_the_digest_tells_papers_that_give_the_same_totals_apart():
    one, other = UUID(int=1), UUID(int=2)
    assert papers_digest([{one: 1}, {other: 1}]) != papers_digest([{one: 1, other: 1}])
    line = f"{one}=1,{other}=2\n"
    assert papers_digest([{other: 2, one: 1}]) == hashlib.sha256(line.encode()).hexdigest()
