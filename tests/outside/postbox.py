"""A real mail server on loopback that a test can tell what to answer."""

import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.guards.leaks import LEAVING


@dataclass
class Postbox:
    """A mail server that keeps what it accepts and answers as the test tells it.

    `on_rcpt` and `on_data` are asked first: a text is the answer, None means yes. `drops` counts
    the messages that are kept without an answer, the connection cut.
    """

    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    on_rcpt: Callable[[str], str | None] = lambda _address: None
    on_data: Callable[[], str | None] = lambda: None
    drops: int = 0

    def forget(self) -> None:
        """All that a test received and wanted."""
        vars(self).update(vars(Postbox()))

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        answer = self.on_rcpt(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope) -> str:
        answer = self.on_data()
        if answer:
            return answer
        LEAVING.note("mail", envelope.content)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos[0])
        if self.drops:
            self.drops -= 1
            server.transport.abort()
        return "250 OK"

    def count(self) -> Counter[str]:
        return Counter(self.recipients)


class MailServer:
    """Where the postbox listens; the same address after a restart."""

    host, username, password, security = "127.0.0.1", "", "", "plain"

    def __init__(self, postbox: Postbox) -> None:
        self.postbox = postbox
        with socket.create_server((self.host, 0)) as probe:
            self.port = probe.getsockname()[1]
        self._controller: Controller | None = None

    @property
    def is_running(self) -> bool:
        return self._controller is not None

    def start(self) -> None:
        self._controller = Controller(self.postbox, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
