"""The one way out for files: attachments that no browser opens in our name, and that stop when
access is withdrawn while they are under way.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from flask import Response, request

from case_api.context import maillage, request_id
from case_api.problems import Problem
from infra.files.names import disposition
from services.shared.actor import Acting
from services.shared.unit_of_work import UnitOfWork

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
CHUNK = 64 * 1024
# Asked again after this many bytes or seconds, whichever comes first.
RECHECK_BYTES = 1024 * 1024
RECHECK_SECONDS = 2.0


class AccessWithdrawn(Exception):
    """The rest of the file is not for this reader any more; the connection is cut."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """`is_still_open` asks in a statement of its own whether the reader may still have the file."""

    file: BinaryIO
    name: str
    media_type: str
    size: int
    is_still_open: Callable[[UnitOfWork], bool]


@dataclass(frozen=True, kw_only=True)
class Printout:
    """A file that is made of what was read, after the commit: while it takes shape it holds no
    transaction, and no connection that somebody else waits for."""

    make: Callable[[], bytes]
    name: str
    media_type: str
    is_still_open: Callable[[UnitOfWork], bool]

    def made(self) -> Attachment:
        content = self.make()
        return Attachment(
            file=BytesIO(content),
            name=self.name,
            media_type=self.media_type,
            size=len(content),
            is_still_open=self.is_still_open,
        )


def refuse_range() -> None:
    """A file is given whole, and each time anew: parts would each be a read to log."""
    if "Range" in request.headers:
        raise Problem(416, "range-not-accepted", headers={"Accept-Ranges": "none"})


def send(file: Attachment | Printout, actor: Acting | None) -> Response:
    attachment = file.made() if isinstance(file, Printout) else file
    parts, asked_by = maillage(), request_id()

    def is_still_open() -> bool:
        with parts.database.transaction(clock=parts.clock, actor=actor, request_id=asked_by) as uow:
            return attachment.is_still_open(uow)

    response = Response(pieces(attachment.file, is_still_open), mimetype=attachment.media_type)
    response.call_on_close(attachment.file.close)
    response.content_length = attachment.size
    response.headers["Content-Disposition"] = disposition(attachment.name)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Accept-Ranges"] = "none"
    return response


def pieces(
    file: BinaryIO,
    is_still_open: Callable[[], bool],
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[bytes]:
    """AccessWithdrawn between two pieces once the reader has lost the right to the file."""
    asked_at, sent = monotonic(), 0
    while piece := file.read(CHUNK):
        if sent >= RECHECK_BYTES or monotonic() - asked_at >= RECHECK_SECONDS:
            if not is_still_open():
                raise AccessWithdrawn
            asked_at, sent = monotonic(), 0
        yield piece
        sent += len(piece)
