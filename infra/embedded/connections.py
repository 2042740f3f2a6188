"""HTTP/1.1 under waitress: a thread is taken only for a request that has arrived whole.

One loop holds every socket and reads every body into memory; nobody who sends slowly, stops half
way or says nothing costs more than a socket. What waitress leaves open is closed here: a request
has to arrive at a pace, all bodies together have a limit, and when there are too many connections
the oldest one without a request under way makes room (docs/decisions/0046).
"""

import json
import logging
import select
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask
from waitress.utilities import Error

from infra.files.intake import MAX_BYTES

THREADS = 8
HEADER_BYTES = 32 * 1024
# More than the application takes, so that it is the application that says so.
BODY_BYTES = MAX_BYTES + 4 * 1024 * 1024
# Bodies up to this size are always taken.
SMALL_BYTES = 512 * 1024
# An answer is handed to the loop in pieces until this much is unsent: more than anything that a
# stranger may have, little enough for a withdrawal to stop a download (case_api/downloads.py).
UNSENT_BYTES = 2 * 1024 * 1024
STOP_SECONDS = 5.0
# waitress accepts one connection in each turn of its loop, which asks every connection there is.
ACCEPTED_AT_ONCE = 100


@dataclass(frozen=True)
class Limits:
    """What clients together may take."""

    connections: int = 1000
    # A connection on which nothing moves is closed. A proxy keeps its own for less than this.
    idle_seconds: int = 75
    # A request has this long to arrive, and a second more for every so many bytes of its body.
    arrival_seconds: float = 30.0
    bytes_a_second: int = 8 * 1024
    # Of all bodies that are arriving or being worked on, in memory.
    waiting_bytes: int = 256 * 1024 * 1024


USUAL = Limits()


class RequestTimeout(Error):  # type: ignore[misc]
    code, reason = 408, "Request Timeout"


class Unavailable(Error):  # type: ignore[misc]
    code, reason = 503, "Service Unavailable"


class Request(HTTPRequestParser):  # type: ignore[misc]
    """A request that is arriving. One that takes too long or too much is answered as it stands."""

    completed: bool

    def __init__(self, server: Any, limits: Limits, adj: Any) -> None:
        super().__init__(adj)
        self._server, self._limits, self._began = server, limits, time.monotonic()

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if not self.completed:
            self.error = self._fault()
            self.completed = self.error is not None
        return consumed

    def _fault(self) -> Error | None:
        arrived = self.body_bytes_received
        granted = self._limits.arrival_seconds + arrived / self._limits.bytes_a_second
        if time.monotonic() - self._began > granted:
            return RequestTimeout("")
        if arrived > SMALL_BYTES and sum(_waiting(self._server)) > self._limits.waiting_bytes:
            return Unavailable("")
        return None


def _waiting(server: Any) -> Iterator[int]:
    for channel in server.active_channels.values():
        for request in (*channel.requests, channel.request):
            yield request.body_bytes_received if request else 0


class Refusal(ErrorTask):  # type: ignore[misc]
    """What never reaches the application is answered with a problem (RFC 9457) all the same."""

    def execute(self) -> None:
        error = self.request.error
        problem = {"type": "about:blank", "title": error.reason, "status": error.code}
        body = json.dumps(problem).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.response_headers.append(("Cache-Control", "no-store"))
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class Connection(HTTPChannel):  # type: ignore[misc]
    """A client's connection. Opening one too many closes the oldest that nobody works for."""

    error_task_class = Refusal

    def __init__(self, limits: Limits, server: Any, *rest: Any, **named: Any) -> None:
        super().__init__(server, *rest, **named)
        self.parser_class = partial(Request, server, limits)
        self._waits = False
        if len(server.active_channels) > limits.connections:
            others = (each for each in server.active_channels.values() if not each.requests)
            next(others).handle_close()

    def service(self) -> None:
        """In a thread. Requests sent all at once wait outside for the answers before them to be
        read: else whoever reads none of them would hold a thread.
        """
        with self.outbuf_lock:
            self._waits = self.total_outbufs_len > 0
        if not self._waits:
            super().service()

    def handle_write(self) -> None:
        """In the loop."""
        super().handle_write()
        with self.outbuf_lock:
            goes_on = self._waits and self.connected and not self.total_outbufs_len
            self._waits = self._waits and not goes_on
        if goes_on:
            self.server.add_task(self)


def answer(application: Any, listener: socket.socket, limits: Limits = USUAL) -> None:
    """Serve the application on a listening socket until SIGTERM or SIGINT, then finish what is
    under way, for `STOP_SECONDS` at most.
    """
    # How many wait is no news, and each request would say so.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    connections: dict[int, Any] = {}
    server = create_server(
        application,
        map=connections,
        sockets=[listener],
        threads=THREADS,
        ident="maillage",
        # Beyond ours, which never stops accepting.
        connection_limit=2 * limits.connections,
        channel_timeout=limits.idle_seconds,
        cleanup_interval=5,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=BODY_BYTES,
        # Nothing that passes through touches a disk that the operator did not choose.
        inbuf_overflow=2 * BODY_BYTES,
        outbuf_overflow=2 * BODY_BYTES,
        outbuf_high_watermark=UNSENT_BYTES,
        recv_bytes=64 * 1024,
        # The application reads them, and knows whom to believe.
        clear_untrusted_proxy_headers=False,
        # select() knows no descriptor above 1023.
        asyncore_use_poll=True,
        log_socket_errors=False,
    )
    server.channel_class = partial(Connection, limits)
    _loop(server, partial(wasyncore.loop, use_poll=True, map=connections, count=1))


def _loop(server: Any, turn: Any) -> None:
    stopping: list[int] = []

    def stop(number: int, _frame: object) -> None:
        stopping.append(number)
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    arriving = select.poll()
    arriving.register(server.socket, select.POLLIN)
    while not stopping:
        turn(timeout=1.0)
        for _ in range(ACCEPTED_AT_ONCE):
            if not arriving.poll(0):
                break
            server.handle_accept()
    server.del_channel()
    server.socket.close()
    until = time.monotonic() + STOP_SECONDS
    while _is_busy(server) and time.monotonic() < until:
        turn(timeout=0.1)


def _is_busy(server: Any) -> bool:
    channels = server.active_channels.values()
    return any(channel.requests or channel.total_outbufs_len for channel in channels)
