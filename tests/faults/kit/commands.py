"""`maillage` as a process of its own, forked from a server that has imported it already."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from infra.embedded.process import die_with_parent
from tests.faults.kit.parts import CONTEXT
from tests.guards.setting_up import SET_UP

Program = Callable[[Sequence[str]], int]


@dataclass
class Command:
    """The little that a test asks of a process, by the names of `subprocess.Popen`."""

    process: BaseProcess
    out: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    @property
    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")


def begun(program: Program, words: Sequence[str], env: Mapping[str, str], out: Path) -> Command:
    """What it says, and its complaints as well, stand in `out`."""
    out.write_bytes(b"")
    given = (program, list(words), dict(env), out)
    process = CONTEXT.Process(target=_run, args=given, name=" ".join(words), daemon=True)
    process.start()
    SET_UP["processes started"] += 1
    return Command(process, out)


def ended(
    program: Program, words: Sequence[str], env: Mapping[str, str], out: Path, limit: float
) -> subprocess.CompletedProcess[str]:
    command = begun(program, words, env, out)
    try:
        code = command.wait(limit)
    finally:
        command.kill()
    return subprocess.CompletedProcess(list(words), code, command.said, command.said)


def _run(program: Program, words: list[str], env: dict[str, str], out: Path) -> None:
    die_with_parent(signal.SIGKILL)()
    os.environ.clear()
    os.environ.update(env)
    written = os.open(out, os.O_WRONLY | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.argv = ["maillage", *words]
    sys.exit(program(words))
