"""Leaving on request: the present step is finished, the next one is not begun."""

import signal
import time
from types import FrameType

_SLICE_SECONDS = 0.1


class Stop:
    """A plain flag: a signal handler may set it at any instruction without a lock to wait for."""

    def __init__(self) -> None:
        self.requested = False

    def on_signals(self) -> None:
        """SIGTERM and SIGINT ask to leave."""
        signal.signal(signal.SIGTERM, self._handle)
        signal.signal(signal.SIGINT, self._handle)

    def request(self) -> None:
        self.requested = True

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than until the request."""
        until = time.monotonic() + seconds
        while not self.requested and (left := until - time.monotonic()) > 0:
            time.sleep(min(_SLICE_SECONDS, left))

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.request()
