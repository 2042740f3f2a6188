"""Named instants at which a test kills this process: before and after every commit and every
external call of the delivery, and amid the bytes of a message (tests/faults). Off, a point costs a
call and a look at a list.
"""

import os
import signal
from collections.abc import Callable
from types import TracebackType

# Transactions, then single statements that commit themselves, then calls to other servers.
STEPS = (
    *(
        "expand",
        "expand-one",
        "claim",
        "give-back",
        "withdraw",
        "rescue",
        "dispatch",
        "sweep",
        "chore",
    ),
    *("commit-to", "end"),
    *("smtp-connect", "smtp-greet", "smtp-mail", "smtp-rcpt", "smtp-data"),
    *("smtp-rset", "smtp-quit"),
    *("hook-claim", "hook-secrets", "hook-commit-to", "hook-end"),
    *("hook-give-back", "hook-withdraw"),
    *("https-resolve", "https-connect", "https-post"),
    *("sms-claim", "sms-commit-to", "sms-end", "sms-give-back", "sms-withdraw"),
    *("sms-code", "sms-code-end"),
    *("hint-look", "hint-push", "presence", "listen", "hear", "clock"),
)
AMID = ("amid-smtp-data",)
POINTS = (*(f"{side}-{step}" for step in STEPS for side in ("before", "after")), *AMID)


class UnknownFailpoint(ValueError):
    """No step has this name, or the count is none."""


class _Armed:
    def __init__(self, point: str, count: int) -> None:
        self.point = point
        self.left = count


_armed: list[_Armed] = []


def arm(text: str) -> None:
    """`after-claim:3` dies when the point is reached for the third time; nothing disarms it."""
    _armed[:] = [_Armed(*parsed(text))] if text else []


def parsed(text: str) -> tuple[str, int]:
    point, _, count = text.partition(":")
    times = count or "1"
    if point not in POINTS or not (times.isascii() and times.isdigit() and int(times)):
        raise UnknownFailpoint(text)
    return point, int(times)


def before(step: str) -> None:
    if _armed:
        _reach(f"before-{step}")


def after(step: str) -> None:
    if _armed:
        _reach(f"after-{step}")


def amid(step: str, do_half: Callable[[], object]) -> None:
    """If this is the time: half of the step, and no more."""
    if _armed and _armed[0].point == f"amid-{step}":
        if _armed[0].left == 1:
            do_half()
        _reach(f"amid-{step}")


class Crossing:
    """`with MAIL: smtp.mail(…)` has a point on both sides; the second only if nothing raised."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        if name not in STEPS:
            raise UnknownFailpoint(name)
        self.name = name

    def __enter__(self) -> None:
        before(self.name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            after(self.name)


def _reach(point: str) -> None:
    armed = _armed[0]
    if armed.point == point:
        armed.left -= 1
        if not armed.left:
            os.kill(os.getpid(), signal.SIGKILL)
