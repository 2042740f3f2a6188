"""A real mail server for the demo: it accepts everything, delivers nothing, and keeps it all."""

import asyncio
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.embedded.places import private_directory

NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}\.eml")
SIZE_LIMIT = 10 * 1024 * 1024
UNFINISHED = ".unfinished"
ENVELOPE_FROM = "X-Envelope-From"
ENVELOPE_TO = "X-Envelope-To"
HEADERS = BytesHeaderParser(policy=policy.default)


@dataclass(frozen=True)
class MailSummary:
    name: str
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str


@dataclass(frozen=True)
class MailMessage:
    summary: MailSummary
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[str, ...]
    raw: bytes


class Keeper:
    """Answers 250 only when the message is on disk under its final name."""

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        sender = envelope.mail_from or ""
        await asyncio.to_thread(
            store, self._maildir, sender=sender, recipients=envelope.rcpt_tos, content=content
        )
        return "250 OK"


def serve(host: str, port: int, maildir: Path) -> None:
    """Serve until killed. A message is either stored and answered, or neither."""
    asyncio.run(_serve(host, port, prepare(maildir)))


async def _serve(host: str, port: int, maildir: Path) -> None:
    def connection() -> SMTP:
        return SMTP(
            Keeper(maildir), enable_SMTPUTF8=True, data_size_limit=SIZE_LIMIT, ident="Maillage"
        )

    server = await asyncio.get_running_loop().create_server(connection, host, port)
    async with server:
        await server.serve_forever()


def prepare(maildir: Path) -> Path:
    private_directory(maildir)
    private_directory(maildir / UNFINISHED)
    return maildir


def store(maildir: Path, *, sender: str, recipients: list[str], content: bytes) -> str:
    """Write aside, flush, then rename: a name that can be seen is a complete message."""
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
    unfinished = maildir / UNFINISHED / name
    envelope = f"{ENVELOPE_FROM}: {_one_line(sender)}\r\n"
    envelope += f"{ENVELOPE_TO}: {', '.join(map(_one_line, recipients))}\r\n"
    with unfinished.open("xb") as file:
        file.write(envelope.encode() + content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(maildir / name)
    _flush_directory(maildir)
    return name


def list_messages(maildir: Path, limit: int) -> list[MailSummary]:
    """The newest first."""
    names = sorted(_names(maildir), reverse=True)[:limit]
    return [summary for name in names if (summary := _summary(maildir / name))]


def read_message(maildir: Path, name: str) -> MailMessage | None:
    """None for what is not there, and for any name that we would not have given."""
    if NAME.fullmatch(name) is None:
        return None
    path = maildir / name
    try:
        raw = path.read_bytes()
        with path.open("rb") as file:
            message = message_from_binary_file(file, policy=policy.default)
    except FileNotFoundError:
        return None
    return MailMessage(
        summary=_summarise(name, message),
        headers=tuple((key, str(value)) for key, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
        raw=raw,
    )


def _names(maildir: Path) -> Iterator[str]:
    if not maildir.is_dir():
        return
    yield from (entry.name for entry in os.scandir(maildir) if NAME.fullmatch(entry.name))


def _summary(path: Path) -> MailSummary | None:
    try:
        with path.open("rb") as file:
            return _summarise(path.name, HEADERS.parse(file))
    except FileNotFoundError:
        return None


def _summarise(name: str, message: EmailMessage) -> MailSummary:
    nanoseconds = int(name[:20])
    recipients = getaddresses([str(message.get(ENVELOPE_TO, ""))])
    return MailSummary(
        name=name,
        received_at=datetime.fromtimestamp(nanoseconds / 1e9, UTC),
        sender=str(message.get(ENVELOPE_FROM, "")),
        recipients=tuple(address for _, address in recipients),
        subject=str(message.get("Subject", "")),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a charset nobody knows
        payload = cast(bytes, part.get_payload(decode=True))
        return payload.decode("ascii", "replace")


def _one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
