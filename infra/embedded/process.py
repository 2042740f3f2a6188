"""Starting processes that do not outlive us, and recognising those that did."""

import ctypes
import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn, Protocol

import psutil

from infra.unfit import Unfit

PR_SET_PDEATHSIG = 1
# The exit code of what said in one sentence, the last of its log, why it may not run here.
UNFIT = 2


class StartFailed(Exception):
    """A part did not come up; the sentence says where to look."""


class Child(Protocol):
    """The little a supervisor needs of a process; `subprocess.Popen` has it."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...


class ForkedChild:
    """A fork of this process that runs one function in its own process group."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            try:
                done, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                done, status = self.pid, 0
            if done:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code


class Lifeline:
    """A pipe whose far end closes when the supervisor dies, however it dies."""

    def __init__(self, grace: float) -> None:
        """An orphan has `grace` seconds to leave by itself."""
        self._grace = grace
        self._near, self._far = os.pipe()

    def hold(self) -> None:
        """Keep in the child only the end that notices, and watch it."""
        os.close(self._far)
        threading.Thread(target=self._leave_when_orphaned, daemon=True, name="lifeline").start()

    def close(self) -> None:
        os.close(self._near)
        os.close(self._far)

    def _leave_when_orphaned(self) -> None:
        os.read(self._near, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(self._grace)
        os.killpg(0, signal.SIGKILL)


def fork(
    run: Callable[[], None], *, lifeline: Lifeline, log: Path, ours: Iterable[int] = ()
) -> ForkedChild:
    """`run` in a child with the imports we already have: milliseconds instead of a second.

    `ours` are descriptors the child must not keep (a lock held by the child outlives its owner).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()
    pid = os.fork()
    if pid == 0:
        _be_child(run, lifeline, log, ours)
    _own_group(pid)
    return ForkedChild(pid)


def _be_child(
    run: Callable[[], None], lifeline: Lifeline, log: Path, ours: Iterable[int]
) -> NoReturn:
    """Never returns into the supervisor's code, whatever `run` does."""
    code = 1
    try:
        os.setpgid(0, 0)
        _forget_signals()
        _redirect(log)
        for descriptor in ours:
            os.close(descriptor)
        lifeline.hold()
        run()
        code = 0
    except Unfit as unfit:
        sys.stderr.write(f"{unfit}\n")
        code = UNFIT
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 - the last line before _exit; excepthook writes the log
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _own_group(pid: int) -> None:
    """Both sides set it, so that neither depends on who runs first."""
    try:
        os.setpgid(pid, pid)
    except (PermissionError, ProcessLookupError):
        return


def _forget_signals() -> None:
    """The terminal's Ctrl-C is the supervisor's to hear; its handlers are not ours."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _redirect(log: Path) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((null, 0), (target, 1), (target, 2)):
        os.dup2(source, number)
    os.close(null)
    os.close(target)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """The kernel signals servers that we exec when we die. Linux only; elsewhere the next
    start cleans up. The library is loaded here because nothing may be imported after a fork."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(number))


@dataclass(frozen=True)
class Record:
    """What is needed to recognise a process later without mistaking a recycled pid for it."""

    pid: int
    started: float
    command: list[str]
    stop_signal: int

    @classmethod
    def of(cls, pid: int, stop_signal: int) -> "Record | None":
        try:
            process = psutil.Process(pid)
            return cls(pid, process.create_time(), process.cmdline(), stop_signal)
        except psutil.Error:
            return None

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "Record | None":
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def survivors(self) -> list[psutil.Process]:
        """The process itself, and forks of it left alone in its group."""
        found = []
        for process in psutil.process_iter():
            try:
                dead = process.status() == psutil.STATUS_ZOMBIE
                if not dead and (self._is_leader(process) or self._is_member(process)):
                    found.append(process)
            except (psutil.Error, ProcessLookupError, PermissionError):
                continue
        return [] if self._was_recycled() else found

    def _is_leader(self, process: psutil.Process) -> bool:
        return process.pid == self.pid and process.create_time() == self.started

    def _is_member(self, process: psutil.Process) -> bool:
        return (
            process.pid != self.pid
            and os.getpgid(process.pid) == self.pid
            and process.create_time() >= self.started
            and process.cmdline() == self.command
        )

    def _was_recycled(self) -> bool:
        """Whether the pid is a stranger's by now; ours may be dead and not yet taken away."""
        try:
            return psutil.Process(self.pid).create_time() != self.started
        except psutil.NoSuchProcess:
            return False


def end(processes: list[psutil.Process], *, grace: float, first: int) -> None:
    """Ask, wait at most `grace`, then insist."""
    for process in processes:
        _signal(process, first)
    _, stubborn = psutil.wait_procs(processes, timeout=grace)
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=grace)


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
