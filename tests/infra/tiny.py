"""A supervisor and what it supervises, small enough to be killed often; forked, not begun anew."""

import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from infra.embedded.lock import DataLock
from infra.embedded.places import data_directory
from infra.embedded.process import StartFailed
from infra.embedded.supervisor import Patience, Supervisor
from infra.unfit import Unfit
from tests.faults.kit.parts import CONTEXT
from tests.guards.setting_up import SET_UP


def begun(program: Callable[[Path], int], data: Path, log: Path) -> BaseProcess:
    """The program as a process of its own, that says what it says into `log`."""
    process = CONTEXT.Process(target=_run, args=(program, data, log))
    process.start()
    SET_UP["processes started"] += 1
    return process


def _run(program: Callable[[Path], int], data: Path, log: Path) -> None:
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(program(data))


def tiny(data: Path) -> int:
    data = data_directory(data)
    patience = Patience(0.05, 0.2, grace=0.3, orphan_grace=0.5)
    lock = DataLock(data, "http://127.0.0.1:1")
    supervisor = Supervisor(data, patience=patience, ours=[lock.descriptor])
    supervisor.clear_leftovers()
    for name, run in (("steady", steady), ("stubborn", stubborn)):
        supervisor.add(supervisor.forked(name, lambda run=run: run(data)))
    supervisor.add(supervisor.forked("brief", lambda: brief(data)))
    (data / "started").touch()
    supervisor.run()
    supervisor.stop()
    return 0


def steady(data: Path) -> None:
    """With a child of its own, as the API and the workers have."""
    if os.fork() == 0:
        (data / "grandchild").write_text(str(os.getpid()))
    signal.pause()


def stubborn(data: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.pause()


def unfit(data: Path) -> int:
    supervisor = Supervisor(data_directory(data), patience=Patience(0.05, 0.2), ours=[])
    try:
        supervisor.step("migrate", refuse)
    except StartFailed as failed:
        print(failed)
    return 0


def refuse() -> None:
    print("A line of its log.", flush=True)
    raise Unfit("the database is older than this program: start with an empty folder")


def brief(data: Path) -> None:
    """Leaves at once, with code 0."""
    with (data / "brief").open("a") as file:
        file.write(f"{time.monotonic()}\n")
