"""A PDF that is whole, nothing but a PDF, readable by a scanner, and does nothing by itself.

ISO 32000-2: §7.5.2 header, §7.5.5 trailer, §7.5.7 object streams, §12.6.4 actions. Kept as it is:
rewriting it would break electronic signatures. What hides deeper is the scanner's to find.
Every step is linear in the size of the file, and none copies it.
"""

import re
import zlib
from collections.abc import Iterator

from services.shared.errors import RuleBroken


def _names(*names: str) -> re.Pattern[bytes]:
    """Any of these names, each letter plain or written as #xx (§7.3.5)."""
    spelled = ("".join(_letter(letter) for letter in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelled)})(?![A-Za-z0-9])".encode())


def _letter(letter: str) -> str:
    digits = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{ord(letter):02x}")
    return f"(?:{letter}|#{digits})"


# Names that start programs, carry files or play media; JavaScript always stands behind its own.
_ACTIVE = _names(
    "JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "ImportData", "XFA"
)
_ENCRYPTED = _names("Encrypt")
_OBJECT_STREAM = _names("ObjStm")
_FILTER = _names("Filter")
_FLATE = _names("FlateDecode")
_DECODERS = re.compile(rb"Decode|#")
_HEADER = re.compile(rb"%PDF-[12]\.\d[\s%]")
_END = re.compile(rb"%%EOF[\s\x00]*\Z")
# The end of a ZIP archive (APPNOTE §4.3.16): archives are read from there, so a PDF can be one.
_ZIP_END = b"PK\x05\x06"
_ZIP_WINDOW = 66_000
_HEADER_WINDOW = 1_024
# Far above what a file of 20 MB honestly holds.
_MAX_STREAMS = 50_000
_MAX_UNPACKED = 32_000_000


def check_pdf(data: bytes) -> None:
    if not _HEADER.match(data) or not _END.search(data[-1024:]):
        raise RuleBroken("document-damaged")
    if _ZIP_END in data[-_ZIP_WINDOW:]:
        raise RuleBroken("document-type-not-accepted")
    if _ENCRYPTED.search(data):
        raise RuleBroken("document-encrypted")
    if _ACTIVE.search(data) or any(_ACTIVE.search(part) for part in _object_streams(data)):
        raise RuleBroken("document-active-content")


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Objects that stand compressed, unpacked. Each byte is looked at once: nothing goes back."""
    budget = _MAX_UNPACKED
    for header, packed in _streams(data):
        if _OBJECT_STREAM.search(header):
            unpacked = _unpacked(header, packed, budget)
            budget -= len(unpacked)
            yield unpacked


def _streams(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The dictionary before each stream, and what the stream holds."""
    start = data.find(b"stream")
    for _ in range(_MAX_STREAMS):
        end = data.find(b"endstream", start + 6) if start >= 0 else -1
        if end < 0:
            return
        header = data[max(0, start - _HEADER_WINDOW) : start].rpartition(b"endobj")[2]
        yield header, data[start + 6 : end].lstrip(b"\r\n")
        start = data.find(b"stream", end + 9)
    raise RuleBroken("document-damaged")


def _unpacked(header: bytes, packed: bytes, budget: int) -> bytes:
    """At most `budget` bytes. Honest writers use no filter here but plain Flate."""
    if not _FILTER.search(header):
        return packed
    if not _FLATE.search(header) or len(_DECODERS.findall(header)) > 1:
        raise RuleBroken("document-active-content")
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, budget + 1)
    except zlib.error:
        raise RuleBroken("document-damaged") from None
    if len(unpacked) > budget:
        raise RuleBroken("document-damaged")
    return unpacked
