"""Posts to organisations, one endpoint at a time: after the e-mails, within a bound of its own."""

import time
from typing import NoReturn

import structlog

from notifications.channels.base import ChannelFailure
from notifications.channels.egress import EgressRefused
from notifications.channels.https import Client
from notifications.webhooks import delivery, message
from notifications.webhooks.commands import place_of
from notifications.webhooks.delivery import Answer, Hook
from services.shared.errors import Unreadable
from services.shared.sealing import Keyring
from workers.runtime import Runtime

BATCH = 10
# No new request is begun later; the one that runs ends by its own time-out.
HOOK_SECONDS = 2.0
GONE = 410
_log = structlog.get_logger()


class CalledOff(Exception):
    """The claim is lost, or nobody of the organisation may know any more: nothing leaves."""


def post_next(runtime: Runtime) -> int:
    """What is due at one endpoint; how many were claimed. One failure ends its turn."""
    if runtime.webhooks is None:
        return 0
    until = time.monotonic() + HOOK_SECONDS
    with runtime.transaction("hook-claim") as uow:
        hooks = delivery.claim(limit=BATCH, lease=runtime.lease, uow=uow)
    for position, hook in enumerate(hooks):
        over = runtime.stop.requested or time.monotonic() > until
        if over or not _deliver(hook, runtime.webhooks, runtime):
            rest = hooks[position if over else position + 1 :]
            if rest:
                with runtime.transaction("hook-release") as uow:
                    delivery.release(rest, uow=uow)
            break
    return len(hooks)


def _deliver(hook: Hook, client: Client, runtime: Runtime) -> bool:
    """Whether the endpoint may be asked for more now."""
    try:
        answer = _attempt(hook, client, runtime)
    except CalledOff:
        _log.info("webhook.called_off", delivery_id=str(hook.delivery_id))
        return True
    with runtime.transaction("hook-finish") as uow:
        state = delivery.finish(hook, answer, uow=uow)
    level = "info" if answer.error is None else "warning"
    getattr(_log, level)(
        "webhook.attempted",
        delivery_id=str(hook.delivery_id),
        attempt=hook.attempts,
        outcome=state,
        code=answer.error,
    )
    return answer.error is None


def _attempt(hook: Hook, client: Client, runtime: Runtime) -> Answer:
    """Post once, and say how it ended. No transaction is open while the receiver thinks."""
    try:
        target = client.egress.target(hook.url)
        body, headers = _signed(hook, runtime)
        status = client.post(target, body, headers, before_data=lambda: _mark(hook, runtime))
    except (EgressRefused, ChannelFailure) as failure:
        return Answer(error=failure.code)
    except Unreadable as failure:
        return Answer(error=failure.code, ours=True)
    except (KeyError, TypeError, ValueError):
        return Answer(error="unrenderable", ours=True)
    if 200 <= status < 300:
        return Answer()
    return Answer(error=f"https-{status}", gone=status == GONE)


def _signed(hook: Hook, runtime: Runtime) -> tuple[bytes, dict[str, str]]:
    """Unreadable if a secret does not open."""
    with runtime.transaction("hook-secrets") as uow:
        sealed = delivery.secrets_of(hook.endpoint_id, uow=uow)
    keyring = runtime.keyring or Keyring(None)
    secrets = [keyring.unseal(each.sealed, place_of(each.id), each.key_id) for each in sealed]
    body = message.event(
        hook.delivery_id,
        hook.kind,
        hook.created_at,
        alert_id=hook.alert_id,
        code=hook.code,
        facts=hook.facts,
        public_url=runtime.public_url,
    )
    now = runtime.clock.now()
    again = hook.possible_duplicate
    headers = message.headers(hook.delivery_id, body, at=now, secrets=secrets, again=again)
    return body, headers


def _mark(hook: Hook, runtime: Runtime) -> None:
    """The point of no return, committed before the content leaves."""
    with runtime.transaction("hook-mark") as uow:
        marked = delivery.mark(hook, uow=uow)
    if not marked:
        _call_off(hook, runtime)


def _call_off(hook: Hook, runtime: Runtime) -> NoReturn:
    with runtime.transaction("hook-withdraw") as uow:
        delivery.withdraw(hook, uow=uow)
    raise CalledOff
