"""Every text for people stands in the catalogues, once, in every language; and each is said."""

import ast
import re
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal

import polib
import pytest
from marshmallow import ValidationError, fields, validate

import case_api.app  # noqa: F401  (every schema)
from case_api.http.field_errors import in_words, wrong
from case_api.http.fields import Schema
from services.shared.words import catalogue
from services.shared.words.catalogue import LANGUAGES, say
from tests.architecture.test_code import ROOT, SOURCES, name_of, nodes_of
from tests.words import FOLDER, names_in, texts

OTHERS = [each for each in LANGUAGES if each != "en"]
PAGES = sorted((ROOT / "case_api/templates").rglob("*.html"))
# What the reading page of the API says to programmers, and what each language calls itself.
ENGLISH_ALONE = {"docs/reader.html", "layout.html"}
# Whose first argument is a key.
HOLE = r"([\w.-]+)"
QUOTED = re.compile(r"[\"'](\w+)[\"']")
SAYING = {"say", "pattern", "has_text"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translators_tool_opens_the_catalogue_and_finds_nothing_left_to_do(language):
    opened = polib.pofile(str(FOLDER / f"{language}.po"), check_for_duplicates=True)
    assert opened.metadata["Language"] == language
    assert opened.percent_translated() == 100
    keys = [entry.msgid for entry in opened]
    assert keys == sorted(keys)
    assert len(keys) > 1_000


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_stands_in_every_language_and_is_filled_in_by_the_same_names(language):
    source, other = texts("en"), texts(language)
    assert other.keys() == source.keys()
    wanting = {
        key
        for key, forms in other.items()
        if len(forms) != len(source[key]) or names(forms) != names(source[key])
    }
    assert wanting == set()


def names(forms):
    return set().union(*(names_in(form) for form in forms))


def test_each_language_has_its_plural_forms_its_days_and_its_money():
    hours = datetime(2027, 7, 1, 7, 5, tzinfo=UTC)
    said = {
        language: (
            *(say("unit.day", language, count=count) for count in (0, 1, 2)),
            catalogue.day_in_words(date(2027, 3, 1), language),
            catalogue.time_in_words(hours, language),
            catalogue.listed(["A", "B", "C"], language),
            catalogue.euros(Decimal("1250.50"), language).replace("\u202f", " "),
        )
        for language in LANGUAGES
    }
    assert said == {
        "en": (
            *("0 days", "1 day", "2 days", "Monday 1 March 2027", "09:05"),
            *("A, B, and C", "€1,250.50"),
        ),
        "fr": (
            *("0 jour", "1 jour", "2 jours", "lundi 1er mars 2027", "9h05"),
            *("A, B et C", "1 250,50\xa0€"),
        ),
        "nl": (
            *("0 dagen", "1 dag", "2 dagen", "maandag 1 maart 2027", "9.05 uur"),
            *("A, B en C", "€\xa01.250,50"),
        ),
    }


def test_what_is_missing_is_a_fault_and_never_a_key_shown_to_people():
    for key, language, values in (
        ("page.home.unheard_of", "fr", {}),
        ("page.home.title", "de", {}),
        ("unit.day", "fr", {}),
        ("sms.code", "fr", {}),
    ):
        with pytest.raises(KeyError):
            say(key, language, **values)


def test_every_key_that_is_said_is_in_the_catalogue():
    known = texts("en").keys()
    plain = {re.escape(key) for key in known}
    unknown = [
        f"{where}: {form}"
        for where, form in said()
        if form not in plain and not any(map(re.compile(form).fullmatch, known))
    ]
    assert unknown == []


def said():
    """Every key that is given to `say` and its kind: where, and its form as an expression."""
    for path in SOURCES:
        if "words.catalogue" not in path.read_text(encoding="utf-8"):
            continue
        for call in nodes_of(path):
            if isinstance(call, ast.Call) and called(call) in SAYING and call.args:
                yield from ((name_of(path), form) for form in forms_of(call.args[0]))
    for path in PAGES:
        for key, goes_on in re.findall(r"say\(\"([\w.]+)\"( ~)?", path.read_text("utf-8")):
            yield path.name, re.escape(key) + (HOLE if goes_on else "")


def called(call):
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def forms_of(node):
    """A text, or one with holes, as an expression in which each hole is a group."""
    if isinstance(node, ast.IfExp):
        return [*forms_of(node.body), *forms_of(node.orelse)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.JoinedStr):
        parts = (
            re.escape(part.value) if isinstance(part, ast.Constant) else HOLE
            for part in node.values
        )
        return ["".join(parts)]
    return []


def test_every_key_of_the_catalogue_is_said():
    """By its name, or by a form of it whose holes are codes that stand somewhere in the program."""
    codes, forms, made = literals()
    assert [key for key in texts("en") if not is_said(key, forms, codes, made)] == []


def literals():
    """The codes that stand in the program, its pages and its data; the texts with holes that may be
    keys; and those that may be codes, such as `f"{part}s"`."""
    codes, forms = set(), set()
    for path in SOURCES:
        for node in nodes_of(path):
            if isinstance(node, ast.JoinedStr):
                forms.update(forms_of(node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                codes.update({node.value, *node.value.split("."), *QUOTED.findall(node.value)})
            elif isinstance(node, ast.Name):
                # Of a flag, whose name is its code in capitals.
                codes.add(node.id.lower())
    for path in PAGES:
        quoted = re.findall(r"\"([\w.]+)\"( ~)?", path.read_text(encoding="utf-8"))
        codes.update(text for text, _ in quoted)
        forms.update(re.escape(text) + HOLE for text, goes_on in quoted if goes_on)
    for folder in ("services", "notifications"):
        for path in [*(ROOT / folder).rglob("*.toml"), *(ROOT / folder).rglob("*.sql")]:
            codes.update(QUOTED.findall(path.read_text(encoding="utf-8")))
    keylike = re.compile(r"[\w.-]*\.[\w.-]*")
    made = {re.compile(form) for form in forms if re.fullmatch(r"\w+", bare(form))}
    return codes, {re.compile(form) for form in forms if keylike.fullmatch(bare(form))}, made


def bare(form):
    return form.replace(HOLE, "").replace("\\", "")


def is_said(key, forms, codes, made):
    if key in codes or key.startswith("field."):
        return True
    found = (form.fullmatch(key) for form in forms)
    return any(all(is_code(hole, codes, made) for hole in each.groups()) for each in found if each)


def is_code(hole, codes, made):
    if hole in codes or all(piece in codes for piece in hole.split(".")):
        return True
    found = (form.fullmatch(hole) for form in made)
    return any(set(each.groups()) <= codes for each in found if each)


def test_no_text_for_people_stands_elsewhere():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for node in nodes_of(path)
        if is_in_languages(node) or is_printed(node)
    ]
    assert found == []
    # Texts of the law stay beside its rules.
    law = ROOT / "services/evictions/law/rules"
    data = [path for path in ROOT.glob("[cnswi]*/**/*.toml") if not path.is_relative_to(law)]
    told = [path for path in data if in_languages(tomllib.loads(path.read_text(encoding="utf-8")))]
    assert told == []


def is_in_languages(node):
    """{"fr": "Bonjour", "nl": "Dag"}"""
    return (
        isinstance(node, ast.Dict)
        and {"fr", "nl"} <= {getattr(key, "value", None) for key in node.keys}
        and any(isinstance(each, ast.Constant | ast.Tuple | ast.List) for each in node.values)
    )


def is_printed(node):
    """A fault of a field, or a part of a sheet, with words of its own."""
    return (
        isinstance(node, ast.Call)
        and called(node) in {"ValidationError", "Heading", "Words", "Items"}
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )


def in_languages(data):
    if isinstance(data, list):
        return any(in_languages(each) for each in data)
    if not isinstance(data, dict):
        return False
    return {"fr", "nl"} <= data.keys() or any(in_languages(each) for each in data.values())


def test_pages_hold_no_words_of_their_own():
    found = []
    for path in (*PAGES, *(ROOT / "notifications/templates").iterdir()):
        if str(path.relative_to(path.parents[1])) in ENGLISH_ALONE or path.name in ENGLISH_ALONE:
            continue
        text = re.sub(
            r"<!doctype html>|<style.*?</style>|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>",
            " ",
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        found += [f"{path.name}: {word}" for word in re.findall(r"[^\W\d_]{3,}", text)]
    assert set(found) <= {"layout.html: Maillage", "message.html: UTC", "list.html: UTC"}


LIMITS = [
    *((validate.Length(min=2), "a"), (validate.Length(max=1), "ab"), (validate.Length(1, 2), "")),
    *((validate.Length(equal=5), "a"), (validate.Range(min=0), -1), (validate.Range(max=0), 1)),
    *((validate.Range(0, 9), 10), (validate.OneOf(["a", "b"]), "c"), (validate.Regexp("a"), "b")),
]
# Of answers, of bytes, and of a moment without an offset, which ours refuses in its own words.
NEVER_RAISED = {"format", "invalid_utf8", "invalid_awareness"}


def test_every_fault_of_a_field_is_said_in_the_readers_language():
    raised = set(Schema.error_messages.values()) | {"Unknown field.", "Invalid input type."}
    for check, value in LIMITS:
        with pytest.raises(ValidationError) as refused:
            check(value)
        raised.update(refused.value.messages)
    for schema in schemas(Schema):
        for field in schema._declared_fields.values():
            raised.update(faults(field))
    assert len(raised) > 20
    for language in OTHERS:
        assert [each for each in sorted(raised) if in_words(each, language) == each] == []
    assert [each for each in sorted(raised) if in_words(each, "en") != each] == []


def schemas(schema):
    return [each for own in schema.__subclasses__() for each in (own, *schemas(own))]


def faults(field):
    named = {"obj_type": getattr(field, "OBJ_TYPE", "")}
    for name, text in field.error_messages.items():
        if name not in NEVER_RAISED:
            yield text.format(**named)
    if isinstance(field, fields.List):
        yield from faults(field.inner)


def test_limits_are_said_with_their_numbers():
    assert in_words("Longer than maximum length 300.", "fr") == "Trop long : au plus 300."
    between = "Must be greater than or equal to 0 and less than or equal to 9."
    assert in_words(between, "nl") == "Moet van 0 tot 9 zijn."
    assert in_words(wrong("decimals", decimals=2), "fr") == "Au plus 2 décimales sont admises."
