"""A sheet is tagged, says its language and title, and shows any text as it is."""

import random
import resource
import time
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from case_api.sheets.render import (
    MISSING,
    Heading,
    Items,
    Prose,
    Sheet,
    Table,
    _printable,
    printable,
    render,
)
from tests.printed import printed
from tests.slices import times

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ARABIC = "محمد علي بن عبد الله"
HOSTILE = (
    '#import "sheet.typ": sheet',
    '#read("/etc/passwd")',
    '#read("printable.toml")',
    "#{1 + 1} #panic() #sys.inputs.sheet",
    "$x^2$ *bold* _it_ `raw` @ref <label> // comment",
    "= Heading\n- item\n+ item\n/ term: x",
    '"); panic("',
    "\\u{41} \\ \\\\ ~ -- --- ' \"",
    "]#emph[x]",
    "\u202eMarker\u202c \u2066x\u2069 \ufeff\u200d\u0001\u0000",
    ARABIC,
    "Владимир Ђорђевић",
    "😀👨‍👩‍👧 王小明 አበበ",
    "x" * times(10_000, 2_000),
    "word " * times(2_000, 600),
    "\n" * 500,
)


def sheet(*parts, title="Une feuille", language="fr"):
    return Sheet(title=title, language=language, running="BX-7K2Q", made_at=AT, parts=list(parts))


def everywhere(text):
    return sheet(
        Heading(text),
        Prose(text),
        Items([text, "x"]),
        Table(["A", text], [[text, "1"], ["2", text]], [1, 2]),
        title=text,
    )


def read(pdf):
    reader = PdfReader(BytesIO(pdf))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def kinds(reader):
    """The structure types of the tags, in the order of reading."""
    found = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node["/S"])
            if "/K" in node:
                walk(node["/K"])

    walk(reader.root_object["/StructTreeRoot"]["/K"])
    return found


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_tagged_with_its_language_title_and_header_rows(language):
    made = sheet(
        Heading("Équipe"),
        Prose("L’été – déjà\nEncore"),
        Items(["un", "deux"]),
        Table(["Qui", "Quand"], [["Zoë", "2026"]], [1, 1]),
        language=language,
    )
    reader, text = read(render(made))
    root = reader.root_object
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata.title == "Une feuille"
    assert reader.xmp_metadata.stream.get_data().count(b"pdfuaid:part") >= 1
    tags = kinds(reader)
    assert {"/H1", "/P", "/L", "/LI", "/Table", "/THead", "/TH", "/TD"} <= set(tags)
    assert tags.count("/TH") == 2
    for said in ("Équipe", "L’été – déjà", "Encore", "Zoë", "BX-7K2Q", "1 / 1"):
        assert said in text


def test_no_text_is_ever_markup():
    for text in HOSTILE:
        pdf, name = render(everywhere(text)), ascii(text)[:20]
        reader, shown = read(pdf)
        assert "root:" not in shown, name
        assert "ranges" not in shown.replace(text, ""), name
        tags = kinds(reader)
        # Exactly our own structure, whatever the text says.
        assert (tags.count("/Table"), tags.count("/LI")) == (1, 2), name
        if text.isascii() and text.strip() and len(text) < 60:
            assert "".join(text.split()) in "".join(shown.split()).replace("\u200b", ""), name
        # What reads the pages in other tests; from right to left it has the letters as they stand.
        if text != ARABIC:
            assert " ".join(printed(pdf).split()) == shown.replace("\u200b", ""), name


def test_what_cannot_be_printed_is_a_square_and_never_an_error():
    assert printable("Ana 😀 王\u202e!") == f"Ana {MISSING} {MISSING}!"
    assert printable("e\u0301 a\u0301\u0000b\tc") == "é áb c"
    assert MISSING in read(render(sheet(Prose("😀"))))[1]
    chars = sorted(_printable())
    assert len(chars) > 1_500
    # Each of them, alone and among any others.
    render(
        sheet(
            Items([f"a{chr(each)} {chr(each)}b" for each in chars]),
            Table(["A"], [[chr(each)] for each in chars], [1]),
        )
    )
    anything = random.Random(7)
    for _ in range(5):
        text = "".join(chr(anything.randrange(0x20, 0x1FFFF)) for _ in range(300))
        drawn = "".join(chr(anything.choice(chars)) for _ in range(300))
        render(sheet(Prose(text.encode("utf-8", "ignore").decode()), Prose(drawn)))


def test_the_same_sheet_is_the_same_file():
    assert render(everywhere("Zoë")) == render(everywhere("Zoë"))


def test_a_long_file_takes_little(record_testsuite_property):
    row = ["12 mars 2026", "Rosa Willems (ULN)", "logement et loyer", "fait partie de l’équipe"]
    long = sheet(*(Table(["a", "b", "c", "d"], [row] * 100, [1, 1, 1, 1]) for _ in range(20)))
    render(sheet())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    pdf = render(long)
    took = time.perf_counter() - began
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    record_testsuite_property("sheet_2000_rows_ms", round(took * 1000))
    record_testsuite_property("sheet_2000_rows_mb", round(grew))
    pages = len(PdfReader(BytesIO(pdf)).pages)
    print(f"\n2,000 rows, {pages} pages: {took * 1000:.0f} ms, {grew:.0f} MB more at the most")
    assert pages > 20
