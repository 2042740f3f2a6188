"""E-mail over SMTP: one connection per batch, a time-out on every word, text and HTML."""

import re
import smtplib
import ssl
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import format_datetime
from typing import NoReturn, Protocol

from notifications.channels.base import (
    AddressRejected,
    Deferred,
    Message,
    MessageRefused,
    Uncertain,
    Unexplained,
    Unreachable,
)
from notifications.failpoints import Crossing, amid

# Less than the margin that a lease keeps (notifications.lease.MARGIN).
TIMEOUT_SECONDS = 10.0
# `=_` occurs in no quoted-printable text (RFC 2045 §6.7), so no part can hold the boundary.
_BOUNDARY = "=_maillage"
# RFC 3463 §3.2 and §3.3, but not where the sender's address is meant, or may be (1.0, 1.7, 1.8).
_ABOUT_THE_ADDRESS = re.compile(rb"5\.(1\.(?![078]\b)|2\.)\d")
# The same document's codes for content that no server will take.
_ABOUT_THE_MESSAGE = re.compile(rb"5\.(6\.\d|3\.4\b)")
_CONNECT, _GREET = Crossing("smtp-connect"), Crossing("smtp-greet")
_MAIL, _RCPT, _DATA = Crossing("smtp-mail"), Crossing("smtp-rcpt"), Crossing("smtp-data")
_RSET, _QUIT = Crossing("smtp-rset"), Crossing("smtp-quit")


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
            with suppress(smtplib.SMTPException, OSError), _QUIT:
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
            with _MAIL:
                code, _ = smtp.mail(self._channel.sender)
            if code // 100 != 2:
                self._not_now(smtp, "mail", code)
            with _RCPT:
                code, said = smtp.rcpt(to)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Deferred(f"smtp-{_reason(error)}") from None
        if code // 100 == 5:
            self._reset(smtp)
            if _ABOUT_THE_ADDRESS.match(said):
                raise AddressRejected(f"smtp-rcpt-{code}")
            raise Unexplained(f"smtp-rcpt-{code}", AddressRejected)
        if code // 100 != 2:
            self._not_now(smtp, "rcpt", code)

    def _transmit(self, smtp: smtplib.SMTP, content: bytes) -> None:
        try:
            with _DATA:
                amid("smtp-data", lambda: _half(smtp, content))
                code, said = smtp.data(content)
        except smtplib.SMTPDataError as refusal:
            code, said = refusal.smtp_code, _bytes(refusal.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Uncertain(f"smtp-data-{_reason(error)}") from None
        if code // 100 == 2:
            return
        if code // 100 == 5:
            self._reset(smtp)
            if _ABOUT_THE_ADDRESS.match(said) or _ABOUT_THE_MESSAGE.match(said):
                raise MessageRefused(f"smtp-data-{code}")
            raise Unexplained(f"smtp-data-{code}", MessageRefused)
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
            with _RSET:
                smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def compose(message: Message, sender: str) -> bytes:
    """The message as it leaves. MessageRefused for what cannot be written as a mail.

    Written out here: `email.message` parses and folds every header anew, a millisecond a mail.
    """
    if not message.to.isascii():
        raise AddressRejected("address-not-ascii")
    said = (message.to, message.message_id, message.content.subject, message.content.language)
    if not all(text and text.isprintable() for text in said):
        raise MessageRefused("mail-not-writable")
    content = message.content
    lines = [f"{name}: {value}" for name, value in _headers(message, sender)]
    try:
        lines += ["", f"--{_BOUNDARY}", *_part("plain", content.text)]
        lines += [f"--{_BOUNDARY}", *_part("html", content.html)]
        lines += [*_calendar(message, sender), f"--{_BOUNDARY}--", ""]
        return "\r\n".join(lines).encode("ascii")
    except UnicodeError:
        raise MessageRefused("mail-not-writable") from None


def _headers(message: Message, sender: str) -> list[tuple[str, str]]:
    headers = [
        ("From", f"Maillage <{sender}>"),
        ("To", message.to),
        ("Subject", _words(message.content.subject)),
        ("Date", format_datetime(message.at)),
        ("Message-ID", message.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"'),
        ("Content-Language", message.content.language),
    ]
    return headers + [("X-Possible-Duplicate", "yes")] * message.possible_duplicate


def _words(text: str) -> str:
    """RFC 2047 §2: one short word a line, none of which cuts a character in two."""
    if text.isascii():
        return text
    pieces = [text[start : start + 9] for start in range(0, len(text), 9)]
    return "\r\n ".join(f"=?utf-8?b?{b64encode(piece.encode()).decode()}?=" for piece in pieces)


def _calendar(message: Message, sender: str) -> list[str]:
    """Last, for programs take the last form they know (RFC 2046 §5.1.4); RFC 6047 §2.4."""
    if message.invitation is None:
        return []
    written = message.invitation.written(organizer=sender, attendee=message.to, at=message.at)
    method = f"; method={message.invitation.method}; component=VEVENT"
    return [f"--{_BOUNDARY}", *_part("calendar", written, method)]


def _part(kind: str, text: str, more: str = "") -> tuple[str, ...]:
    """Quoted-printable: seven bits and short lines pass every server."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return (
        f"Content-Type: text/{kind}; charset=utf-8{more}",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        b2a_qp(lines.encode(), istext=True).decode("ascii"),
    )


def _connect(channel: EmailChannel) -> smtplib.SMTP:
    with _CONNECT:
        smtp = _called(channel)
    try:
        with _GREET:
            _greet(smtp, channel.server)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _called(channel: EmailChannel) -> smtplib.SMTP:
    server = channel.server
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=channel.domain,
            timeout=channel.timeout,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(
        server.host, server.port, local_hostname=channel.domain, timeout=channel.timeout
    )


def _half(smtp: smtplib.SMTP, content: bytes) -> None:
    """What a test has us say before it kills us."""
    with _DATA:
        smtp.docmd("DATA")
        smtp.send(content[: len(content) // 2])


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
    if server.username:
        smtp.login(server.username, server.password)
    smtp.ehlo_or_helo_if_needed()


def _bytes(said: bytes | str) -> bytes:
    return said.encode("ascii", "replace") if isinstance(said, str) else said


def _reason(error: Exception) -> str:
    """A code without the provider's words."""
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, TimeoutError):
        return "timeout"
    return "dropped" if isinstance(error, smtplib.SMTPServerDisconnected) else "failed"
