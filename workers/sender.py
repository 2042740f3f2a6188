"""What is due becomes messages: alerts to deliveries, deliveries to mails, in bounded steps."""

import time
from typing import NoReturn

import structlog

from notifications import delivery, expansion
from notifications.channels.base import (
    AddressRejected,
    Deferred,
    Line,
    Message,
    MessageRefused,
    Uncertain,
    Unreachable,
)
from notifications.delivery import LEASE, MARGIN, SENT, Letter, Outcome
from notifications.model import DeliveryState
from notifications.rendering import Unrenderable, render
from services.shared.clock import legal_day
from workers.runtime import Runtime

EXPAND_LIMIT = 100
BATCH = 20
_log = structlog.get_logger()


class ClaimLost(Exception):
    """The lease is nearly over or somebody else holds the delivery: write nothing, send nothing."""


class RightLost(Exception):
    """The person may no longer know; the delivery is cancelled."""


def expand_due(runtime: Runtime) -> int:
    """One batch of due alerts; how many were looked at."""
    with runtime.transaction() as uow:
        moved = expansion.expand_due(limit=EXPAND_LIMIT, domain=runtime.mail_domain, uow=uow)
    for state, count in moved.items():
        _log.info("alerts.expanded", outcome=state, count=count)
    return moved.total()


def send_due(runtime: Runtime, *, until: float) -> int:
    """One batch of e-mails over one connection; how many were claimed.

    Stops between two messages when the monotonic clock passes `until`, when asked to leave, or
    when the provider cannot be reached; what was not tried goes back at once.
    """
    lease_end = time.monotonic() + (LEASE - MARGIN).total_seconds()
    with runtime.transaction() as uow:
        letters = delivery.claim(limit=BATCH, uow=uow)
    if letters:
        with runtime.email.open() as line:
            _send_batch(letters, line, runtime, until=min(until, lease_end), lease_end=lease_end)
    return len(letters)


def _send_batch(
    letters: list[Letter], line: Line, runtime: Runtime, *, until: float, lease_end: float
) -> None:
    for position, letter in enumerate(letters):
        if runtime.stop.requested or time.monotonic() > until:
            _release(letters[position:], runtime)
            return
        try:
            _deliver(letter, line, runtime, lease_end)
        except Unreachable as failure:
            for waiting in letters[position:]:
                _finish(waiting, _again(failure.code, reached_nobody=False), runtime)
            return


def _deliver(letter: Letter, line: Line, runtime: Runtime, lease_end: float) -> None:
    try:
        outcome = _attempt(letter, line, runtime, lease_end)
    except (ClaimLost, RightLost) as reason:
        _log.info(
            "delivery.called_off",
            delivery_id=str(letter.delivery_id),
            outcome=type(reason).__name__,
        )
        return
    _finish(letter, outcome, runtime)


def _attempt(letter: Letter, line: Line, runtime: Runtime, lease_end: float) -> Outcome:
    """Try once, and say how it ended. No transaction is open while the provider is asked."""
    if letter.to is None:
        _call_off(letter, runtime)
    try:
        message = _message(letter, runtime)
        line.send(message, before_data=lambda: _commit_to_it(letter, runtime, lease_end))
    except Unrenderable:
        return _again("unrenderable", reached_nobody=False)
    except Deferred as failure:
        return _again(failure.code, reached_nobody=True)
    except Uncertain as failure:
        return _again(failure.code, reached_nobody=False)
    except AddressRejected as failure:
        return Outcome(state=DeliveryState.REJECTED, error=failure.code)
    except MessageRefused as failure:
        return Outcome(state=DeliveryState.FAILED, error=failure.code)
    return SENT


def _message(letter: Letter, runtime: Runtime) -> Message:
    now = runtime.clock.now()
    content = render(
        letter.kind,
        letter.facts,
        language=letter.language,
        code=letter.code,
        link=f"{runtime.public_url}/alerts/{letter.alert_id}",
        today=legal_day(now),
    )
    return Message(
        to=letter.to or "",
        message_id=letter.message_id,
        content=content,
        at=now,
        possible_duplicate=letter.possible_duplicate,
    )


def _commit_to_it(letter: Letter, runtime: Runtime, lease_end: float) -> None:
    """The point of no return, committed before the content leaves."""
    with runtime.transaction() as uow:
        marked = delivery.mark_data(letter, uow=uow)
    if not marked:
        _call_off(letter, runtime)
    # Also by our own clock: this process may have been frozen since the commit.
    if time.monotonic() > lease_end:
        raise ClaimLost


def _call_off(letter: Letter, runtime: Runtime) -> NoReturn:
    with runtime.transaction() as uow:
        withdrawn = delivery.withdraw(letter, uow=uow)
    raise RightLost if withdrawn else ClaimLost


def _again(code: str, *, reached_nobody: bool) -> Outcome:
    return Outcome(state=DeliveryState.PENDING, error=code, reached_nobody=reached_nobody)


def _finish(letter: Letter, outcome: Outcome, runtime: Runtime) -> None:
    with runtime.transaction() as uow:
        written = delivery.finish(letter, outcome, uow=uow)
    level = "info" if outcome.state is DeliveryState.SENT else "warning"
    getattr(_log, level)(
        "delivery.attempted",
        delivery_id=str(letter.delivery_id),
        alert_id=str(letter.alert_id),
        attempt=letter.attempts,
        outcome=outcome.state.value if written else "fenced",
        code=outcome.error,
    )


def _release(letters: list[Letter], runtime: Runtime) -> None:
    with runtime.transaction() as uow:
        for letter in letters:
            delivery.release(letter, uow=uow)
