"""The result of a count as it is stored and shown, and the same count again from what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.intervisions.ballots.count import Count, Option, Paper, Rules, count
from services.intervisions.ballots.model import BallotOption


def choices_of(paper: Paper) -> dict[str, int]:
    """A paper as JSON keeps it, in the order of the ids, not of somebody's choices."""
    return {str(option): paper[option] for option in sorted(paper)}


def paper_of(choices: Mapping[str, Any]) -> Paper:
    return {UUID(option): points for option, points in choices.items()}


def as_json(counted: Count) -> dict[str, Any]:
    return {
        "papers": counted.papers,
        "lost_points": counted.lost_points,
        "lines": [
            {
                "proposal_id": str(line.option),
                "rank": line.rank,
                "points": line.points,
                "chosen": line.chosen,
            }
            for line in counted.lines
        ],
        "ties": [
            {
                "first_id": str(tie.first),
                "second_id": str(tie.second),
                "points": tie.points,
                "rule": tie.rule.value,
                "decisive": tie.decisive,
            }
            for tie in counted.ties
        ],
    }


def option_of(row: BallotOption) -> Option:
    return Option(
        id=row.proposal_id,
        priority=row.priority,
        waiting_weeks=row.waiting_weeks,
        void=row.void,
    )


def counted_again(
    options: Sequence[Option], choices: Iterable[Mapping[str, Any]], rules: Rules, seed: bytes
) -> tuple[dict[str, Any], Count]:
    """Count the stored papers again: what `ballots.result` must hold, and the count itself."""
    counted = count(options, [paper_of(each) for each in choices], rules, seed)
    return as_json(counted), counted
