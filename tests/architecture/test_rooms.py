"""A folder is a room one can survey, and no two things in it are told apart by an ending."""

import re
from itertools import combinations
from pathlib import Path

from infra.migrations.models import metadata
from tests.architecture.test_code import ROOT

CODE = ("services", "case_api", "notifications", "workers", "infra", "tests", "bench")
LARGEST = 16
ENDING = re.compile(
    r"(s|es|ed|er|ers|or|ing|ings|ion|ions|ation|ations|ment|ments|ee|ees|al|als|able)?"
)
# `cases` in a table of words, not a class of CSS or a word of the law.
TABLE = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")


def rooms() -> dict[Path, list[str]]:
    """The modules of each folder, and the rooms in it."""
    found: dict[Path, list[str]] = {}
    for package in CODE:
        for path in sorted((ROOT / package).rglob("*.py")):
            found.setdefault(path.parent, [])
            if path.stem != "__init__":
                found[path.parent].append(path.stem)
    return found


def test_no_folder_holds_more_than_one_can_survey():
    large = {str(room): len(names) for room, names in rooms().items() if len(names) > LARGEST}
    assert large == {}


def test_no_two_names_differ_by_an_ending():
    assert twins(["match", "matching", "calendar"]) == [("match", "matching")]
    known = rooms()
    inside = {room: [each.name for each in known if each.parent == room] for room in known}
    found = {
        str(room): pairs
        for room, names in known.items()
        if (pairs := twins(sorted([*names, *inside[room]])))
    }
    assert found == {}


def twins(names: list[str]) -> list[tuple[str, str]]:
    """Pairs with the same beginning of at least four letters, and nothing but endings after it."""
    return [pair for pair in combinations(names, 2) if are_twins(*pair)]


def are_twins(one: str, other: str) -> bool:
    same = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    ends = (one[same:], other[same:])
    return same >= 4 and all(ENDING.fullmatch(end) for end in ends)


def test_the_dictionary_names_tables_that_there_are():
    words = (ROOT / "docs/words.md").read_text(encoding="utf-8")
    known = set(metadata.tables) | functions_and_columns()
    named = set(TABLE.findall(words))
    assert len(named) > 25
    assert named - known == set()


def functions_and_columns() -> set[str]:
    """Names of columns, of modules and rooms, and of what Python or SQL defines."""
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    modules = {name for room, names in rooms().items() for name in [room.name, *names]}
    sql = "".join(p.read_text(encoding="utf-8") for p in sorted(ROOT.glob("*/**/*.sql")))
    return columns | modules | set(re.findall(r"(?:FUNCTION|VIEW) (\w+)", sql))
