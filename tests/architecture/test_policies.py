"""A policy is pure: it takes facts and gives a reason, and asks nobody."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# What would let a policy look something up, or wait.
ASKING = ("sqlalchemy", "services.shared.unit_of_work", "services.shared.loading")


def imported(path: Path) -> set[str]:
    """The modules that a file imports, by their whole names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def test_policies_ask_nobody():
    policies = sorted((ROOT / "services").rglob("policy.py"))
    assert policies
    offenders = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in policies
        for name in sorted(imported(path))
        if name.startswith(ASKING)
    ]
    assert not offenders, "\n" + "\n".join(offenders)
