"""What a failure means for a delivery, and the line in the log that says how an attempt ended."""

from uuid import UUID

import structlog

from notifications.channels.base import AddressRejected, ChannelFailure, Deferred, MessageRefused
from notifications.delivery.letters import Letter
from notifications.lease import FAULTS_ALLOWED, Outcome
from notifications.model import DeliveryState
from notifications.rendering import Unrenderable
from notifications.runtime import POISON

# A letter that fails for any of these is set aside in the end, and the others go on.
FAULTY = (*POISON, OSError, Unrenderable)
_log = structlog.get_logger()


class CalledOff(Exception):
    """Nothing leaves: the claim is lost, or whoever was to be told may not know any more."""


def failed(failure: ChannelFailure) -> Outcome:
    """At the provider: final only if it said that it will never take the address or the message."""
    return judged(type(failure), failure.code)


def judged(verdict: type[ChannelFailure], code: str) -> Outcome:
    if issubclass(verdict, AddressRejected):
        return Outcome(state=DeliveryState.REJECTED, error=code)
    if issubclass(verdict, MessageRefused):
        return Outcome(state=DeliveryState.FAILED, error=code)
    return again(code, reached_nobody=issubclass(verdict, Deferred))


def again(code: str, *, reached_nobody: bool) -> Outcome:
    return Outcome(state=DeliveryState.PENDING, error=code, reached_nobody=reached_nobody)


def faulty(letter: Letter, fault: Exception) -> Outcome:
    """Here: the third time it is set aside, for a person to look at."""
    last = letter.faults + 1 >= FAULTS_ALLOWED
    state = DeliveryState.SET_ASIDE if last else DeliveryState.PENDING
    code = "unrenderable" if isinstance(fault, Unrenderable) else type(fault).__name__
    return Outcome(state=state, error=code, faulty=True)


def note(event: str, *, ended_as: str, code: str | None, attempt: int, **ids: UUID) -> None:
    """`ended_as` is the state it took, or `fenced`: somebody else holds it, nothing was written."""
    level = _log.info if code is None else _log.warning
    named = {name: str(key) for name, key in ids.items()}
    level(event, **named, attempt=attempt, outcome=ended_as, code=code)
