"""The ledger: what a restored database must not forget. One signed JSON object a line, each bound
to the one before; only appended to (docs/decisions/0019).

It holds opaque ids and instants. It lies where no backup of the database is restored over it.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from infra.audit.keys import Signer, Verifier
from infra.unfit import MayNotOpen

# A line is about 450 bytes.
_LONGEST_LINE = 4096


class LedgerBroken(MayNotOpen):
    """A sentence without its full stop: which line is not as it was written."""


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """`entry_id` is the row that it was noted in: written once, whoever dies in between."""

    position: int
    entry_id: UUID
    kind: str
    case_id: UUID | None
    subject_id: UUID
    other_id: UUID | None
    at: datetime
    previous: bytes

    def signed_text(self, key_id: str) -> bytes:
        ids = (self.case_id, self.subject_id, self.other_id)
        parts = (
            str(self.position),
            str(self.entry_id),
            self.kind,
            *("" if each is None else str(each) for each in ids),
            self.at.astimezone(UTC).isoformat(),
            self.previous.hex(),
            key_id,
        )
        return "\n".join(["maillage erasure ledger 1", *parts]).encode()

    def written(self, signer: Signer) -> bytes:
        """JSON with its signature, without the line's end."""
        key_id = signer.verifier.key_id
        return json.dumps(
            {
                "position": self.position,
                "entry": str(self.entry_id),
                "kind": self.kind,
                "case": _text(self.case_id),
                "subject": str(self.subject_id),
                "other": _text(self.other_id),
                "at": self.at.astimezone(UTC).isoformat(),
                "previous": self.previous.hex(),
                "key": key_id,
                "signature": signer.sign(self.signed_text(key_id)),
            }
        ).encode()


@dataclass(frozen=True)
class HashedLine:
    """A line, and the hash by which the next one names it."""

    line: LedgerLine
    hash: bytes


@dataclass(frozen=True)
class LedgerFile:
    """Locked and synced at every write. A line that a crash cut short is replaced."""

    path: Path
    signer: Signer

    def append(self, noted: list[dict[str, object]]) -> list[HashedLine]:
        """Each entry (`entry_id`, `kind`, `case_id`, `subject_id`, `other_id`, `at`) once, durable
        when this returns. LedgerBroken if what stands there is not what was written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _drop_unfinished(file)
            file.seek(0)
            known = {each.line.entry_id: each for each in _checked(file, self.signer.verifier)}
            last = max(known.values(), key=lambda each: each.line.position, default=None)
            for entry in noted:
                if entry["entry_id"] in known:
                    continue
                last = self._add(entry, last, file)
                known[last.line.entry_id] = last
            file.flush()
            os.fsync(file.fileno())
        return [known[entry["entry_id"]] for entry in noted]  # type: ignore[index]

    def read(self) -> list[HashedLine]:
        """The complete lines, each checked; an empty list if there are none yet."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            return list(_checked(file, self.signer.verifier))

    def _add(self, entry: dict[str, object], last: HashedLine | None, file: BinaryIO) -> HashedLine:
        place = {
            "position": last.line.position + 1 if last else 1,
            "previous": last.hash if last else b"",
        }
        line = LedgerLine(**entry, **place)  # type: ignore[arg-type]
        text = line.written(self.signer)
        file.write(text + b"\n")
        return HashedLine(line, hashlib.sha256(text).digest())


def head_of(path: Path) -> tuple[int, bytes]:
    """The last complete line: its position and its hash, unchecked. (0, nothing) without one."""
    if not path.exists():
        return 0, b""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * _LONGEST_LINE))
        tail = file.read()
    lines = tail[: tail.rfind(b"\n") + 1].splitlines()
    if not lines:
        return 0, b""
    try:
        return int(json.loads(lines[-1])["position"]), hashlib.sha256(lines[-1]).digest()
    except (ValueError, KeyError, TypeError):
        raise LedgerBroken("the last line of the ledger cannot be read") from None


def entries_after(path: Path, position: int) -> list[UUID]:
    """Which entries the later lines were noted in, unchecked."""
    found = []
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if number > position and text.endswith(b"\n"):
                found.append(UUID(json.loads(text)["entry"]))
    return found


def _checked(file: BinaryIO, key: Verifier) -> Iterator[HashedLine]:
    last: HashedLine | None = None
    for number, text in enumerate(file, 1):
        if not text.endswith(b"\n"):
            return
        last = _parsed(text[:-1], number, last.hash if last else b"", key)
        yield last


def _parsed(text: bytes, number: int, previous: bytes, key: Verifier) -> HashedLine:
    try:
        found = json.loads(text)
        line = LedgerLine(
            position=int(found["position"]),
            entry_id=UUID(found["entry"]),
            kind=str(found["kind"]),
            case_id=_uuid(found["case"]),
            subject_id=UUID(found["subject"]),
            other_id=_uuid(found["other"]),
            at=datetime.fromisoformat(found["at"]),
            previous=bytes.fromhex(found["previous"]),
        )
        key_id, signature = str(found["key"]), str(found["signature"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LedgerBroken(f"line {number} of the ledger cannot be read") from None
    if line.position != number or line.previous != previous:
        raise LedgerBroken(f"line {number} of the ledger does not follow the one before")
    if key_id != key.key_id or not key.accepts(line.signed_text(key_id), signature):
        raise LedgerBroken(f"line {number} of the ledger is not signed with our key")
    return HashedLine(line, hashlib.sha256(text).digest())


def _drop_unfinished(file: BinaryIO) -> None:
    """What stands after the last line's end was never durable, so nobody has acted on it."""
    file.seek(0)
    whole = file.read().rfind(b"\n") + 1
    file.truncate(whole)


def _text(key: UUID | None) -> str | None:
    return None if key is None else str(key)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
