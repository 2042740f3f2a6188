"""SQL points down as imports do: a feature names tables and functions of its own or a lower one."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from infra.migrations.models import metadata
from services.shared.tables import Base
from tests.architecture.test_code import ROOT, nodes_of

SQL = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|JOIN)\b")
COMMENT = re.compile(r"--[^\n]*")
MADE = re.compile(r"CREATE OR REPLACE (?:FUNCTION|VIEW) (\w+)")
WORD = re.compile(r"(?<![.\w])([a-z_]+)\b(\s*\()?")
# What reads like a table and is a column.
COLUMNS = re.compile(
    r"\bsince, cases\b|\bcases bigint\b|\bg\.terms\b|\d+ minutes\b|\bposition, terms\b"
    r"|\bdrop_reason, terms\b|'terms', a\.terms"
)


def ranks() -> dict[str, int]:
    """Of each feature, as pyproject.toml says it; notifications stand above them all."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["name"] == "Features point down"]
    found = {"notifications": len(layers)}
    for height, layer in enumerate(reversed(layers)):
        found |= {name.strip().removeprefix("services."): height for name in layer.split("|")}
    return found


RANK = ranks()


def feature_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "services" else parts[0]


def sources(ending: str) -> list[Path]:
    folders = (ROOT / "services", ROOT / "notifications")
    return sorted(path for folder in folders for path in folder.rglob(f"*.{ending}"))


def tables() -> dict[str, str]:
    modules = {each.local_table.name: each.class_.__module__ for each in Base.registry.mappers}
    assert set(modules) == set(metadata.tables)
    parts = {table: module.split(".") for table, module in modules.items()}
    return {table: each[1] if each[0] == "services" else each[0] for table, each in parts.items()}


def functions() -> dict[str, str]:
    """Functions and views by whose file makes them; some are made by Python of catalogues."""
    return {
        name: feature_of(path)
        for path in [*sources("sql"), *sources("py")]
        for name in MADE.findall(path.read_text(encoding="utf-8"))
    }


TABLES, FUNCTIONS = tables(), functions()


def literals(path: Path) -> Iterator[str]:
    """The SQL in a Python module: statements, and tables named for SQLAlchemy's own."""
    for node in nodes_of(path):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL.search(node.value)
        ):
            yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "table":
            yield ast.literal_eval(node.args[0])


def named(sql: str) -> set[tuple[str, str]]:
    """Each table, view and function in it, with the feature it belongs to."""
    text = COLUMNS.sub("", COMMENT.sub("", sql))
    found = set()
    for name, call in WORD.findall(text):
        owner = FUNCTIONS.get(name) if call else TABLES.get(name, FUNCTIONS.get(name))
        if owner:
            found.add((name, owner))
    return found


def upward() -> dict[str, set[str]]:
    """Of each file what it names above itself, or beside."""
    found: dict[str, set[str]] = {}
    for path in [*sources("sql"), *sources("py")]:
        own = feature_of(path)
        texts = literals(path) if path.suffix == ".py" else [path.read_text(encoding="utf-8")]
        up = {
            name
            for text in texts
            for name, owner in named(text)
            if owner != own and RANK[owner] >= RANK[own]
        }
        if up:
            found[str(path.relative_to(ROOT))] = up
    return found


# The access rule rests on facts of higher features, whose triggers tell it that they changed: it is
# written once, beside the consents it is about (design, section 4).
RULE = {"cases", "handovers", "participations", "reference_assignments", "tasks"}
RULE |= {"procedures", "welfare_oppositions", "is_being_erased"}
EXCEPTIONS: dict[str, set[str]] = {
    "services/consent/access.sql": RULE,
    # What is still ahead in a case that is to be closed, and what is handed over with it.
    "services/cases/closings/functions.sql": {
        *("acts", "deadlines", "eviction_dates", "hearings", "terms"),
    },
    # The next date of a case, and those that are handed over: the one stream of them.
    "services/cases/handovers/queries.py": {"deadlines", "eviction_dates", "hearings"},
    "services/cases/queries.py": {"eviction_dates"},
    # A household that parts takes what is written in the case along.
    "services/cases/splits/commands.py": {
        "acts",
        "deadlines",
        "documents",
        "hearings",
        "procedures",
    },
    "services/cases/tasks/undelivered.py": {"write_tell_task"},
    # The code of a case beside what is said about it.
    "services/consent/break_glass/queries.py": {"cases"},
    "services/consent/queries.py": {"cases"},
    "services/consent/exclusions.py": {"reference_assignments"},
    # Who was told what: a calendar is set right, a household is shown its messages, old ones go.
    "services/evictions/hearings/attendees.py": {"deliveries"},
    "services/portal/functions.sql": {"deliveries", "digest_items"},
    "services/retention/retention.sql": {
        *("deliveries", "webhook_deliveries", "webhook_endpoints"),
    },
    # Names that must not stand in a proposal: roll numbers are among them.
    "services/intervisions/proposals/case_screen.py": {"procedures"},
}


def test_sql_names_nothing_of_a_higher_feature():
    assert upward() == EXCEPTIONS
