"""Rules of the house that a reader of the source can check."""

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("services", "case_api", "notifications", "workers", "infra")
SOURCES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "versions" not in path.parts
]
# Found to mean several things each (docs/words.md).
OVERLOADED = ("Acting", "Line", "Place", "Step", "Told", "Words", "Written")
FORBIDDEN_IN_RQ = re.compile(
    r"\b(enqueue_at|enqueue_in|enqueue_many|Retry|Repeat|CronScheduler|RQScheduler|with_scheduler"
    r"|on_success|on_failure|depends_on|unique=True\s*,\s*job_id|job_id=|pickle|Callback)\b"
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


def test_modules_are_small():
    lines = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > 300} == {}


def test_functions_are_small():
    long = [
        f"{name_of(path)}: {node.name}"
        for path in SOURCES
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 40
    ]
    assert long == []


def test_imports_stand_at_the_top():
    inner = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for function in nodes_of(path)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inner == []


def test_a_name_that_once_stood_for_many_things_stands_for_one():
    """A step is one of a computation, words are those of a rule, a line is one line of text."""
    found = Counter(
        node.name for path in SOURCES for node in nodes_of(path) if isinstance(node, ast.ClassDef)
    )
    assert {name: found[name] for name in OVERLOADED if found[name] > 1} == {}


def test_rq_is_only_a_hand():
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in SOURCES
        for match in FORBIDDEN_IN_RQ.finditer(path.read_text(encoding="utf-8"))
        if path.parts[-2] == "workers" or "rq" in path.read_text(encoding="utf-8").split()
    ]
    assert found == []


def test_only_the_sweeper_speaks_to_rq():
    speakers = {
        name_of(path)
        for path in SOURCES
        if re.search(r"^\s*(from|import) rq\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {path.split("/")[0] for path in speakers} == {"workers"}


def test_authlib_stays_behind_its_doors():
    importers = {
        name_of(path)
        for path in SOURCES
        if re.search(r"^\s*(from|import) (authlib)\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {str(Path(path).parent) for path in importers} <= {
        "case_api/auth",
        "infra/embedded/openid",
    }


def test_no_statement_is_built_from_a_formatted_string():
    built = [
        name_of(path)
        for path in SOURCES
        if re.search(r"\btext\(\s*f[\"']", path.read_text(encoding="utf-8"))
    ]
    assert built == []


def test_no_drawer_for_everything():
    assert [name_of(p) for p in SOURCES if p.stem in ("util", "utils", "helpers", "common")] == []


def test_imports_point_down():
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    assert re.search(r"Contracts: (\d+) kept, 0 broken", ran.stdout)


def test_only_entry_points_commit():
    committers = {
        name_of(path)
        for path in SOURCES
        if path.parts[len(ROOT.parts)] in ("services", "notifications", "case_api")
        and re.search(r"\.commit\(\)", path.read_text(encoding="utf-8"))
    }
    assert committers == set()
