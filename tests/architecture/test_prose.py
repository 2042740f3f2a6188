"""Docstrings are sentences with a subject, which a newcomer understands without the body."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_code import ROOT, nodes_of

FOLDERS = ("services", "case_api", "notifications", "workers", "infra")
# Words with which a docstring begins that goes on from a name or a body instead of saying a thing.
FRAGMENTS = frozenset({"Also", "As", "By", "For", "From", "Of", "To", "Whom", "Whose", "With"})
WITH_DOCSTRINGS = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    for node in nodes_of(path):
        if isinstance(node, WITH_DOCSTRINGS) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text


def test_no_docstring_begins_as_a_fragment():
    offenders = [
        f"{path.relative_to(ROOT)}:{line}: {text.splitlines()[0]}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, text in docstrings(path)
        if text.split()[0].rstrip(",:") in FRAGMENTS
    ]
    assert not offenders, "\n" + "\n".join(offenders)
