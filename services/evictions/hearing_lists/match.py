"""Which row of a list is which procedure, among those that the liaison may see. Pure.

What they may not see is not among them: a row about it takes the very way of a stranger's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.evictions.hearing_lists.file import ListLine, plain
from services.evictions.hearing_lists.model import RowState
from services.evictions.hearings.model import PostingKind
from services.network.courts.names import Cantons
from services.shared.clock import legal_day

_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


@dataclass(frozen=True)
class Known:
    """A procedure, its hearing that is set, and the dates posted and not answered."""

    id: UUID
    case_id: UUID
    canton: str
    roll_number: str
    starts_at: datetime | None
    room: str | None
    posted: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    line: ListLine
    state: RowState
    procedure_id: UUID | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Named:
    """The number that a line of the list gives; `number` is the line's."""

    number: int
    canton: str
    roll_number: str


def under_codes(lines: list[ListLine], cantons: Cantons) -> list[ListLine]:
    """The lines with the codes of the cantons they mean, however those are spelled."""
    codes = {words: cantons.code_of(words) for words in {each.canton for each in lines}}
    return [replace(each, canton=codes[each.canton]) for each in lines]


def match(
    lines: list[ListLine], known: list[Known], *, named: list[Named], now: datetime
) -> list[Found]:
    """What each line is about, in the order of the lines.

    The same roll number is exact; the same but for its signs and zeros, or but for one
    character, is doubtful: a person decides. `named` is what the whole list names, so that a
    part of it is matched like all of it at once.
    """
    exact = {_exactly(each.canton, each.roll_number): each for each in known}
    first: dict[UUID, int] = {}
    for each in named:
        if found := exact.get(_exactly(each.canton, each.roll_number)):
            first[found.id] = min(each.number, first.get(found.id, each.number))
    near: dict[tuple[str, str], Known] = {}
    for one in known:
        # Roll numbers follow each other: beside one that is on the list stand strangers.
        if one.id not in first:
            for key in _forms(one.canton, one.roll_number, known=True):
                near.setdefault(key, one)
    return [_found(line, exact, near, first, now) for line in lines]


def _found(
    line: ListLine,
    exact: dict[tuple[str, str], Known],
    near: dict[tuple[str, str], Known],
    first: dict[UUID, int],
    now: datetime,
) -> Found:
    if line.problem is not None:
        return Found(line, RowState.BROKEN, None, line.problem)
    same = exact.get(_exactly(line.canton, line.roll_number))
    if same is None:
        keys = _forms(line.canton, line.roll_number, known=False)
        similar = next((near[key] for key in keys if key in near), None)
        if similar is None:
            return Found(line, RowState.UNMATCHED)
        return Found(line, RowState.DOUBTFUL, similar.id, "roll-number-near")
    if first[same.id] < line.number:
        return Found(line, RowState.DOUBTFUL, same.id, "twice")
    if _says_nothing_new(line, same):
        return Found(line, RowState.KNOWN, same.id)
    doubt = _doubt(line, same, now)
    return Found(line, RowState.DOUBTFUL if doubt else RowState.PROPOSED, same.id, doubt)


def _doubt(line: ListLine, known: Known, now: datetime) -> str | None:
    if line.kind is None:
        return "kind-unknown"
    if line.kind is PostingKind.HEARING_CANCELLED:
        return _doubt_of_ending(line, known, now)
    if line.kind is PostingKind.JUDGMENT_SET:
        return None
    if line.starts_at is None:
        return "time-missing"
    return "date-past" if line.starts_at <= now else None


def _doubt_of_ending(line: ListLine, known: Known, now: datetime) -> str | None:
    if not _is_of(line, known):
        return "other-hearing"
    return "date-past" if known.starts_at is not None and known.starts_at <= now else None


def _says_nothing_new(line: ListLine, known: Known) -> bool:
    """Whether the hearing is set so already, or a posting that says so waits."""
    if line.kind is PostingKind.HEARING_MOVED and _is_of(line, known):
        return line.room in (None, known.room)
    if line.kind is PostingKind.HEARING_CANCELLED:
        # Nothing is set that could fall away; or it is said already.
        return known.starts_at is None or (
            _is_of(line, known) and posted(line.kind, known.starts_at) in known.posted
        )
    return posted(line.kind, line.starts_at or line.day) in known.posted


def _is_of(line: ListLine, known: Known) -> bool:
    """Whether the line speaks of the very hearing that is set."""
    return (
        known.starts_at is not None
        and line.day == legal_day(known.starts_at)
        and line.starts_at in (None, known.starts_at)
    )


def posted(kind: PostingKind | None, when: object) -> str:
    return f"{kind} {when}"


def _exactly(canton: str, roll_number: str) -> tuple[str, str]:
    return plain(canton), "".join(roll_number.split()).upper()


def _forms(canton: str, roll_number: str, *, known: bool) -> Iterator[tuple[str, str]]:
    """The forms of a roll number, without signs and leading zeros, that differ by one character.

    In each form one character may be any other, is too much or lacks. A known number and one of
    the list share a form if they differ by as much.
    """
    where, bare = plain(canton), plain(_ZEROS.sub("", roll_number))
    shorter = [bare[:place] + bare[place + 1 :] for place in range(len(bare))]
    yield where, bare
    for place in range(len(bare)):
        yield where, bare[:place] + "*" + bare[place + 1 :]
    if known:
        yield where, f"whole {bare}"
        yield from ((where, f"shorter {each}") for each in shorter)
    else:
        yield where, f"shorter {bare}"
        yield from ((where, f"whole {each}") for each in shorter)
