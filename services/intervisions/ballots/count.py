"""The count of a ballot: papers in, ranking out, nothing else needed to do it again (F47, S074).

Everything that decides is given: the same options, papers, places and seed give the same result in
whatever order they come, in any language. Equal points are ordered by three rules, one after the
other (J6): the priority public whose place in the ballot's order is first, then the longer wait,
then a draw. The draw of an option is SHA-256(seed ‖ option id), the id as its 16 bytes (RFC 9562
§4); the smaller digest, read as a big-endian number, comes first (docs/decisions/0042).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, pairwise
from uuid import UUID

# The points that one person gave to each option.
Paper = Mapping[UUID, int]


class TieRule(StrEnum):
    """The rule that ordered two options of equal points."""

    PRIORITY = "priority_public"
    WAITING = "waiting_time"
    DRAW = "draw"


class PaperFault(StrEnum):
    """Why a paper counts for nothing. Voting refuses it; in a recount it was tampered with."""

    EMPTY = "ballot-paper-empty"
    FOREIGN = "ballot-option-unknown"
    POINTS = "ballot-points-invalid"
    TOO_MANY = "ballot-too-many-points"


@dataclass(frozen=True, kw_only=True)
class Option:
    """A proposal as it stood at opening. `priority` is the position of its priority public in the
    ballot's order (0 is first), None without one. `void` says that it was withdrawn since.
    """

    id: UUID
    priority: int | None
    waiting_weeks: int
    void: bool = False


@dataclass(frozen=True, kw_only=True)
class Rules:
    points: int
    places: int


@dataclass(frozen=True, kw_only=True)
class RankedOption:
    """One option of the ranking. A void one has no rank, and its points count for nobody."""

    option: UUID
    rank: int | None
    points: int
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Separation:
    """A tie: `first` stands before `second`, which has as many points, by this rule."""

    first: UUID
    second: UUID
    points: int
    rule: TieRule
    # Whether one of the two has a place and the other has not.
    decisive: bool


@dataclass(frozen=True, kw_only=True)
class Count:
    lines: tuple[RankedOption, ...]
    ties: tuple[Separation, ...]
    papers: int
    # Points that were given to options which are void now.
    lost_points: int
    refused: Mapping[PaperFault, int] = field(default_factory=dict)


def draw(seed: bytes, option: UUID) -> bytes:
    """The lot of an option: the smaller one comes first."""
    return hashlib.sha256(seed + option.bytes).digest()


def fault_of(paper: Paper, options: Iterable[UUID], points: int) -> PaperFault | None:
    """Why this paper cannot count; None if it gives whole points to some of these options, from one
    up and `points` in all at most.
    """
    if not paper:
        return PaperFault.EMPTY
    if not paper.keys() <= set(options):
        return PaperFault.FOREIGN
    if any(type(given) is not int or given < 1 for given in paper.values()):
        return PaperFault.POINTS
    if sum(paper.values()) > points:
        return PaperFault.TOO_MANY
    return None


def count(options: Sequence[Option], papers: Iterable[Paper], rules: Rules, seed: bytes) -> Count:
    """Count the papers: totals, ranking, and the rule that broke each tie.

    A faulty paper counts for nothing.
    """
    ids = [option.id for option in options]
    totals: Counter[UUID] = Counter()
    refused: Counter[PaperFault] = Counter()
    counted = 0
    for paper in papers:
        fault = fault_of(paper, ids, rules.points)
        if fault is not None:
            refused[fault] += 1
            continue
        counted += 1
        totals.update(paper)
    standing = sorted(
        (option for option in options if not option.void),
        key=lambda option: (-totals[option.id], *_rules_of(option, seed)),
    )
    return Count(
        lines=_lines(standing, options, totals, rules.places),
        ties=tuple(_ties(standing, totals, rules.places, seed)),
        papers=counted,
        lost_points=sum(totals[option.id] for option in options if option.void),
        refused=dict(refused),
    )


def papers_digest(papers: Iterable[Paper]) -> str:
    """SHA-256 of the papers in an order that only they decide: one digest however they are kept.

    Each paper is a line `id=points`, joined by commas, sorted by id; the lines are sorted.
    """
    lines = sorted(
        ",".join(f"{option}={points}" for option, points in sorted(paper.items()))
        for paper in papers
    )
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _rules_of(option: Option, seed: bytes) -> tuple[tuple[bool, int], int, bytes]:
    """The keys that order options of equal points: smaller first, one after the other."""
    priority = (option.priority is None, option.priority or 0)
    return priority, -option.waiting_weeks, draw(seed, option.id)


def _lines(
    standing: Sequence[Option], options: Sequence[Option], totals: Counter[UUID], places: int
) -> tuple[RankedOption, ...]:
    ranked = [
        RankedOption(option=option.id, rank=rank, points=totals[option.id], chosen=rank <= places)
        for rank, option in enumerate(standing, start=1)
    ]
    void = sorted(option.id for option in options if option.void)
    return (
        *ranked,
        *(RankedOption(option=each, rank=None, points=0, chosen=False) for each in void),
    )


def _ties(
    standing: Sequence[Option], totals: Counter[UUID], places: int, seed: bytes
) -> Iterable[Separation]:
    rank = {option.id: place for place, option in enumerate(standing, start=1)}
    for points, group in groupby(standing, key=lambda option: totals[option.id]):
        for first, second in pairwise(group):
            yield Separation(
                first=first.id,
                second=second.id,
                points=points,
                rule=_broken_by(first, second, seed),
                decisive=rank[first.id] == places,
            )


def _broken_by(first: Option, second: Option, seed: bytes) -> TieRule:
    by_rule = zip(_rules_of(first, seed), _rules_of(second, seed), strict=True)
    differs = [one != other for one, other in by_rule]
    return list(TieRule)[differs.index(True)]
