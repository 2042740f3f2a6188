"""The one way in for files: multipart/form-data (RFC 7578) within limits of its own.

The body is taken in before any transaction is open, so that a slow phone holds no connection.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any

from flask import Response, after_this_request, request
from marshmallow import Schema
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from case_api.context import maillage
from case_api.http.json_input import clean_text, load_values
from case_api.problems import Problem
from infra.files.intake import MAX_BYTES, Received, receive

FILE = "file"
# Ten thousand rows, generously.
MAX_TABLE = 5 * 1024 * 1024
MAX_PARTS = 20
MAX_FORM_MEMORY = 500_000
# The file, the other fields, and the boundaries around them.
MAX_BODY = MAX_BYTES + MAX_FORM_MEMORY


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file of rows, gone after this request."""

    content: bytes
    sha256: bytes


def load_upload(schema: Schema, *, table: bool = False) -> dict[str, Any]:
    """The fields through `schema`; under `file` a `Received`, which is gone after this request
    unless the command keeps it.
    """
    if request.mimetype != "multipart/form-data":
        raise Problem(415, "unsupported-media-type")
    used = ExitStack()

    @after_this_request
    def discard(response: Response) -> Response:
        used.close()
        return response

    values: dict[str, Any] = {}
    for name, value in _parts(used):
        if name in values:
            raise Problem(400, "duplicate-name")
        values[name] = value
    if not isinstance(values.get(FILE), FileStorage):
        values.pop(FILE, None)
    data: dict[str, Any] = load_values(schema, values, prefix="#")
    data[FILE] = _table(data[FILE]) if table else _received(data[FILE], used)
    return data


def fingerprint(data: dict[str, Any]) -> bytes:
    """What an upload says: the fields and the file's hash. The same for any boundary."""
    fields = {name: str(value) for name, value in data.items() if name != FILE}
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode())
    digest.update(data[FILE].sha256)
    return digest.digest()


def _parts(used: ExitStack) -> Iterator[tuple[str, str | FileStorage]]:
    """Files are buffered beside the kept ones, on the same disk, and never have a name there."""

    def buffer(
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return used.enter_context(maillage().documents.buffer())

    # Of this request alone: every other body stays within the application's limits.
    request.max_content_length = MAX_BODY
    parser = FormDataParser(
        stream_factory=buffer,
        max_form_memory_size=MAX_FORM_MEMORY,
        max_form_parts=MAX_PARTS,
        silent=False,
    )
    try:
        _, form, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        raise Problem(413, "document-too-large") from None
    except ValueError:
        raise Problem(400, "bad-request") from None
    for name, text in form.items(multi=True):
        yield clean_text(name), clean_text(text)
    for name, file in files.items(multi=True):
        yield clean_text(name), file


def _table(sent: FileStorage) -> Table:
    content = sent.stream.read(MAX_TABLE + 1)
    if len(content) > MAX_TABLE:
        raise Problem(413, "document-too-large")
    return Table(content=content, sha256=hashlib.sha256(content).digest())


def _received(sent: FileStorage, used: ExitStack) -> Received:
    sent.stream.seek(0, 2)
    if sent.stream.tell() > MAX_BYTES:
        raise Problem(413, "document-too-large")
    received = receive(sent.stream, sent.filename or "", maillage().documents)
    used.callback(received.discard)
    return received
