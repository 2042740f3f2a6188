"""A sheet as a tagged PDF (PDF/UA-1), made by typst with the fonts of its wheel and nothing else.

Texts go in as data and are never markup. What the fonts cannot print becomes a square, so that no
name and no hostile text keeps a household from its sheet.
"""

import base64
import json
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

_HERE = Path(__file__).parent
# In place of a character that no embedded font has (emoji, Chinese, Amharic).
MISSING = "□"
# A longer run without a space may break anywhere: it would leave the page.
UNBROKEN = 25
# Headings, and the header row that stands on every page of a table: one that filled a page would
# leave no room for what it stands on, and typst would look for it without end.
LONGEST_HEADING = 120
_BREAK = "\u200b"


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Prose:
    """A paragraph for each line."""

    text: str


@dataclass(frozen=True)
class Items:
    texts: list[str]


@dataclass(frozen=True)
class Table:
    """`widths`: how wide the columns are to each other."""

    header: list[str]
    rows: list[list[str]]
    widths: list[int]


@dataclass(frozen=True)
class Picture:
    """An image on a page of its own; `alt` is what is said where it cannot be seen."""

    alt: str
    data: bytes
    media_type: str
    width: int
    height: int


Part = Heading | Prose | Items | Table | Picture


@dataclass(frozen=True)
class Sheet:
    """`running` stands on top of every page: the code, no name."""

    title: str
    language: str
    running: str
    made_at: datetime
    parts: list[Part]


def render(sheet: Sheet) -> bytes:
    """The PDF. Equal sheets give equal bytes."""
    data = {
        "title": _short(sheet.title),
        "language": sheet.language,
        "running": _short(sheet.running),
        "parts": [_plain(part) for part in sheet.parts],
    }
    # A compiler of its own: one that has compiled bytes cannot do it again. Its root is a folder
    # without a file beside our own.
    compiler = typst.Compiler(
        _template(),
        root=_HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(data)},
    )
    made = compiler.compile(
        format="pdf", pdf_standards=["ua-1"], timestamp=int(sheet.made_at.timestamp())
    )
    assert isinstance(made, bytes)
    return made


def printable(text: str) -> str:
    """The text in one form (NFC), without what cannot be seen or turns the reading direction."""
    shown = []
    for char in unicodedata.normalize("NFC", text):
        if char == "\n" or ord(char) in _printable():
            shown.append(char)
        elif char.isspace():
            shown.append(" ")
        elif unicodedata.category(char)[0] not in "CM":
            shown.append(MISSING)
    return "\n".join(_breakable(line) for line in "".join(shown).split("\n"))


def _short(text: str) -> str:
    return printable(" ".join(text.split())[:LONGEST_HEADING]) or MISSING


def _breakable(line: str) -> str:
    return " ".join(
        _BREAK.join(word[at : at + UNBROKEN] for at in range(0, len(word), UNBROKEN))
        for word in line.split()
    )


def _plain(part: Part) -> dict[str, Any]:
    match part:
        case Heading(text, level):
            return {"kind": "heading", "level": level, "text": _short(text)}
        case Prose(text):
            lines = [line for line in printable(text).split("\n") if line]
            return {"kind": "words", "lines": lines}
        case Items(texts):
            return {"kind": "list", "items": [printable(text) for text in texts]}
        case Table(header, rows, widths):
            return {
                "kind": "table",
                "header": [_short(text) for text in header],
                "rows": [[printable(text) for text in row] for row in rows],
                "widths": widths,
            }
        case Picture(alt):
            return {"kind": "picture", "alt": _short(alt), "drawing": _drawing(part)}


def _drawing(picture: Picture) -> str:
    """An SVG around the image: typst takes texts alone as its input, and no file is written. It
    holds two numbers, one of our own types and base64, so nothing of the image is read as markup.
    """
    box = f'width="{picture.width}" height="{picture.height}"'
    data = base64.b64encode(picture.data).decode("ascii")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' {box}><image {box} xlink:href="data:{picture.media_type};base64,{data}"/></svg>'
    )


@lru_cache(maxsize=1)
def _printable() -> frozenset[int]:
    """The code points of printable.toml, but for marks that stand on another character: whether the
    fonts have the two together depends on both. Letters with accents are one character (NFC)."""
    told = tomllib.loads((_HERE / "printable.toml").read_text(encoding="utf-8"))["ranges"]
    found: set[int] = set()
    for each in told.split():
        first, _, last = each.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(each for each in found if unicodedata.category(chr(each))[0] != "M")


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (_HERE / "sheet.typ").read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Fonts of the wheel: a sheet looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
