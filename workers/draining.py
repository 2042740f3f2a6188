"""One bounded round of work: the same for an RQ worker and for a sweeper that helps itself."""

import time

from notifications.delivery import hooks, mails, texts
from notifications.planning import expansion
from workers import dispatcher
from workers.chores import scanning
from workers.runtime import Runtime

DRAIN_SECONDS = 8.0
DISPATCH_LIMIT = 100


def drain(runtime: Runtime) -> int:
    """Work until nothing is due, eight seconds have passed or we are asked to leave.

    Returns how much was taken up. May run anywhere, at any time, beside others of its kind.
    """
    until = time.monotonic() + DRAIN_SECONDS
    total = 0
    while not _over(runtime, until):
        done = _dispatch(runtime, until) + expansion.expand_due(runtime)
        if not _over(runtime, until):
            done += mails.send_due(runtime, until=until)
        if not _over(runtime, until):
            # After the mails and within a bound of their own: a gateway that hangs slows none.
            done += texts.text_next(runtime)
        if not _over(runtime, until):
            # After the mails, and one endpoint at a time: then the mails have their turn again.
            done += hooks.post_next(runtime)
        if not _over(runtime, until):
            # Last, and one at a time: no alert waits behind a file.
            done += scanning.scan_next(runtime)
        if not done:
            break
        total += done
    return total


def _dispatch(runtime: Runtime, until: float) -> int:
    for taken in range(DISPATCH_LIMIT):
        if _over(runtime, until) or not dispatcher.dispatch_next(runtime):
            return taken
    return DISPATCH_LIMIT


def _over(runtime: Runtime, until: float) -> bool:
    return runtime.stop.requested or time.monotonic() > until
