"""Alerts by SMS, and the codes that prove a number: after the e-mails, within a bound of their own.

One at a time, each step a commit. A gateway that does not answer costs one exchange and then rests.
"""

import time
from typing import NoReturn

import structlog

from notifications.channels.base import ChannelFailure, Deferred, Uncertain, Unreachable
from notifications.channels.sms import Gateway, ShortMessage
from notifications.delivery import letters
from notifications.delivery.letters import Letter
from notifications.delivery.outcomes import FAULTY, CalledOff, failed, faulty, note
from notifications.lease import SENT, Outcome
from notifications.mobile import sending as mobile
from notifications.mobile.model import place_of
from notifications.mobile.sending import CodeToSend, SealedNumber
from notifications.model import ChannelName, DeliveryState
from notifications.rendering import Unrenderable
from notifications.runtime import AWAY, Runtime
from notifications.short import code_text, short_text
from services.shared.errors import Unreadable

BATCH = 10
# No new message is begun later; the one that runs ends by its own time-out.
TEXT_SECONDS = 2.0
NO_NUMBER = Outcome(state=DeliveryState.REJECTED, error="no-mobile-number")
_log = structlog.get_logger()


def text_next(runtime: Runtime) -> int:
    """A few of what is due; how many were claimed."""
    if runtime.sms is None or runtime.sms.rests:
        return 0
    until = time.monotonic() + TEXT_SECONDS
    codes = _send_code(runtime, runtime.sms)
    return codes + _send_batch(runtime, runtime.sms, until)


def _send_batch(runtime: Runtime, gateway: Gateway, until: float) -> int:
    if gateway.rests:
        return 0
    held_by = runtime.held_by()
    with runtime.transaction("sms-claim") as uow:
        claimed = letters.claim(
            limit=BATCH, lease=runtime.lease, held_by=held_by, channel=ChannelName.SMS, uow=uow
        )
        numbers = mobile.numbers_of({each.professional_id for each in claimed}, uow=uow)
    for position, letter in enumerate(claimed):
        if runtime.stop.requested or gateway.rests or time.monotonic() > until:
            with runtime.transaction("sms-give-back") as uow:
                for untried in claimed[position:]:
                    letters.give_back(untried, uow=uow)
            break
        _deliver(letter, numbers.get(letter.professional_id), gateway, runtime)
    return len(claimed)


def _deliver(
    letter: Letter, number: SealedNumber | None, gateway: Gateway, runtime: Runtime
) -> None:
    try:
        outcome = _attempt(letter, number, gateway, runtime)
    except CalledOff:
        _log.info("sms.called_off", delivery_id=str(letter.delivery_id))
        return
    with runtime.transaction("sms-end") as uow:
        written = letters.end(letter, outcome, uow=uow)
    note(
        "sms.attempted",
        ended_as=outcome.state.value if written else "fenced",
        code=outcome.error,
        attempt=letter.attempts,
        delivery_id=letter.delivery_id,
        alert_id=letter.alert_id,
    )


def _attempt(
    letter: Letter, number: SealedNumber | None, gateway: Gateway, runtime: Runtime
) -> Outcome:
    """Try once, and say how it ended. No transaction is open while the gateway is asked."""
    if letter.to is None:
        _call_off(letter, runtime)
    if number is None:
        # Taken back since: people are told to tell the person.
        return NO_NUMBER
    try:
        gateway.send(
            _message(letter, number, runtime), before_data=lambda: _commit_to(letter, runtime)
        )
    except ChannelFailure as failure:
        return failed(failure)
    except Unreadable as fault:
        return Outcome(state=DeliveryState.REJECTED, error=fault.code)
    except AWAY:
        raise
    except FAULTY as fault:
        return faulty(letter, fault)
    return SENT


def _message(letter: Letter, number: SealedNumber, runtime: Runtime) -> ShortMessage:
    link = f"{runtime.public_url}/alerts/{letter.alert_id}"
    return ShortMessage(
        to=_opened(number, runtime),
        text=short_text(letter.kind, language=letter.language, code=letter.code, link=link),
        key=letter.message_id.strip("<>"),
        possible_duplicate=letter.possible_duplicate,
    )


def _opened(number: SealedNumber, runtime: Runtime) -> str:
    return runtime.keyring.unseal(number.sealed, place_of(number.id), number.key_id)


def _commit_to(letter: Letter, runtime: Runtime) -> None:
    """Durable before the content leaves."""
    with runtime.transaction("sms-commit-to") as uow:
        committed = letters.commit_to(letter, uow=uow)
    if not committed:
        _call_off(letter, runtime)


def _call_off(letter: Letter, runtime: Runtime) -> NoReturn:
    with runtime.transaction("sms-withdraw") as uow:
        letters.withdraw(letter, uow=uow)
    raise CalledOff


def _send_code(runtime: Runtime, gateway: Gateway) -> int:
    """One code; it is tried again until it is over."""
    with runtime.transaction("sms-code") as uow:
        code = mobile.claim_code(uow=uow)
    if code is None:
        return 0
    again = _try_code(code, runtime, gateway)
    with runtime.transaction("sms-code-end") as uow:
        mobile.finish_code(code, again=again, uow=uow)
    return 1


def _try_code(code: CodeToSend, runtime: Runtime, gateway: Gateway) -> bool:
    """Whether it is worth another try."""
    place = place_of(code.number.id, "code_sealed")
    try:
        words = runtime.keyring.unseal(code.code_sealed, place, code.number.key_id)
        message = ShortMessage(
            to=_opened(code.number, runtime),
            text=code_text(words, language=code.language),
            key=str(code.number.id),
            possible_duplicate=code.attempts > 1,
        )
        gateway.send(message, before_data=lambda: None)
    except (ChannelFailure, Unreadable, Unrenderable) as failure:
        name = getattr(failure, "code", "unrenderable")
        _log.warning("sms.code_failed", number_id=str(code.number.id), code=name)
        return isinstance(failure, Unreachable | Deferred | Uncertain)
    return False
