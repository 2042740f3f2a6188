"""Whatever changes a record says so in the journal, and what it changed."""

import ast
from functools import cache

from tests.architecture.test_code import ROOT, name_of, nodes_of, tree_of

COMMANDS = sorted((ROOT / "services").rglob("*.py"))


@cache
def functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (name_of(path), node)
        for path in COMMANDS
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef)
    ]


@cache
def calls(function: ast.FunctionDef) -> set[str]:
    """`uow.record`, `households.add_member`, `_move`: what a function calls, as written."""
    return {ast.unparse(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)}


def auditors() -> set[str]:
    """Names of the functions that audit, themselves or through another of ours."""
    known = [(f.name, {call.split(".")[-1] for call in calls(f)}) for _, f in functions()]
    found = {"record"}
    while True:
        more = {name for name, called in known if called & found}
        if more <= found:
            return found
        found |= more


def test_whoever_announces_an_event_of_an_actor_also_audits():
    """Not for what the timetable finds out: there nobody acted and no record of a case changed."""
    found = auditors()
    recorders = [
        (path, function)
        for path, function in functions()
        if "uow.announce" in calls(function) and "actor" in arguments(function)
    ]
    assert len(recorders) > 5  # The others tell by `uow.record(…, event=…)`, which is the entry.
    assert [f"{path}: {f.name}" for path, f in recorders if f.name not in found] == []


def arguments(function: ast.FunctionDef) -> set[str]:
    return {each.arg for each in [*function.args.args, *function.args.kwonlyargs]}


def test_every_audit_says_what_changed():
    silent = [
        f"{name_of(path)}:{node.lineno}"
        for path in COMMANDS
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "record"
        and ast.unparse(node.func) == "uow.record"
        and not {keyword.arg for keyword in node.keywords} & {"before", "after"}
    ]
    assert silent == []
