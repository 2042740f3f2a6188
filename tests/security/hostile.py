"""A generated corpus of hostile files: what they are called, what they hold, what must become
of them. Nothing here is dangerous; markers stand where the danger would be.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.files import image, packed_objects, pdf
from tests.outside.scanners import EICAR

# Planted wherever an image can hide something; 50.86, 4.38 is where the shelter would be.
CANARY = b"CANARY-7f3e-50.8613N-4.3811E"


class Fate(Enum):
    """`REFUSED`: 4xx and nothing kept. `CLEANED`: kept without what was hostile in it.
    `INFECTED`: kept, and closed for good by the scanner.
    """

    REFUSED = "refused"
    CLEANED = "cleaned"
    INFECTED = "infected"


@dataclass(frozen=True)
class Hostile:
    why: str
    name: bytes
    content: bytes
    fate: Fate


SCRIPT = b"<script>fetch('//evil.example')</script>"
ENDINGS = (b"pdf", b"jpg", b"png", b"txt")
DISGUISED = {
    "windows program": b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 64 + b"PE\x00\x00",
    "linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 64,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg after a declaration": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "html": b"<!DOCTYPE html><html>" + SCRIPT,
    "html after blanks": b"\n\n   <HTML><BODY onload=alert(1)>",
    "html behind a byte-order mark": b"\xef\xbb\xbf<html>" + SCRIPT,
    "html deep in a text": b"Dear colleague,\n" * 500 + SCRIPT,
    "frame": b"<iframe src=//evil.example></iframe>",
    "image tag": b"Hello <img src=x onerror=alert(1)>",
    "xml with an entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "php": b"<?php system($_GET['c']); ?>",
    "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\x00" * 40,
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + b"\x00" * 20,
    "rar": b"Rar!\x1a\x07\x01\x00" + b"\x00" * 20,
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + b"\x00" * 20,
    "old office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "java class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + b"\x00" * 20,
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 20,
    "tiff": b"II*\x00\x08\x00\x00\x00" + b"\x00" * 20,
    "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L" + b"\x00" * 20,
    "bmp": b"BM\x46\x00\x00\x00\x00\x00" + b"\x00" * 60,
    "icon": b"\x00\x00\x01\x00\x01\x00\x10\x10" + b"\x00" * 20,
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + b"\x00" * 20,
    "film": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00" + b"\x00" * 20,
    "flash": b"FWS\x09\x00\x00\x00\x00" + b"\x00" * 20,
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 68,
    "sqlite": b"SQLite format 3\x00" + b"\x00" * 84,
    "utf-16": "Bonjour".encode("utf-16"),
    "latin-1": "Bonjour é à ü".encode("latin-1"),
    "controls": b"Hello \x1b[2J\x07 there",
    "nul": b"Hello\x00there",
}


def corpus() -> Iterator[Hostile]:
    yield from _disguised()
    yield from _wrong_endings()
    yield from _polyglots()
    yield from _lively_pdfs()
    yield from _truncated()
    yield from _bombs()
    yield from _canaries()
    yield from _names()
    yield from _viruses()


def _refused(why: str, name: bytes, content: bytes) -> Hostile:
    return Hostile(why, name, content, Fate.REFUSED)


def _disguised() -> Iterator[Hostile]:
    for what, content in DISGUISED.items():
        for ending in ENDINGS:
            yield _refused(f"{what} as {ending.decode()}", b"letter." + ending, content)


def _wrong_endings() -> Iterator[Hostile]:
    honest = {b"pdf": pdf(), b"jpg": image(), b"png": image("PNG"), b"txt": b"Hello"}
    wrong = (b"exe", b"html", b"svg", b"js", b"docx", b"odt", b"hta", b"pdf.exe", b"")
    for kind, content in honest.items():
        others = [ending for ending in ENDINGS if ending != kind]
        for ending in (*wrong, *others):
            yield _refused(f"{kind.decode()} called .{ending.decode()}", b"a." + ending, content)


def _polyglots() -> Iterator[Hostile]:
    archive = b"PK\x03\x04" + b"\x00" * 26 + b"PK\x05\x06" + b"\x00" * 18
    for what, start in {
        "html": b"<html>",
        "zip": archive,
        "blank": b"\n",
        "gif": b"GIF89a",
    }.items():
        yield _refused(f"pdf after {what}", b"a.pdf", start + pdf())
    for what, tail in {"zip": archive, "html": b"<html>" + SCRIPT, "jar": archive * 3}.items():
        yield _refused(f"{what} after a pdf", b"a.pdf", pdf(tail=tail))
    yield _refused("zip before the end of a pdf", b"a.pdf", pdf(tail=archive + b"\n%%EOF\n"))
    tails = {"html": SCRIPT, "zip": archive, "pdf": pdf(), "php": b"<?php ?>", "program": b"MZ\x90"}
    for form, name in (("JPEG", b"a.jpg"), ("PNG", b"a.png")):
        for what, tail in tails.items():
            content = image(form) + CANARY + tail
            yield Hostile(f"{what} after a {form}", name, content, Fate.CLEANED)


def _lively_pdfs() -> Iterator[Hostile]:
    lively = {
        "javascript": b"<< /S /JavaScript /JS (app.alert(1)) >>",
        "javascript, name escaped": b"<< /S /J#61vaScript /JS (x) >>",
        "javascript, all escaped": b"<< /S /#4a#61#76#61#53#63#72#69#70#74 /JS (x) >>",
        "launch": b"<< /S /Launch /F (cmd.exe) >>",
        "attached file": b"<< /Type /EmbeddedFile >>",
        "attached files": b"<< /Names << /EmbeddedFiles 4 0 R >> >>",
        "media": b"<< /Subtype /RichMedia >>",
        "form": b"<< /AcroForm << /XFA [] >> >>",
        "import": b"<< /S /ImportData >>",
        "packed javascript": packed_objects(b"3 0 << /S /JavaScript /JS (x) >>"),
        "packed and escaped": packed_objects(b"3 0 << /S /J#61vaScript >>"),
        "packed twice": packed_objects(b"x").replace(
            b"/FlateDecode", b"[/ASCIIHexDecode /FlateDecode]"
        ),
        "packed otherwise": packed_objects(b"x").replace(b"/FlateDecode", b"/LZWDecode"),
        "packed bomb": packed_objects(b"\x00" * 60_000_000),
        "packed and broken": packed_objects(b"x").replace(zlib.compress(b"x"), b"\x00\x01\x02"),
        "encrypted": b"<< /Encrypt << /Filter /Standard >> >>",
    }
    for what, content in lively.items():
        yield _refused(f"pdf with {what}", b"a.pdf", pdf(content))
    for version in (b"9.9", b"1", b"1.7<html>"):
        yield _refused(f"pdf version {version.decode()}", b"a.pdf", pdf(version=version))
    flood = pdf(b"/ObjStm stream endstream " * 60_000)
    yield _refused("a pdf of more streams than fit", b"a.pdf", flood)
    names = pdf(b"#41" * 1_000_000 + b" << /S /J#61v#61Script >>")
    yield _refused("a pdf of escapes", b"a.pdf", names)
    many = pdf(b"stream" * 300_000)
    yield _refused("a pdf of streams without end", b"a.pdf", many + b"x" * 2000)


def _truncated() -> Iterator[Hostile]:
    honest = {
        b"pdf": pdf(b"<< /Length 4000 >>\nstream\n" + b"x" * 4000 + b"\nendstream"),
        b"jpg": image(size=(200, 200)),
        b"png": image("PNG", size=(200, 200), colour=(1, 2, 3)),
    }
    for ending, content in honest.items():
        for part in (5, 8, 20, 30, 50, 70, 90):
            cut = content[: max(9, len(content) * part // 100)]
            yield _refused(f"{part} % of a {ending.decode()}", b"a." + ending, cut)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *chunks: bytes, packed: bytes | None = None) -> bytes:
    """By hand: an honest writer would need the memory that this is made to exhaust."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = packed if packed is not None else zlib.compress(bytes((width + 7) // 8 + 1) * height, 1)
    parts = [_chunk(b"IHDR", header), *chunks, _chunk(b"IDAT", rows), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _bombs() -> Iterator[Hostile]:
    for width, height in ((10_000, 10_000), (30_000, 1_000), (1_000, 30_000), (5_001, 5_000)):
        yield _refused(f"{width} × {height} pixels", b"a.png", _png(width, height))
    for side in (50_000, 2**31 - 1):
        yield _refused(f"says {side} pixels wide", b"a.png", _png(side, side, packed=b"x"))
    small = image(size=(64, 64))
    at = small.index(b"\xff\xc0") + 5
    for side in (65_500, 12_000):
        huge = small[:at] + struct.pack(">HH", side, side) + small[at + 4 :]
        yield _refused(f"jpeg says {side} pixels wide", b"a.jpg", huge)
    flood = zlib.compress(b"\x00" * 80_000_000, 1)
    for kind, head in ((b"zTXt", b"k\x00\x00"), (b"iCCP", b"p\x00\x00")):
        content = _png(8, 8, _chunk(kind, head + flood))
        yield _refused(f"{kind.decode()} bomb", b"a.png", content)
    yield Hostile("rows without end", b"a.png", _png(8, 8, packed=flood), Fate.CLEANED)
    yield _refused("nothing", b"a.pdf", b"")
    yield _refused("more than 20 MB", b"a.txt", b"x" * (20 * 1024 * 1024 + 1))


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _with_segment(marker: int, data: bytes) -> bytes:
    plain = image()
    return plain[:2] + _segment(marker, data) + plain[2:]


def _exif() -> bytes:
    """Position, comment, camera and owner."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x0110] = CANARY.decode(), CANARY.decode(), CANARY.decode()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\x00\x00\x00" + CANARY
    position = exif.get_ifd(0x8825)
    position[1], position[2] = "N", (50.0, 51.0, 40.68)
    position[3], position[4], position[0x1B] = "E", (4.0, 22.0, 51.96), CANARY
    return exif.tobytes()


def _canaries() -> Iterator[Hostile]:
    exif = _exif()
    text = PngInfo()
    text.add_text("Location", CANARY.decode())
    packed = PngInfo()
    packed.add_text("Location", CANARY.decode(), zip=True)
    wide = PngInfo()
    wide.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY.decode()}</x>")
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x>" + CANARY + b"</x>"
    jpegs = {
        "exif": image(exif=exif),
        "exif, turned": image(exif=_turned(), size=(40, 20)),
        "comment": image(comment=CANARY),
        "profile": image(icc_profile=b"\x00" * 128 + CANARY),
        "xmp": _with_segment(0xE1, xmp),
        "second exif": _with_segment(0xE1, b"Exif\x00\x00" + exif.removeprefix(b"Exif\x00\x00")),
        "iptc": _with_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + CANARY),
        "frames": _with_segment(0xE2, b"MPF\x00" + CANARY),
        "thumbnail": _with_segment(0xE0, b"JFXX\x00\x10" + image(comment=CANARY)),
        "adobe": _with_segment(0xEE, b"Adobe\x00d\x00\x00\x00\x00\x00" + CANARY),
        "unknown part": _with_segment(0xEB, CANARY),
        "after the end": image(exif=exif) + image(comment=CANARY),
        "grey": image(mode="L", exif=exif, comment=CANARY),
        "print colours": image(mode="CMYK", exif=exif),
        "progressive": image(progressive=True, exif=exif, comment=CANARY),
    }
    for what, content in jpegs.items():
        yield Hostile(f"position in jpeg {what}", b"photo.jpg", content, Fate.CLEANED)
    two = io.BytesIO()
    more = Image.new("RGB", (20, 20))
    Image.new("RGB", (20, 20)).save(two, "MPO", save_all=True, append_images=[more], exif=exif)
    yield Hostile("position in a second frame", b"photo.jpg", two.getvalue(), Fate.CLEANED)
    pngs = {
        "exif": image("PNG", exif=exif),
        "text": image("PNG", pnginfo=text),
        "packed text": image("PNG", pnginfo=packed),
        "wide text": image("PNG", pnginfo=wide),
        "profile": image("PNG", icc_profile=b"\x00" * 128 + CANARY),
        "unknown part": _png(8, 8, _chunk(b"prVt", CANARY)),
        "palette": image("PNG", mode="P", pnginfo=text, transparency=0),
        "two colours": image("PNG", mode="1", pnginfo=text, exif=exif),
        "see-through": image("PNG", mode="RGBA", pnginfo=text, exif=exif),
        "after the end": image("PNG") + _chunk(b"tEXt", b"Location\x00" + CANARY),
    }
    for what, content in pngs.items():
        yield Hostile(f"position in png {what}", b"photo.png", content, Fate.CLEANED)


def _turned() -> bytes:
    exif = Image.Exif()
    exif.load(_exif())
    exif[0x0112] = 6
    return exif.tobytes()


def _names() -> Iterator[Hostile]:
    names = {
        "up": b"../../../../etc/cron.d/x.txt",
        "up on windows": b"..\\..\\..\\Windows\\x.txt",
        "absolute": b"/etc/passwd.txt",
        "drive": b"C:\\x.txt",
        "share": b"\\\\evil.example\\share\\x.txt",
        "hidden": b".htaccess.txt",
        "device": b"CON.txt",
        "stream": b"x.txt:evil.txt",
        "right to left": "cod\u202etxt.fdp.txt".encode(),
        "isolate": "a\u2066b\u2069.txt".encode(),
        "zero width": "pass\u200bport.txt".encode(),
        "byte-order mark": "\ufeffx.txt".encode(),
        "long": b"x" * 5000 + b".txt",
        "long and wide": "é".encode() * 2000 + b".txt",
        "tags": b"<script>alert(1)</script>.txt",
        "formula": b"=cmd|' /C calc'!A0.txt",
        "shell": b"$(rm -rf ~)`id`;x.txt",
        "percent": b"%2e%2e%2f%00x.txt",
        "semicolon": b"a; filename=evil.exe; b.txt",
        "emoji": "\U0001f4c4.txt".encode(),
        "blanks": b"   x   .txt",
        "capitals": b"X.TXT",
    }
    for what, name in names.items():
        yield Hostile(f"name: {what}", name, b"Hello from " + what.encode(), Fate.CLEANED)
    refused = {
        "nul": b"x.txt\x00.exe",
        "turned": "x\u202etxt.exe".encode(),
        "only dots": b"....txt",
        "not utf-8": b"caf\xe9.txt",
    }
    for what, name in refused.items():
        yield _refused(f"name: {what}", name, b"Hello")
    yield _refused("no name", b"", b"Hello")


def _viruses() -> Iterator[Hostile]:
    yield Hostile("eicar", b"e.txt", EICAR, Fate.INFECTED)
    yield Hostile("eicar in a letter", b"e.txt", b"Dear,\n" + EICAR + b"\nBye", Fate.INFECTED)
    yield Hostile("eicar in a pdf", b"e.pdf", pdf(b"(" + EICAR + b")"), Fate.INFECTED)
    for form, name in (("JPEG", b"e.jpg"), ("PNG", b"e.png")):
        yield Hostile(f"eicar after a {form}", name, image(form) + EICAR, Fate.CLEANED)
