"""A PDF that is whole, nothing but a PDF, readable by a scanner, and does nothing by itself.

ISO 32000-2: §7.5.2 header, §7.5.5 trailer, §7.5.7 object streams, §12.6.4 actions. Kept as it is:
rewriting it would break electronic signatures. What hides deeper is the scanner's to find.
"""

import re
import zlib
from collections.abc import Iterator

from services.shared.errors import RuleBroken

# Names that start programs, carry files or play media; JavaScript always stands behind its own.
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|XFA)\b")
_ENCRYPTED = re.compile(rb"/Encrypt\b")
_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
_END = re.compile(rb"%%EOF[\s\x00]*\Z")
# The end of a ZIP archive (APPNOTE §4.3.16): archives are read from there, so a PDF can be one.
_ZIP_END = b"PK\x05\x06"
_ZIP_WINDOW = 66_000
_HEADER_WINDOW = 2_048
_MAX_UNPACKED = 32_000_000


def check_pdf(data: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.\d[\s%]", data) or not _END.search(data[-1024:]):
        raise RuleBroken("document-damaged")
    if _ZIP_END in data[-_ZIP_WINDOW:]:
        raise RuleBroken("document-type-not-accepted")
    plain = _unescaped(data)
    if _ENCRYPTED.search(plain):
        raise RuleBroken("document-encrypted")
    if _ACTIVE.search(plain) or any(_ACTIVE.search(part) for part in _object_streams(data)):
        raise RuleBroken("document-active-content")


def _unescaped(data: bytes) -> bytes:
    """Names may be written with #xx (§7.3.5)."""
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), data)


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Objects that stand compressed. In steps, each byte once: no pattern may search back."""
    budget = _MAX_UNPACKED
    start = data.find(b"stream")
    while start >= 0:
        end = data.find(b"endstream", start + 6)
        if end < 0:
            return
        header = _unescaped(data[max(0, start - _HEADER_WINDOW) : start]).rpartition(b"endobj")[2]
        if b"/ObjStm" in header:
            unpacked = _unpacked(header, data[start + 6 : end].lstrip(b"\r\n"), budget)
            budget -= len(unpacked)
            yield _unescaped(unpacked)
        start = data.find(b"stream", end + 9)


def _unpacked(header: bytes, packed: bytes, budget: int) -> bytes:
    """At most `budget` bytes. Honest writers use no filter here but plain Flate."""
    if b"/Filter" not in header:
        return packed
    if b"/FlateDecode" not in header or header.count(b"Decode") > 1:
        raise RuleBroken("document-active-content")
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, budget + 1)
    except zlib.error:
        raise RuleBroken("document-damaged") from None
    if len(unpacked) > budget:
        raise RuleBroken("document-damaged")
    return unpacked
