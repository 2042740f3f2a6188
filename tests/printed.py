"""What an answer says, also where it is a PDF, read as our printer writes it.

pypdf takes apart any page there is, a character at a time; `tests/sheets/test_render.py` compares.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

# A place on the page, a font with its size, a string, an array of strings, and moves between them.
_TOLD = re.compile(
    rb"1 0 0 -1 (?P<x>[-\d.]+) (?P<y>[-\d.]+) cm"
    rb"|/(?P<font>\w+) (?P<size>[-\d.]+) Tf"
    rb"|(?P<text>\()|<(?P<hex>[0-9A-Fa-f\s]+)>|(?<=[)>])(?P<back>-?[\d.]+)"
)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SAYS = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")


def text_of(answer: Any) -> str:
    """Of an answer of the test client: its body as text, every page of it."""
    body = answer.get_data()
    if not body.startswith(b"%PDF-") or answer.mimetype != "application/pdf":
        return str(body.decode())
    return printed(body)


@lru_cache(maxsize=64)
def printed(body: bytes) -> str:
    """The pages of a PDF. The same sheet is asked for by many."""
    pages = PdfReader(BytesIO(body)).pages
    return "\n".join("".join(_Page(page).runs()) for page in pages).replace("\u200b", "")


@dataclass
class _Font:
    """What each glyph says, and how wide it is in thousandths of the size."""

    says: dict[int, str]
    wide: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, named: Any) -> "_Font":
        _, _, characters = named["/ToUnicode"].get_data().partition(b"beginbfchar")
        says = {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in _SAYS.findall(characters)
        }
        font, widths = cls(says), iter(named["/DescendantFonts"][0].get_object().get("/W", []))
        for first in widths:
            # Of one glyph after the other; or the last of several, and one for all of them.
            several = next(widths)
            if not isinstance(several, list):
                several = [next(widths)] * (int(several) - int(first) + 1)
            font.wide |= dict(enumerate(map(float, several), int(first)))
        return font


class _Page:
    """What is written on it, from one place to the next."""

    def __init__(self, page: Any) -> None:
        named = page["/Resources"].get("/Font", {})
        self._fonts = {key[1:]: _Font.of(named[key].get_object()) for key in named}
        self._content = page.get_contents().get_data()

    def runs(self) -> Iterator[str]:
        """A line begins where it is written lower; a word, where there is a gap."""
        end, line, size, font = 0.0, None, 0.0, _Font({})
        at = 0
        while told := _TOLD.search(self._content, at):
            at = told.end()
            if told["x"]:
                x, y = float(told["x"]), float(told["y"])
                if line is not None and y != line:
                    yield "\n"
                elif x - end > 0.1 * size:
                    yield " "
                end, line = x, y
            elif told["font"]:
                font, size = self._fonts[told["font"].decode()], float(told["size"])
            elif told["back"]:
                end -= float(told["back"]) * size / 1000
            else:
                glyphs, at = self._string(at) if told["text"] else (_hex(told["hex"]), at)
                codes = [glyphs[i] << 8 | glyphs[i + 1] for i in range(0, len(glyphs), 2)]
                end += sum(font.wide.get(code, 0.0) for code in codes) * size / 1000
                yield "".join(font.says.get(code, "") for code in codes)

    def _string(self, begins: int) -> tuple[bytes, int]:
        """The bytes of a string, and where it ended: parentheses in it may stand as they are."""
        depth, at = 1, begins
        while depth and (found := _PARENTHESIS.search(self._content, at)):
            at = found.end()
            depth += {b"(": 1, b")": -1}.get(found[0], 0)
        return _ESCAPED.sub(_unescaped, self._content[begins : at - 1]), at


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8)]) if said.isdigit() else _NAMED.get(said, said)


def _hex(said: bytes) -> bytes:
    return bytes.fromhex(said.decode())
