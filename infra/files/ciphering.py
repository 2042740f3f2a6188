"""Files under the key of their case: AES-256-GCM in pieces, each bound to its place.

The head names the case; each file has a key of its own (HKDF, RFC 5869, from the case's key, a
salt and the file's name). A piece that was moved, cut off or added does not open.
"""

import io
import secrets
from typing import IO, BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.shared.errors import Unreadable
from services.shared.vault.case_keys import CaseKeys

# Bytes with which no accepted file begins: text is UTF-8, and the others have their own marks.
MAGIC = b"\xff\x00maillage 01\x00\xfe\n"
_SALT_BYTES = 16
HEAD_BYTES = len(MAGIC) + 16 + _SALT_BYTES
PIECE = 64 * 1024
_TAG_BYTES = 16


def encipher(
    source: IO[bytes], target: IO[bytes], name: str, case_id: UUID, keys: CaseKeys
) -> None:
    """All of `source`, closed under the key of the case and the name of the file."""
    salt = secrets.token_bytes(_SALT_BYTES)
    cipher = _cipher(keys.key_for_writing(case_id), salt, name)
    target.write(MAGIC + case_id.bytes + salt)
    number, piece = 0, source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        is_last = not following
        target.write(cipher.encrypt(_nonce(number, is_last), piece, None))
        if is_last:
            return
        number, piece = number + 1, following


def opened(file: BinaryIO, name: str, keys: CaseKeys | None) -> BinaryIO:
    """What the file holds; one from before there were keys, as it is. Unreadable without a key."""
    head = file.read(HEAD_BYTES)
    if not head.startswith(MAGIC):
        file.seek(0)
        return file
    if keys is None:
        raise Unreadable("case-key-missing")
    case_id = UUID(bytes=head[len(MAGIC) : len(MAGIC) + 16])
    cipher = _cipher(keys.key(case_id), head[-_SALT_BYTES:], name)
    return io.BufferedReader(_Pieces(file, cipher), PIECE)


class _Pieces(io.RawIOBase):
    """Reads forward only; one piece in memory."""

    def __init__(self, file: BinaryIO, cipher: AESGCM) -> None:
        self._file = file
        self._cipher = cipher
        self._number = 0
        self._next = file.read(PIECE + _TAG_BYTES)
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if not self._ready and self._next:
            self._ready = self._opened()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()

    def _opened(self) -> bytes:
        piece, self._next = self._next, self._file.read(PIECE + _TAG_BYTES)
        nonce = _nonce(self._number, not self._next)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, piece, None)
        except InvalidTag:
            raise Unreadable("seal-unreadable") from None


def _cipher(case_key: bytes, salt: bytes, name: str) -> AESGCM:
    derived = HKDF(SHA256(), 32, salt, b"maillage document " + name.encode())
    return AESGCM(derived.derive(case_key))


def _nonce(number: int, is_last: bool) -> bytes:
    """A nonce that no key sees twice: the number of the piece, and whether it is the last."""
    return number.to_bytes(11, "big") + bytes([is_last])
