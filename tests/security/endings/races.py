"""One revoker against several readers: what a race is, and who may lose it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

PATIENCE = 30.0


@dataclass(frozen=True)
class Look:
    """One read as its reader saw it, by their own monotonic clock."""

    what: str
    began: float
    ended: float
    held: bool


@dataclass
class Race:
    """Readers read on and on; the revoker begins when each of them has held something."""

    readers: dict[str, Callable[[], bool]]
    revoke: Callable[[], None]
    acknowledged: float | None = None
    _open: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def run(self) -> list[Look]:
        with ThreadPoolExecutor(len(self.readers)) as pool:
            running = [pool.submit(self._read, what, read) for what, read in self.readers.items()]
            for _ in running:
                assert self._open.acquire(timeout=PATIENCE), "a reader never held anything"
            self.revoke()
            self.acknowledged = time.monotonic()
            return [look for each in running for look in each.result(timeout=PATIENCE)]

    def _read(self, what: str, read: Callable[[], bool]) -> list[Look]:
        """Until a read that began after the acknowledgement has ended."""
        looks: list[Look] = []
        until = time.monotonic() + PATIENCE
        while not looks or not self._is_late(looks[-1]):
            assert time.monotonic() < until, f"{what}: nobody revoked"
            began = time.monotonic()
            held = read()
            looks.append(Look(what, began, time.monotonic(), held))
            if held and not any(each.held for each in looks[:-1]):
                self._open.release()
        return looks

    def _is_late(self, look: Look) -> bool:
        return self.acknowledged is not None and look.began > self.acknowledged

    def late(self, looks: list[Look]) -> list[Look]:
        """Those that began when the revoker had been told that it was done."""
        return [look for look in looks if self._is_late(look)]

    def longest_in_flight(self, looks: list[Look]) -> float:
        """Seconds for which a read that had begun before still went on, and brought something."""
        at = self.acknowledged or 0.0
        return max((e.ended - at for e in looks if e.held and e.began <= at < e.ended), default=0.0)
