"""What a file is, by its content. What is not on this list is refused, whatever it calls itself.

Office files (DOCX, ODT) are archives that may hold macros and templates from elsewhere; unpacking
them is a risk of its own, so they are refused: send a PDF (docs/decisions/0015).
"""

from enum import StrEnum

import puremagic

from services.shared.errors import RuleBroken

HEAD_BYTES = 4096


class MediaType(StrEnum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TEXT = "text/plain"


EXTENSIONS: dict[MediaType, tuple[str, ...]] = {
    MediaType.PDF: ("pdf",),
    MediaType.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    MediaType.PNG: ("png",),
    MediaType.TEXT: ("txt",),
}
# At offset 0 and nowhere else: a header further in means that something else comes first.
_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)
# Written in plain characters, and yet run or laid out by whoever opens them.
_LIVELY = ("svg", "html", "xml", "rtf", "script", "postscript", "python", "php", "shell")


def media_type(head: bytes) -> MediaType:
    """RuleBroken unless our own signatures and the library's agree on a type we accept."""
    ours = next((kind for magic, kind in _SIGNATURES if head.startswith(magic)), MediaType.TEXT)
    names = _library_says(head)
    if ours is MediaType.TEXT:
        disguised = any(word in name for name in names for word in _LIVELY)
    else:
        disguised = ours.value not in names
    if disguised:
        raise RuleBroken("document-type-not-accepted")
    return ours


def require_extension(extension: str, kind: MediaType) -> None:
    if extension not in EXTENSIONS[kind]:
        raise RuleBroken("document-extension-disagrees")


def _library_says(head: bytes) -> set[str]:
    try:
        return {match.mime_type.lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
