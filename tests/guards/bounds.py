"""The plugin that fails a run which set up more than its bounds allow, however green its tests."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.guards.setting_up import SET_UP, exceeded
from tests.slices import WHOLE

# Of these rounds each kills and starts again as many as it can.
KILLING = WHOLE
_OF_PROCESSES: list[Mapping[str, int]] = []
_KEY = "set_up"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    SET_UP["tests"] += 1


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the process that only hands out tests to others."""
    _OF_PROCESSES.append(getattr(node, "workeroutput", {}).get(_KEY, {}))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_KEY] = dict(SET_UP)
        return
    if SET_UP["tests"]:
        _OF_PROCESSES.append(SET_UP)
    broken = any(map(exceeded, _OF_PROCESSES)) and not KILLING
    if session.exitstatus == pytest.ExitCode.OK and broken:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.section("set up")
    for counts in _OF_PROCESSES:
        told = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
        terminalreporter.line(told)
        for line in exceeded(counts):
            terminalreporter.line(f"TOO MUCH: {line}", red=True)
