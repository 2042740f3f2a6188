"""What was sent becomes a file that may be kept: measured, judged, cleaned."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from infra.files.images import write_anew
from infra.files.kinds import HEAD_BYTES, MediaType, media_type, require_extension
from infra.files.names import extension, shown_name
from infra.files.pdf import check_pdf
from infra.files.store import DocumentStore
from infra.files.texts import check_text
from services.shared.errors import RuleBroken

MAX_BYTES = 20 * 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Received:
    """A file that may be kept (`services.documents.commands.Incoming`)."""

    original_name: str
    media_type: str
    size: int
    received_size: int
    sha256: bytes
    path: Path
    store: DocumentStore

    def keep(self, case_id: UUID) -> str:
        return self.store.keep(self.path, case_id)

    def text(self) -> str:
        """The words of a plain text; of nothing else."""
        if self.media_type != MediaType.TEXT:
            raise RuleBroken("attachment-not-text")
        return self.path.read_text(encoding="utf-8-sig")

    def discard(self) -> None:
        """What was not kept goes; harmless after `keep`."""
        self.path.unlink(missing_ok=True)


def receive(source: IO[bytes], given_name: str, store: DocumentStore) -> Received:
    """RuleBroken for what is not on the list of types, or not quite what it says it is."""
    sha256, received_size = _measured(source)
    if received_size == 0:
        raise RuleBroken("document-empty")
    source.seek(0)
    kind = media_type(source.read(HEAD_BYTES))
    name = shown_name(given_name)
    require_extension(extension(name), kind)
    path = store.new_incoming()
    try:
        _write(source, kind, path)
        size = path.stat().st_size
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(
        original_name=name,
        media_type=kind.value,
        size=size,
        received_size=received_size,
        sha256=sha256,
        path=path,
        store=store,
    )


def _measured(source: IO[bytes]) -> tuple[bytes, int]:
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.digest(), size


def _write(source: IO[bytes], kind: MediaType, path: Path) -> None:
    path.touch(mode=0o600)
    if kind in (MediaType.JPEG, MediaType.PNG):
        write_anew(source, kind, path)
        return
    source.seek(0)
    data = source.read()
    check_pdf(data) if kind is MediaType.PDF else check_text(data)
    source.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(source, target, _CHUNK)
