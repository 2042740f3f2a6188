"""What is dear to set up is set up once a process, and a run that sets up more fails."""

import re

import pytest

from tests.architecture.test_code import ROOT
from tests.guards.setting_up import BOUNDS, SET_UP

pytest_plugins = ["pytester"]

# Who may call what is counted there.
ONLY = {
    r"\bcreate_app\(settings": {"tests/once/applications.py"},
    r"\bgather\(": {"tests/once/acquaintances.py"},
}


@pytest.mark.parametrize("call", ONLY)
def test_what_is_dear_is_made_where_it_is_counted(call):
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(call, path.read_text(encoding="utf-8"))
    }
    assert found == ONLY[call]


@pytest.mark.parametrize("more", [0, 1])
def test_a_run_that_sets_up_more_than_its_bounds_fails(pytester, more):
    most = {what: int(once + each) + more for what, (once, each) in BOUNDS.items()}
    pytester.makepyfile(
        "from tests.guards.setting_up import SET_UP\n"
        "def test_it():\n"
        f"    SET_UP.clear(); SET_UP.update({most | {'tests': 1}})\n"
    )
    pytester.makepyprojecttoml(f"[tool.pytest.ini_options]\npythonpath = ['{ROOT}']\n")
    run = pytester.runpytest_subprocess("-p", "tests.guards.bounds", "-p", "no:cacheprovider")
    assert run.ret == more
    for what in BOUNDS:
        assert any("TOO MUCH" in line and what in line for line in run.outlines) is bool(more)


def test_this_process_is_counted():
    assert SET_UP["tests"] > 0
