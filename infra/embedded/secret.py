"""The secrets of an embedded Maillage: each made once, readable by its user alone."""

import os
import secrets
from pathlib import Path

from services.shared.vault.sealing import new_key_line


def secret_key(data_dir: Path) -> str:
    path = data_dir / "secret.key"
    if not path.exists():
        _make(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def seal_keys(data_dir: Path) -> Path:
    """The keyring of what is sealed. Losing this file loses what it seals: back it up apart."""
    path = data_dir / "seal.keys"
    if not path.exists():
        _make(path, new_key_line())
    return path


def _make(path: Path, text: str) -> None:
    """Complete when visible: a crash leaves no empty key behind."""
    unfinished = path.with_name(f".secret-{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
