"""Posts to organisations, one endpoint at a time: after the e-mails, within a bound of its own."""

import time
from typing import NoReturn

import structlog

from notifications.channels.base import ChannelFailure
from notifications.channels.egress import EgressRefused
from notifications.channels.https import Client
from notifications.delivery.outcomes import CalledOff, note
from notifications.runtime import Runtime
from notifications.webhooks import claims, message
from notifications.webhooks.claims import Answer, Hook
from notifications.webhooks.commands import place_of
from services.shared.errors import Unreadable

BATCH = 10
# No new request is begun later; the one that runs ends by its own time-out.
HOOK_SECONDS = 2.0
GONE = 410
_log = structlog.get_logger()


def post_next(runtime: Runtime) -> int:
    """What is due at one endpoint; how many were claimed. One failure ends its turn."""
    if runtime.webhooks is None:
        return 0
    until = time.monotonic() + HOOK_SECONDS
    held_by = runtime.held_by()
    with runtime.transaction("hook-claim") as uow:
        hooks = claims.claim(limit=BATCH, lease=runtime.lease, held_by=held_by, uow=uow)
    for position, hook in enumerate(hooks):
        over = runtime.stop.requested or time.monotonic() > until
        if over or not _deliver(hook, runtime.webhooks, runtime):
            rest = hooks[position if over else position + 1 :]
            if rest:
                with runtime.transaction("hook-give-back") as uow:
                    claims.give_back(rest, uow=uow)
            break
    return len(hooks)


def _deliver(hook: Hook, client: Client, runtime: Runtime) -> bool:
    """Whether the endpoint may be asked for more now."""
    try:
        answer = _attempt(hook, client, runtime)
    except CalledOff:
        _log.info("webhook.called_off", delivery_id=str(hook.delivery_id))
        return True
    with runtime.transaction("hook-end") as uow:
        state = claims.end(hook, answer, uow=uow)
    note(
        "webhook.attempted",
        ended_as=state,
        code=answer.error,
        attempt=hook.attempts,
        delivery_id=hook.delivery_id,
    )
    return answer.error is None


def _attempt(hook: Hook, client: Client, runtime: Runtime) -> Answer:
    """Post once, and say how it ended. No transaction is open while the receiver thinks."""
    try:
        target = client.egress.target(hook.url)
        body, headers = _signed(hook, runtime)
        status = client.post(target, body, headers, before_data=lambda: _commit_to(hook, runtime))
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
        sealed = claims.secrets_of(hook.endpoint_id, uow=uow)
    unseal = runtime.keyring.unseal
    secrets = [unseal(each.sealed, place_of(each.id), each.key_id) for each in sealed]
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


def _commit_to(hook: Hook, runtime: Runtime) -> None:
    """Durable before the content leaves."""
    with runtime.transaction("hook-commit-to") as uow:
        committed = claims.commit_to(hook, uow=uow)
    if not committed:
        _call_off(hook, runtime)


def _call_off(hook: Hook, runtime: Runtime) -> NoReturn:
    with runtime.transaction("hook-withdraw") as uow:
        claims.withdraw(hook, uow=uow)
    raise CalledOff
