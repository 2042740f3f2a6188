"""A mail server in a process of its own: its log is the truth about what was received.

One line a message, written before the answer: a kill of the server loses no line.
"""

import asyncio
import json
import os
import random
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
LINK = re.compile(rb"/alerts/([0-9a-f-]{36})")
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)
FLAG = re.compile(rb"^X-Possible-Duplicate: yes", re.MULTILINE)
REFUSED = "refused@"


@dataclass(frozen=True, kw_only=True)
class Temper:
    """Shares of the messages, drawn from the seed, that are not simply taken."""

    seed: int = 0
    deferred: float = 0.0
    dropped: float = 0.0
    slow: float = 0.0
    slow_seconds: float = 0.0


@dataclass
class Sink:
    log: int
    temper: Temper
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.temper.seed + os.getpid())

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        if address.startswith(REFUSED):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope) -> str:
        if self.chance.random() < self.temper.deferred:
            return "451 come back"
        self._keep(envelope.content, envelope.rcpt_tos[0])
        if self.chance.random() < self.temper.slow:
            await asyncio.sleep(self.temper.slow_seconds)
        if self.chance.random() < self.temper.dropped:
            server.transport.abort()
        return "250 OK"

    def _keep(self, content: bytes, to: str) -> None:
        plain = content.replace(b"=\r\n", b"")
        line = {
            "message_id": MESSAGE_ID.search(plain)[1].decode(),
            "alert": LINK.search(plain)[1].decode(),
            "flagged": FLAG.search(plain) is not None,
            "to": to,
            "at": time.time(),
        }
        os.write(self.log, json.dumps(line).encode() + b"\n")


def serve(port: int, log: Path, temper: Temper) -> None:
    asyncio.run(_serve(port, log, temper))


async def _serve(port: int, log: Path, temper: Temper) -> None:
    kept = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    sink = Sink(kept, temper)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink), HOST, port)
    await server.serve_forever()
