"""Seals: single fields encrypted under keys that the database never sees (docs/decisions/0014).

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, bound to its place: a ciphertext moved to
another row, column, table or key does not open.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.shared.errors import Unreadable

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, kw_only=True)
class SealedAt:
    """The row and column of a sealed field, which are part of what is authenticated."""

    table: str
    row: UUID
    column: str

    def bound_to(self, key_id: str) -> bytes:
        """None of the parts can hold the separator."""
        return "\0".join((self.table, str(self.row), self.column, key_id)).encode()


class Keyring:
    """The keys of a file, one a line: an id, a space, 32 bytes in base64. The last one seals.

    The file is read at each use, which is rare: a key that was added counts at once in every
    process, and none lies in memory longer than it is needed. Without the file nothing sealed can
    be read or written, and everything else works.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def newest(self) -> str:
        """The id of the key that seals."""
        return list(self._keys())[-1]

    def seal(self, text: str, place: SealedAt, key_id: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher(key_id).encrypt(nonce, text.encode(), place.bound_to(key_id))
        return nonce + sealed

    def unseal(self, sealed: bytes, place: SealedAt, key_id: str) -> str:
        """Unreadable without that key, with another one, or from another place."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        cipher = self._cipher(key_id)
        try:
            return cipher.decrypt(nonce, ciphertext, place.bound_to(key_id)).decode()
        except (InvalidTag, ValueError):
            raise Unreadable("seal-unreadable", field=place.column) from None

    def _cipher(self, key_id: str) -> AESGCM:
        keys = self._keys()
        if key_id not in keys:
            raise Unreadable("seal-key-missing", key=key_id)
        return AESGCM(keys[key_id])

    def _keys(self) -> dict[str, bytes]:
        try:
            text = self._path.read_text(encoding="ascii") if self._path else ""
            keys = dict(_parsed(line) for line in text.splitlines() if line.strip())
        except (OSError, ValueError):
            raise Unreadable("seal-keys-missing") from None
        if not keys:
            raise Unreadable("seal-keys-missing")
        return keys


def _parsed(line: str) -> tuple[str, bytes]:
    key_id, _, encoded = line.strip().partition(" ")
    key = base64.b64decode(encoded, validate=True)
    if len(key) != KEY_BYTES or not key_id.isalnum():
        raise binascii.Error("key")
    return key_id, key


def new_key_line() -> str:
    """A line for the file: a random id and a random key."""
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return f"{secrets.token_hex(4)} {key}\n"
