"""Anchors: signed heads of the chain, one JSON object a line, and the ways out of the database.

An exporter may be given the same anchor twice; it writes a position once.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import requests

from infra.audit.keys import Signer, Verifier
from infra.settings import Settings

# Connecting, and waiting for the answer. A sweeper has mail to send meanwhile.
WEBHOOK_SECONDS = (2, 3)
_LONGEST_LINE = 4096


class ExportFailed(Exception):
    """Tried again in the next round; the code holds no address."""


class AnchorUnreadable(ValueError):
    """A line that `Anchor.line` did not write."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    position: int
    chain_hash: bytes
    at: datetime
    key_id: str
    signature: str

    def line(self) -> str:
        """JSON, without the line's end."""
        return json.dumps(
            {
                "position": self.position,
                "chain_hash": self.chain_hash.hex(),
                "at": self.at.astimezone(UTC).isoformat(),
                "key": self.key_id,
                "signature": self.signature,
            }
        )

    @classmethod
    def parse(cls, line: str | bytes) -> "Anchor":
        """AnchorUnreadable for anything else."""
        try:
            found = json.loads(line)
            return cls(
                position=int(found["position"]),
                chain_hash=bytes.fromhex(found["chain_hash"]),
                at=datetime.fromisoformat(found["at"]),
                key_id=str(found["key"]),
                signature=str(found["signature"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorUnreadable from error

    def is_signed_by(self, key: Verifier) -> bool:
        message = signed_text(self.position, self.chain_hash, self.at, self.key_id)
        return self.key_id == key.key_id and key.accepts(message, self.signature)


def signed_text(position: int, chain_hash: bytes, at: datetime, key_id: str) -> bytes:
    """What the signature is made over."""
    parts = (str(position), chain_hash.hex(), at.astimezone(UTC).isoformat(), key_id)
    return "\n".join(["maillage audit anchor 1", *parts]).encode()


def sign(position: int, chain_hash: bytes, at: datetime, signer: Signer) -> Anchor:
    key_id = signer.verifier.key_id
    signature = signer.sign(signed_text(position, chain_hash, at, key_id))
    return Anchor(
        position=position, chain_hash=chain_hash, at=at, key_id=key_id, signature=signature
    )


class Exporter(Protocol):
    def export(self, anchor: Anchor) -> None:
        """Return when the anchor is safely outside; ExportFailed if it is not."""
        ...


@dataclass(frozen=True)
class AnchorFile:
    """A file that is only appended to, best on another machine's disk or on write-once storage."""

    path: Path

    def export(self, anchor: Anchor) -> None:
        """Append under a lock and with fsync. A line that a crash cut short is replaced."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.path.open("ab+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not self._holds(anchor, file):
                    file.write(anchor.line().encode() + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise ExportFailed("file") from error

    def _holds(self, anchor: Anchor, file: BinaryIO) -> bool:
        """Whether the last line is this anchor or a later one of the same chain."""
        last = _last_line(file)
        if last is None or last.position < anchor.position:
            return False
        if last.position == anchor.position and last.chain_hash != anchor.chain_hash:
            raise ExportFailed("contradiction")
        if last.position > anchor.position and anchor not in set(read_anchors(self.path)):
            raise ExportFailed("contradiction")
        return True


@dataclass(frozen=True)
class AnchorWebhook:
    """Somebody else's endpoint, who keeps what it is sent. Any 2xx means: kept."""

    url: str

    def export(self, anchor: Anchor) -> None:
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"maillage-anchor-{anchor.position}-{anchor.chain_hash.hex()[:16]}",
        }
        try:
            answer = requests.post(
                self.url,
                data=anchor.line(),
                headers=headers,
                timeout=WEBHOOK_SECONDS,
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            raise ExportFailed("webhook-unreachable") from error
        answer.close()
        if not 200 <= answer.status_code < 300:
            raise ExportFailed("webhook-refused")


def ways_out(settings: Settings) -> list[Exporter]:
    """A file, a webhook, or both: an anchor is outside when each of them has it."""
    ways: list[Exporter] = []
    if settings.anchor_file:
        ways.append(AnchorFile(settings.anchor_file))
    if settings.anchor_webhook:
        ways.append(AnchorWebhook(settings.anchor_webhook))
    return ways


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Every complete line of a file. AnchorUnreadable for one that is not an anchor."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield Anchor.parse(line)


def _last_line(file: BinaryIO) -> Anchor | None:
    """The last complete line; what stands after it was never finished, and goes."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _LONGEST_LINE)
    file.seek(start)
    tail = file.read()
    whole = tail.rfind(b"\n") + 1
    if whole < len(tail):
        file.truncate(start + whole)
        file.seek(0, os.SEEK_END)
    lines = tail[:whole].splitlines()
    try:
        return Anchor.parse(lines[-1]) if lines else None
    except AnchorUnreadable as error:
        raise ExportFailed("contradiction") from error
