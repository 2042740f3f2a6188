"""Keeps the parts of one Maillage running, and leaves nothing running when it goes.

Single-threaded on purpose: it forks, and a fork of a threaded process can hang.
"""

import math
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from infra.embedded.places import private_directory
from infra.embedded.process import (
    UNFIT,
    Child,
    ForkedChild,
    Lifeline,
    Record,
    StartFailed,
    end,
    fork,
)

STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROTATE_AT = 10 * 1024 * 1024


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived while something was being waited for."""


@dataclass(frozen=True)
class Part:
    """A process to keep alive. Foundations (servers) outlive the parts that use them."""

    name: str
    start: Callable[[], Child]
    stop_signal: int = signal.SIGTERM
    foundation: bool = False


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds."""

    first_delay: float = 0.2
    longest_delay: float = 10.0
    healthy_after: float = 30.0
    grace: float = 8.0
    orphan_grace: float = 5.0
    tick: float = 0.01


@dataclass
class _Kept:
    part: Part
    child: Child | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default_factory=time.monotonic)


class Supervisor:
    def __init__(
        self,
        data_dir: Path,
        *,
        patience: Patience | None = None,
        say: Callable[[str], None] = print,
        ours: Iterable[int] = (),
    ) -> None:
        self.patience = patience or Patience()
        self.lifeline = Lifeline(self.patience.orphan_grace)
        self._say = say
        self._logs = private_directory(data_dir / "log")
        self._records = private_directory(data_dir / "run" / "parts")
        self._kept: list[_Kept] = []
        self._wake, wake_end = os.pipe()
        self._ours = (*ours, self._wake, wake_end)
        os.set_blocking(self._wake, False)
        os.set_blocking(wake_end, False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        self._stopping = False  # set by signals, looked at between waits
        for number in STOPPERS:
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    @property
    def stopping(self) -> bool:
        return self._stopping

    def log(self, name: str) -> Path:
        path = self._logs / f"{name}.log"
        if path.exists() and path.stat().st_size > ROTATE_AT:
            path.rename(path.with_suffix(".log.1"))
        return path

    def fork(self, name: str, run: Callable[[], None]) -> ForkedChild:
        return fork(run, lifeline=self.lifeline, log=self.log(name), ours=self._ours)

    def forked(self, name: str, run: Callable[[], None]) -> Part:
        return Part(name, lambda: self.fork(name, run))

    def clear_leftovers(self) -> None:
        """End what a predecessor killed with -9 left running, the youngest first."""
        paths = {path: Record.read(path) for path in self._records.glob("*.json")}
        records = [record for record in paths.values() if record]
        for record in sorted(records, key=lambda record: record.started, reverse=True):
            end(record.survivors(), grace=self.patience.grace, first=record.stop_signal)
        for path in paths:
            path.unlink()

    def add(self, part: Part) -> None:
        kept = _Kept(part)
        self._kept.append(kept)
        self._start(kept)

    def step(self, name: str, run: Callable[[], None]) -> None:
        """Run something to its end in a child, the parts staying supervised meanwhile."""
        child = self.fork(name, run)
        try:
            self.wait_until(lambda: child.poll() is not None)
        except StopRequested:
            _end_group(child.pid, signal.SIGKILL)
            _reap(child)
            raise
        if child.poll() == 0:
            return
        log = self._logs / f"{name}.log"
        if child.poll() == UNFIT:
            raise StartFailed(f"{name}: {log.read_text(encoding='utf-8').splitlines()[-1]}.")
        raise StartFailed(f"{name} failed: see {log}.")

    def wait_until(self, condition: Callable[[], bool], timeout: float | None = None) -> bool:
        """Keep the parts alive until `condition`; False when it took too long."""
        limit = None if timeout is None else time.monotonic() + timeout
        while not condition():
            if self._stopping:
                raise StopRequested
            if limit is not None and time.monotonic() > limit:
                return False
            self._tick(self.patience.tick)
        return True

    def run(self) -> None:
        """Run until asked to stop."""
        while not self._stopping:
            self._tick(max(self.patience.tick, min(self._next_due() - time.monotonic(), 1.0)))

    def stop(self) -> None:
        """Stop in reverse order: what uses the servers first, then the servers. Bounded."""
        for foundation in (False, True):
            wave = [k for k in reversed(self._kept) if k.part.foundation is foundation]
            self._stop_wave([kept for kept in wave if kept.child])
        self._kept.clear()
        self.lifeline.close()

    def _next_due(self) -> float:
        """Deaths wake us by SIGCHLD; only restarts have to be waited for."""
        return min((kept.due for kept in self._kept if kept.child is None), default=math.inf)

    def _tick(self, timeout: float) -> None:
        self._sleep(timeout)
        now = time.monotonic()
        for kept in self._kept:
            if kept.child and kept.child.poll() is not None:
                self._buried(kept, kept.child, now)
            if kept.child is None and kept.due <= now and not self._stopping:
                self._start(kept)

    def _start(self, kept: _Kept) -> None:
        kept.started = time.monotonic()
        try:
            kept.child = kept.part.start()
        except (OSError, StartFailed) as error:
            self._again_later(kept, str(error))
            return
        record = Record.of(kept.child.pid, kept.part.stop_signal)
        if record:
            record.write(self._record(kept))

    def _record(self, kept: _Kept) -> Path:
        return self._records / f"{kept.part.name}.json"

    def _buried(self, kept: _Kept, child: Child, now: float) -> None:
        """Exit code 0 is a death as well: no part has a reason to leave."""
        _end_group(child.pid, signal.SIGKILL)
        kept.child = None
        self._record(kept).unlink(missing_ok=True)
        if now - kept.started >= self.patience.healthy_after:
            kept.failures = 0
        if not self._stopping:
            self._again_later(kept, f"stopped with code {child.poll()}")

    def _again_later(self, kept: _Kept, reason: str) -> None:
        delay = min(self.patience.first_delay * 2**kept.failures, self.patience.longest_delay)
        kept.failures += 1
        kept.due = time.monotonic() + delay
        log = self.log(kept.part.name)
        self._say(f"{kept.part.name} {reason}; starting it again in {delay:g} s (see {log})")

    def _stop_wave(self, wave: list[_Kept]) -> None:
        children = [(kept, kept.child) for kept in wave if kept.child]
        for kept, child in children:
            if child.poll() is None:
                os.kill(child.pid, kept.part.stop_signal)
        limit = time.monotonic() + self.patience.grace
        while time.monotonic() < limit and any(c.poll() is None for _, c in children):
            self._sleep(self.patience.tick)
        for kept, child in children:
            _end_group(child.pid, signal.SIGKILL)
            _reap(child)
            self._record(kept).unlink(missing_ok=True)

    def _sleep(self, timeout: float) -> None:
        """Any signal ends it: a child's death is noticed at once."""
        ready, _, _ = select.select([self._wake], [], [], max(timeout, 0.0))
        if ready:
            os.read(self._wake, 1024)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _end_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap(child: Child) -> None:
    """After SIGKILL this ends as soon as the kernel has it."""
    limit = time.monotonic() + 5
    while child.poll() is None and time.monotonic() < limit:
        time.sleep(0.005)
