"""Small files of the accepted types, honest unless told otherwise."""

import io
import zlib
from typing import Any

from PIL import Image


def pdf(*objects: bytes, tail: bytes = b"", version: bytes = b"1.7") -> bytes:
    """A whole PDF with a catalogue, and what else is given."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        *objects,
    ]
    body = b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n"
    for number, part in enumerate(parts, 1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(body)
    body += b"xref\n0 1\n0000000000 65535 f \ntrailer << /Size 3 /Root 1 0 R >>\n"
    return body + b"startxref\n%d\n%%%%EOF\n" % start + tail


def packed_objects(inner: bytes) -> bytes:
    """An object stream (ISO 32000-2 §7.5.7)."""
    data = zlib.compress(inner)
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(data)
    return head + b"\nstream\n" + data + b"\nendstream"


def image(form: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    buffer = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, options.pop("colour", 120)).save(buffer, form, **options)
    return buffer.getvalue()
