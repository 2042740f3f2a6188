"""What the code plans is what the catalogue says."""

import ast

from notifications.catalogue import CANARY, CATALOGUE, Urgency
from services.shared.alerts import RecipientRole
from tests.architecture.test_code import ROOT, nodes_of, tree_of

SOURCES = [
    path for folder in ("services", "notifications") for path in (ROOT / folder).rglob("*.py")
]


def planned() -> list[tuple[str, ast.Call, dict[str, str]]]:
    """Each place at which an alert is planned: where, the call, and the module's own constants."""
    found = []
    for path in SOURCES:
        constants = {
            node.targets[0].id: node.value.value
            for node in tree_of(path).body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        found += [
            (f"{path.relative_to(ROOT)}:{node.lineno}", node, constants)
            for node in nodes_of(path)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "NewAlert"
        ]
    return found


def test_every_alert_that_is_planned_is_in_the_catalogue():
    places = planned()
    assert len(places) > 20
    assert [where for where, call, constants in places if not is_known(call, constants)] == []


def is_known(call: ast.Call, constants: dict[str, str]) -> bool:
    """Its kind is in the catalogue, and tells the role that is named."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    kind = named["kind"]
    said = kind.value if isinstance(kind, ast.Constant) else constants.get(ast.unparse(kind))
    if said is None:
        # From an event, or given by the caller: read when it is planned (tests/conftest.py).
        return True
    role = ast.unparse(named["recipient_role"])
    fixed = {f"RecipientRole.{each.name}": each for each in RecipientRole}
    return said in CATALOGUE and (role not in fixed or fixed[role] in CATALOGUE[said].to)


def test_every_kind_speaks_to_somebody_and_few_are_legal():
    assert [name for name, kind in CATALOGUE.items() if not kind.to] == []
    legal = [name for name, kind in CATALOGUE.items() if kind.urgency is Urgency.LEGAL]
    assert all(name.startswith("evictions.") for name in legal if name != CANARY)
    assert len(legal) <= len(CATALOGUE) / 4
