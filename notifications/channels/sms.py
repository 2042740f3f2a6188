"""SMS by a gateway over HTTPS. Optional: without its settings there is no such channel.

The contract (docs/operators.md): one JSON object posted with a bearer token; the status alone
answers. `Idempotency-Key` is the same at every attempt, and a gateway that knows it sends nothing.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from notifications.channels.base import (
    AddressRejected,
    Deferred,
    MessageRefused,
    Uncertain,
    Unreachable,
)
from notifications.channels.egress import EgressRefused
from notifications.channels.https import Client

# A gateway that does not answer is left alone, so that nothing else waits for it.
REST_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class ShortMessage:
    """`key` is the same at every attempt; `possible_duplicate` when one may have arrived."""

    to: str = field(repr=False)
    text: str = field(repr=False)
    key: str
    possible_duplicate: bool = False


class Gateway(Protocol):
    @property
    def rests(self) -> bool:
        """Whether it is to be left alone for now."""
        ...

    def send(self, message: ShortMessage, *, before_data: Callable[[], None]) -> None:
        """Send as `channels.base.Line.send` does: return once the gateway has taken it, else raise
        a ChannelFailure; `before_data` is called before anything of the message leaves.
        """
        ...


@dataclass(kw_only=True)
class HttpGateway:
    client: Client
    url: str
    token: str = field(repr=False)
    sender: str
    rest: float = REST_SECONDS
    _rests_until: float = field(default=0.0, init=False)

    @property
    def rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def send(self, message: ShortMessage, *, before_data: Callable[[], None]) -> None:
        try:
            status = self._posted(message, before_data)
            _judge(status)
        except (Unreachable, Uncertain, Deferred):
            self._rests_until = time.monotonic() + self.rest
            raise

    def _posted(self, message: ShortMessage, before_data: Callable[[], None]) -> int:
        try:
            target = self.client.egress.target(self.url)
        except EgressRefused as refusal:
            raise Unreachable(f"sms-{refusal.code}") from None
        body = {"to": message.to, "from": self.sender, "text": message.text}
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json; charset=UTF-8",
            "Idempotency-Key": message.key,
        }
        if message.possible_duplicate:
            headers["X-Possible-Duplicate"] = "true"
        content = json.dumps(body, ensure_ascii=False).encode()
        return self.client.post(target, content, headers, before_data=before_data)


def _judge(status: int) -> None:
    """404, 410 and 422 are about the number; 400 and 413 about the text; what is about us (a token
    that is over) or about the gateway is tried again. Whatever is not clear may have arrived.
    """
    if 200 <= status < 300:
        return
    code = f"sms-{status}"
    if status in (404, 410, 422):
        raise AddressRejected(code)
    if status in (400, 413):
        raise MessageRefused(code)
    if status in (401, 403, 425, 429, 503):
        raise Deferred(code)
    raise Uncertain(code)
