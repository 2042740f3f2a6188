"""The server of the API as a process of its own, and clients that speak to it over bare sockets."""

import http.client
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

import psutil

from infra.embedded import api
from infra.embedded.connections import USUAL
from infra.embedded.process import die_with_parent
from tests.faults.kit.parts import CONTEXT, wait_for

HOST = "127.0.0.1"
# Asked for by the issue: whoever is served waits no longer.
LIMIT = 3.0
LARGE = 2_000_000
PLAIN = f"{__name__}:plain"


def plain(environ, start_response):
    """An application that starts at once, and whose answers fill every buffer on their way."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(LARGE))])
    return [b"#" * LARGE]


def _serve(settings, application, limits, processes) -> None:
    die_with_parent(signal.SIGKILL)()
    api.APPLICATION = application
    os.environ["API_PROCESSES"] = str(processes)
    api.serve(settings, limits)


@dataclass(frozen=True)
class Served:
    port: int
    process: BaseProcess


@contextmanager
def serving(settings, application=PLAIN, limits=USUAL, processes=1) -> Iterator[Served]:
    """An application that answers, of `maillage api` but for its name and its limits."""
    given = (settings, application, limits, processes)
    process = CONTEXT.Process(target=_serve, args=given)
    process.start()
    try:
        wait_for(lambda: is_healthy(settings.port), 30)
        yield Served(settings.port, process)
    finally:
        end(process)


def end(process: BaseProcess) -> None:
    """And whoever it forked."""
    with suppress(psutil.NoSuchProcess):
        for each in [*psutil.Process(process.pid).children(), psutil.Process(process.pid)]:
            each.kill()
    process.join()


def ask(port: int, method: str = "GET", path: str = "/healthz", within: float = LIMIT, **given):
    with closing(http.client.HTTPConnection(HOST, port, timeout=within)) as connection:
        connection.request(method, path, **given)
        answer = connection.getresponse()
        answer.body = answer.read()
    return answer


def is_healthy(port: int, within: float = LIMIT) -> bool:
    try:
        return ask(port, within=within).status == 200
    except OSError:
        return False


@contextmanager
def held(port: int, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """That many connections of one client, on each of which this was said and no more."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_connection((HOST, port), timeout=LIMIT))
            for _ in range(count)
        ]
        for each in sockets:
            each.sendall(said)
        yield sockets


def rest(client: socket.socket) -> bytes:
    """What the server still says until it hangs up."""
    said = []
    with suppress(ConnectionResetError):
        while piece := client.recv(65536):
            said.append(piece)
    return b"".join(said)
