"""What a channel promises, and the six ways in which sending can fail.

The sender treats each differently, so a channel must say exactly which happened and never guess
upwards: what it does not know is `Uncertain`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.channels.calendar import Invitation
from notifications.rendering import Rendered


@dataclass(frozen=True, kw_only=True)
class Message:
    """`message_id` is the same at every attempt; `possible_duplicate` when one may have arrived."""

    to: str
    message_id: str
    content: Rendered
    at: datetime
    possible_duplicate: bool = False
    invitation: Invitation | None = None


class ChannelFailure(Exception):
    """`code` is one of ours; what the provider said stays out, it quotes addresses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreachable(ChannelFailure):
    """No provider to talk to: nothing left, for this message and for the next ones."""


class Deferred(ChannelFailure):
    """The provider said "not now" and kept nothing."""


class AddressRejected(ChannelFailure):
    """The provider will never take this address."""


class MessageRefused(ChannelFailure):
    """The provider will never take this message."""


class Unexplained(ChannelFailure):
    """The provider refused for good and did not say what: this address, this message, or us. It
    kept nothing. `verdict` is what it means if others are accepted at about the same time.
    """

    def __init__(self, code: str, verdict: type[AddressRejected | MessageRefused]) -> None:
        super().__init__(code)
        self.verdict = verdict


class Uncertain(ChannelFailure):
    """The content left and no answer came: it may have arrived."""


class OpenChannel(Protocol):
    """An open conversation with a provider, for the messages of one batch."""

    def send(self, message: Message, *, before_data: Callable[[], None]) -> None:
        """Returns once the provider has taken the message; raises a ChannelFailure otherwise.

        `before_data` is called when the provider has accepted the address and nothing of the
        content has left; whatever it raises calls the message off and passes through.
        """
        ...


class Channel(Protocol):
    def open(self) -> AbstractContextManager[OpenChannel]:
        """Does not connect yet; leaving closes what was opened."""
        ...
