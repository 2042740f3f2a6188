"""One key for each case, kept outside the database: destroy it, and what it closed stays closed.

The key (AES-256) is random and lies in a folder of its own, wrapped under a key of the keyring; a
dump of the database and a copy of the documents open nothing without it. Destroyed means
overwritten, removed, and never made again for that case (docs/decisions/0019). In a folder without
its mark nothing is made and nothing destroyed: a bare mount point would get a second key.
"""

import base64
import os
import secrets
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.shared.errors import Unreadable
from services.shared.vault.folders import require_mark, require_marked_as
from services.shared.vault.sealing import KEY_BYTES, NONCE_BYTES, Keyring, SealedAt

# What is closed under a case's key says so: texts sealed before there were such keys stay readable.
_MARK = "case-key-1:"


class CaseKeys:
    """`CASE/wrapped key` files: `<case id>.key`, or `<case id>.destroyed` for ever after."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring

    def key(self, case_id: UUID) -> bytes:
        """Unreadable if it is not there, was destroyed, or the keyring cannot unwrap it."""
        try:
            line = self._path(case_id).read_text(encoding="ascii")
        except (OSError, ValueError):
            raise Unreadable("case-key-missing") from None
        key_id, _, wrapped = line.strip().partition(" ")
        sealed = base64.b64decode(wrapped)
        return base64.b64decode(self._keyring.unseal(sealed, _place(case_id), key_id))

    def key_for_writing(self, case_id: UUID) -> bytes:
        """The key, made at its first use; two first uses agree. Unreadable once destroyed."""
        if not self._path(case_id).exists():
            self._make(case_id)
        return self.key(case_id)

    def destroy(self, case_id: UUID) -> None:
        """Destroy the key for good, as often as one likes: it may have come back with a backup."""
        require_mark(self._folder)
        self._stone(case_id).touch(mode=0o600)
        self._sync()
        path = self._path(case_id)
        if path.exists():
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            self._sync()

    def require_marked_as(self, wanted: UUID | None) -> None:
        """Unreadable unless the folder is the one that the database uses."""
        require_marked_as(wanted, self._folder)

    def is_destroyed(self, case_id: UUID) -> bool:
        return self._stone(case_id).exists() and not self._path(case_id).exists()

    def rewrap(self) -> tuple[int, int]:
        """Wrap every key under the newest of the keyring; how many were not, and how many could
        not be opened. What they close stays as it is. Unreadable where the folder is not mounted.
        """
        require_mark(self._folder)
        newest, moved, unreadable = self._keyring.newest(), 0, 0
        for path in self._folder.glob("*.key"):
            case_id = UUID(path.stem)
            if path.read_text(encoding="ascii").startswith(f"{newest} "):
                continue
            try:
                key = self.key(case_id)
            except Unreadable:
                unreadable += 1
                continue
            self._write(case_id, key).replace(path)
            moved += 1
            self._stay_destroyed(case_id)
        return moved, unreadable

    def close(self, case_id: UUID, text: str | None) -> str | None:
        """A text under the case's key, still a text: the keyring seals it once more."""
        if text is None:
            return None
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed = AESGCM(self.key_for_writing(case_id)).encrypt(nonce, text.encode(), case_id.bytes)
        return _MARK + base64.b64encode(nonce + closed).decode()

    def open(self, case_id: UUID, text: str) -> str:
        """The inverse of `close`. Unreadable without the key."""
        if not text.startswith(_MARK):
            return text
        closed = base64.b64decode(text.removeprefix(_MARK))
        nonce, ciphertext = closed[:NONCE_BYTES], closed[NONCE_BYTES:]
        try:
            return AESGCM(self.key(case_id)).decrypt(nonce, ciphertext, case_id.bytes).decode()
        except InvalidTag:
            raise Unreadable("seal-unreadable") from None

    def _make(self, case_id: UUID) -> None:
        if self._stone(case_id).exists():
            raise Unreadable("case-key-missing")
        require_mark(self._folder)
        unfinished = self._write(case_id, secrets.token_bytes(KEY_BYTES))
        try:
            os.link(unfinished, self._path(case_id))
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
        self._sync()
        self._stay_destroyed(case_id)

    def _stay_destroyed(self, case_id: UUID) -> None:
        """A key that somebody destroyed while we wrote is destroyed again."""
        if self._stone(case_id).exists():
            self.destroy(case_id)

    def _write(self, case_id: UUID, key: bytes) -> Path:
        """Complete and durable, under a name that nobody reads."""
        key_id = self._keyring.newest()
        wrapped = self._keyring.seal(base64.b64encode(key).decode(), _place(case_id), key_id)
        path = self._folder / f".{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key_id} {base64.b64encode(wrapped).decode()}\n")
            file.flush()
            os.fsync(file.fileno())
        return path

    def _sync(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, case_id: UUID) -> Path:
        return self._folder / f"{case_id.hex}.key"

    def _stone(self, case_id: UUID) -> Path:
        return self._folder / f"{case_id.hex}.destroyed"


def _place(case_id: UUID) -> SealedAt:
    return SealedAt(table="case_keys", row=case_id, column="key")
