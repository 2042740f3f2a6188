"""E-mail over SMTP: one connection per batch, a time-out on every word, text and HTML."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NoReturn, Protocol

from notifications.channels.base import (
    AddressRejected,
    Deferred,
    Message,
    MessageRefused,
    Uncertain,
    Unreachable,
)

# Less than the margin that a lease keeps (notifications.delivery.MARGIN).
TIMEOUT_SECONDS = 10.0
# Seven-bit content: it passes servers that announce no 8BITMIME.
_POLICY = policy.SMTP.clone(cte_type="7bit")


class Server(Protocol):
    """Where and how to connect; `infra.settings.MailServer` is one."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def security(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class EmailChannel:
    server: Server
    sender: str
    timeout: float = TIMEOUT_SECONDS

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs and of our greeting."""
        return self.sender.rpartition("@")[2]

    @contextmanager
    def open(self) -> Iterator["SmtpLine"]:
        line = SmtpLine(self)
        try:
            yield line
        finally:
            line.close()


class SmtpLine:
    """Connects when first needed, and again after a conversation broke."""

    def __init__(self, channel: EmailChannel) -> None:
        self._channel = channel
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: Message, *, before_data: Callable[[], None]) -> None:
        content = compose(message, self._channel.sender)
        smtp = self._connected()
        self._address(smtp, message.to)
        try:
            before_data()
        except BaseException:
            self._reset(smtp)
            raise
        self._transmit(smtp, content)

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = _connect(self._channel)
            except (smtplib.SMTPException, OSError) as error:
                raise Unreachable(f"smtp-connect-{_reason(error)}") from None
        return self._smtp

    def _address(self, smtp: smtplib.SMTP, to: str) -> None:
        try:
            # Our own address refused is our fault, not the message's: it waits until repaired.
            code, _ = smtp.mail(self._channel.sender)
            if code // 100 != 2:
                self._not_now(smtp, "mail", code)
            code, _ = smtp.rcpt(to)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Deferred(f"smtp-{_reason(error)}") from None
        if code // 100 == 5:
            self._reset(smtp)
            raise AddressRejected(f"smtp-rcpt-{code}")
        if code // 100 != 2:
            self._not_now(smtp, "rcpt", code)

    def _transmit(self, smtp: smtplib.SMTP, content: bytes) -> None:
        try:
            code, _ = smtp.data(content)
        except smtplib.SMTPDataError as refusal:
            code = refusal.smtp_code
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Uncertain(f"smtp-data-{_reason(error)}") from None
        if code // 100 == 2:
            return
        if code // 100 == 5:
            self._reset(smtp)
            raise MessageRefused(f"smtp-data-{code}")
        self._not_now(smtp, "data", code)

    def _not_now(self, smtp: smtplib.SMTP, verb: str, code: int) -> NoReturn:
        """Nothing was kept. 421 announces that the server hangs up."""
        if code == 421:
            self._drop()
        else:
            self._reset(smtp)
        raise Deferred(f"smtp-{verb}-{code}")

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def compose(message: Message, sender: str) -> bytes:
    """The message as it leaves. MessageRefused for what cannot be written as a mail."""
    try:
        message.to.encode("ascii")
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = f"Maillage <{sender}>"
        mail["To"] = message.to
        mail["Subject"] = message.content.subject
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = message.message_id
        mail["Auto-Submitted"] = "auto-generated"
        if message.possible_duplicate:
            mail["X-Possible-Duplicate"] = "yes"
        mail.set_content(message.content.text)
        mail.add_alternative(message.content.html, subtype="html")
        mail["Content-Language"] = message.content.language
        return mail.as_bytes()
    except UnicodeError:
        raise AddressRejected("address-not-ascii") from None
    except (ValueError, IndexError):
        raise MessageRefused("mail-not-writable") from None


def _connect(channel: EmailChannel) -> smtplib.SMTP:
    server = channel.server
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=channel.domain,
            timeout=channel.timeout,
            context=ssl.create_default_context(),
        )
    else:
        smtp = smtplib.SMTP(
            server.host, server.port, local_hostname=channel.domain, timeout=channel.timeout
        )
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.username:
            smtp.login(server.username, server.password)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _reason(error: Exception) -> str:
    """A code without the provider's words."""
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, TimeoutError):
        return "timeout"
    return "dropped" if isinstance(error, smtplib.SMTPServerDisconnected) else "failed"
