"""The secret key of an embedded Maillage: made once, readable by its user alone."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    path = data_dir / "secret.key"
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    """Complete when visible: a crash leaves no empty key behind."""
    unfinished = path.with_name(f".secret-{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
