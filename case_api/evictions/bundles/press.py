"""A defence bundle as one PDF: its pieces read from the store, measured, and printed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from case_api.sheets.bundle import bundle_sheet
from case_api.sheets.render import Picture, render
from infra.files.images import size_of
from infra.files.kinds import MediaType
from infra.files.store import DocumentStore
from services.evictions.bundles.content import BundleContent, Measured, Piece

IMAGES = (MediaType.JPEG, MediaType.PNG)
# In one file; further images stay pieces of their own. It bounds the memory of a freeze.
EMBEDDED_BYTES = 30 * 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class PrintedBundle:
    """The printed file, as `services.evictions.bundles.content.Pressed`."""

    pdf: bytes
    pieces: Mapping[int, Measured]
    store: DocumentStore

    @property
    def size(self) -> int:
        return len(self.pdf)

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.pdf).digest()

    def keep(self, case_id: UUID) -> str:
        path = self.store.new_incoming()
        path.touch(mode=0o600)
        path.write_bytes(self.pdf)
        return self.store.keep(path, case_id)


class BundlePress:
    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def press(self, content: BundleContent) -> PrintedBundle:
        pieces: dict[int, Measured] = {}
        pictures: dict[int, Picture] = {}
        room = EMBEDDED_BYTES
        for piece in content.pieces:
            with self._store.open(piece.stored_name) as file:
                size, digest, image = _read(file, room if piece.media_type in IMAGES else 0)
            if image is not None:
                pictures[piece.position] = _picture(piece, image)
                room -= size
            pieces[piece.position] = Measured(size=size, sha256=digest, embedded=image is not None)
        pdf = render(bundle_sheet(content, pieces, pictures))
        return PrintedBundle(pdf=pdf, pieces=pieces, store=self._store)


def _read(file: BinaryIO, room: int) -> tuple[int, bytes, bytes | None]:
    """The size, the SHA-256, and all of a file if there is room for it."""
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size <= room:
            kept += chunk
    return size, digest.digest(), bytes(kept) if 0 < size <= room else None


def _picture(piece: Piece, image: bytes) -> Picture:
    width, height = size_of(image, MediaType(piece.media_type))
    return Picture(
        alt=f"{piece.position}. {piece.title}",
        data=image,
        media_type=piece.media_type,
        width=width,
        height=height,
    )
