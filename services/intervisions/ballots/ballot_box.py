"""The ballot box: all papers under one key that is destroyed, in an order that only they decide.

It holds a table of bytes, with a row for each paper and a column for each option, filled up with
empty rows to the number of electors: its length tells nothing. The rows are sorted, not in the
order of the votes. The key is the ballot's own, wrapped under the house's, and lies outside the
database (services/shared/vault/case_keys.py); once it is destroyed no copy of a box opens any more,
whoever kept it (docs/decisions/0042).
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.intervisions.ballots.count import Paper
from services.shared.errors import Unreadable
from services.shared.vault.case_keys import CaseKeys

SEED_BYTES = 32
_COUNT_BYTES = 2


@dataclass(frozen=True, kw_only=True)
class Box:
    """An open box. `options` are its columns; `electors` is the number of rows it has room for."""

    options: tuple[UUID, ...]
    electors: int
    seed: bytes = b""
    papers: tuple[bytes, ...] = ()

    def with_paper(self, paper: Paper) -> "Box":
        row = bytes(paper.get(option, 0) for option in self.options)
        return replace(self, papers=tuple(sorted((*self.papers, row))))

    def read(self) -> list[Paper]:
        """The papers, in a random order."""
        rows = list(self.papers)
        secrets.SystemRandom().shuffle(rows)
        return [
            {option: given for option, given in zip(self.options, row, strict=True) if given}
            for row in rows
        ]

    def seal(self, ballot_id: UUID, keys: CaseKeys | None) -> str:
        empty = bytes(len(self.options)) * (self.electors - len(self.papers))
        count = len(self.papers).to_bytes(_COUNT_BYTES)
        packed = self.seed + count + b"".join(self.papers) + empty
        try:
            sealed = _at_hand(keys).close(ballot_id, base64.b64encode(packed).decode())
        except (Unreadable, OSError, ValueError):
            raise Unreadable("ballot-box-unreadable") from None
        assert sealed is not None
        return sealed


def new_box(options: Sequence[UUID], electors: int) -> Box:
    """An empty box with the seed that a draw will need, which nobody reads before the papers."""
    seed = secrets.token_bytes(SEED_BYTES)
    return Box(options=tuple(options), electors=electors, seed=seed)


def unseal(
    sealed: str, empty: Box, seed_digest: str, ballot_id: UUID, keys: CaseKeys | None
) -> Box:
    """Open a sealed box; `empty` says for how many options and electors it was made.

    Unreadable without the key, or if the box is not this ballot's: the seed proves that, because
    nobody knew it who could not open the box.
    """
    packed = _unpacked(sealed, ballot_id, keys)
    width, begin = len(empty.options), SEED_BYTES + _COUNT_BYTES
    seed, count = packed[:SEED_BYTES], int.from_bytes(packed[SEED_BYTES:begin])
    whole = begin + width * empty.electors
    if len(packed) != whole or count > empty.electors or digest_of(seed) != seed_digest:
        raise Unreadable("ballot-box-unreadable")
    rows = (packed[begin + width * nth : begin + width * (nth + 1)] for nth in range(count))
    return replace(empty, seed=seed, papers=tuple(rows))


def _unpacked(sealed: str, ballot_id: UUID, keys: CaseKeys | None) -> bytes:
    try:
        return base64.b64decode(_at_hand(keys).open(ballot_id, sealed), validate=True)
    except (Unreadable, ValueError):
        raise Unreadable("ballot-box-unreadable") from None


def key_is_at_hand(ballot_id: UUID, keys: CaseKeys) -> bool:
    try:
        keys.key(ballot_id)
    except (Unreadable, ValueError):
        return False
    return True


def destroy_key(ballot_id: UUID, keys: CaseKeys) -> None:
    """Destroy the key for good; Unreadable, to be tried again, while its folder is away or full."""
    try:
        keys.destroy(ballot_id)
    except OSError:
        raise Unreadable("ballot-box-unreadable") from None


def digest_of(seed: bytes) -> str:
    """The digest that is published before the seed, so that nobody chooses another one later."""
    return hashlib.sha256(seed).hexdigest()


def _at_hand(keys: CaseKeys | None) -> CaseKeys:
    if keys is None:
        raise Unreadable("ballot-box-unreadable")
    return keys
