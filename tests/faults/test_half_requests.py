"""Clients that send half of a request, drip it, or say nothing: others are answered all the while.

From one client, without a proxy; the API is a process of its own, as `maillage api` starts it.
"""

import http.client
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess

import psutil
import pytest

from infra.embedded import api
from infra.embedded.connections import USUAL, Limits
from infra.embedded.ports import is_free
from infra.embedded.process import die_with_parent
from tests.faults.parts import CONTEXT, NO_REDIS, settings_for, wait_for
from tests.issuer import AUDIENCE, free_port

HOST = "127.0.0.1"
# Asked for by the issue: whoever is served waits no longer.
LIMIT = 3.0
HEAD = (
    b"POST /api/v1/household/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)
HALF_BODY = HEAD % 100 + b"{"
HALF_HEADER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
# What every client of HTTP/2 says first when it knows that the server speaks it (RFC 9113, 3.3),
# and after it an empty SETTINGS frame.
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
# Less than what a client is given in production, to see the end of it.
BRIEF = Limits(arrival_seconds=0.4, connections=40)
CRAMPED = Limits(waiting_bytes=4 * 1024 * 1024)


def _serve(settings, limits, processes) -> None:
    die_with_parent(signal.SIGKILL)()
    os.environ["API_PROCESSES"] = str(processes)
    api.serve(settings, limits)


@dataclass(frozen=True)
class Served:
    port: int
    process: BaseProcess


@contextmanager
def serving(cluster, folder, limits=USUAL, processes=1) -> Iterator[Served]:
    """An API that answers."""
    port = free_port()
    settings = replace(
        settings_for(folder, worker_url="", redis_url=NO_REDIS, port=1),
        database_url=cluster.url("maillage_api"),
        api_audience=AUDIENCE,
        trusted_hosts=(HOST,),
        port=port,
    )
    process = CONTEXT.Process(target=_serve, args=(settings, limits, processes))
    process.start()
    try:
        wait_for(lambda: is_healthy(port), 30)
        yield Served(port, process)
    finally:
        end(process)


@pytest.fixture(scope="module")
def port(cluster, tmp_path_factory) -> Iterator[int]:
    with serving(cluster, tmp_path_factory.mktemp("api")) as served:
        yield served.port


@pytest.fixture(scope="module")
def brief(cluster, tmp_path_factory) -> Iterator[int]:
    """Where a client has no time and little room."""
    with serving(cluster, tmp_path_factory.mktemp("api"), BRIEF) as served:
        yield served.port


def end(process: BaseProcess) -> None:
    """And whoever it forked."""
    with suppress(psutil.NoSuchProcess):
        for each in [*psutil.Process(process.pid).children(), psutil.Process(process.pid)]:
            each.kill()
    process.join()


def ask(port: int, method: str = "GET", path: str = "/healthz", **given):
    with closing(http.client.HTTPConnection(HOST, port, timeout=LIMIT)) as connection:
        connection.request(method, path, **given)
        answer = connection.getresponse()
        answer.body = answer.read()
    return answer


def is_healthy(port: int) -> bool:
    try:
        return ask(port).status == 200
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
    said = b""
    try:
        while piece := client.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize(
    ("count", "said"),
    [(60, HALF_BODY), (60, HALF_HEADER), (400, b""), (40, HTTP2)],
    ids=["half bodies", "half headers", "silent sockets", "HTTP/2"],
)
def test_others_are_answered_meanwhile_and_afterwards(port, count, said):
    with held(port, count, said):
        assert all(is_healthy(port) for _ in range(3))
    assert is_healthy(port)


def test_others_are_answered_while_bodies_drip(port):
    with held(port, 60, HALF_BODY) as sockets:
        for _ in range(5):
            for each in sockets:
                each.sendall(b" ")
            assert is_healthy(port)
    assert is_healthy(port)


def test_http_2_is_not_spoken(port):
    with held(port, 1, HTTP2) as (client,):
        assert rest(client).startswith(b"HTTP/1.0 4")


@pytest.mark.parametrize("said", [HALF_BODY, HALF_HEADER], ids=["body", "header"])
def test_who_drips_a_request_is_told_that_it_took_too_long(brief, said):
    with held(brief, 1, said) as (client,):
        answer = drip(client)
    assert answer.startswith(b"HTTP/1.1 408 " if said is HALF_BODY else b"HTTP/1.0 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


def drip(client: socket.socket) -> bytes:
    """One byte after another until the server answers; then whatever it says."""
    client.settimeout(0.05)

    def is_answered() -> bool:
        try:
            client.sendall(b" ")
            return bool(client.recv(1, socket.MSG_PEEK))
        except TimeoutError:
            return False

    wait_for(is_answered, 10)
    client.settimeout(LIMIT)
    return rest(client)


def test_more_connections_than_there_is_room_for_end_the_oldest(brief):
    with held(brief, BRIEF.connections * 3, HALF_BODY) as sockets:
        assert is_healthy(brief)
        assert rest(sockets[0]) == b""
    assert is_healthy(brief)


def test_bodies_that_fill_the_memory_are_refused_and_small_ones_are_not(cluster, tmp_path):
    with serving(cluster, tmp_path, CRAMPED) as served:
        port = served.port
        with held(port, 5, HEAD % (2 * 1024 * 1024)) as sockets:
            for each in sockets:
                each.settimeout(LIMIT)
                send_all_but_one(each, 2 * 1024 * 1024)
            wait_for(lambda: any(is_refused(each) for each in sockets), 10)
            assert ask(port, "POST", "/api/v1/household/session", body=b"{}").status == 415
        assert is_healthy(port)


def send_all_but_one(client: socket.socket, size: int) -> None:
    try:
        client.sendall(b" " * (size - 1))
    except (BrokenPipeError, ConnectionResetError):
        return


def is_refused(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(64, socket.MSG_PEEK).startswith(b"HTTP/1.1 503 ")
    except OSError:
        return False


def test_an_answer_names_no_server_but_ours(port):
    answer = ask(port)
    assert (answer.getheader("Server"), answer.getheader("Via")) == ("maillage", None)
    with held(port, 1, b"GET / HTTP/1.1\r\nHost : x\r\n\r\n") as (client,):
        refusal = rest(client)
    assert refusal.startswith(b"HTTP/1.0 400 Bad Request\r\n")
    assert b"\r\nContent-Type: application/problem+json\r\n" in refusal
    assert b"waitress" not in refusal


@pytest.mark.parametrize(
    "said",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
    ],
    ids=["two lengths", "negative", "bad chunk", "not chunked last", "bare line feeds"],
)
def test_what_two_servers_could_read_in_two_ways_is_refused(port, said):
    with held(port, 1, said + b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as (client,):
        answer = rest(client)
    assert answer.count(b"HTTP/1.") == 1
    assert answer.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4", b"HTTP/1.1 501"))


def test_requests_follow_each_other_on_one_connection(port):
    with held(port, 1, b"") as (client,):
        said = b""
        for method in (b"HEAD", b"GET", b"HEAD"):
            client.sendall(method + b" /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            said += client.recv(65536)
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        said += rest(client)
    assert (said.count(b"HTTP/1.1 200 OK\r\n"), said.count(b"alive")) == (4, 2)


BUNDLE = "/api/docs/assets/swagger-ui-bundle.js"


def test_whoever_is_being_served_is_served_to_the_end(cluster, tmp_path):
    """SIGTERM: nobody is let in any more, and no answer is cut short."""
    with serving(cluster, tmp_path) as served:
        size = len(ask(served.port, path=BUNDLE).body)
        wanted = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n" % BUNDLE.encode()
        several = (wanted + b"\r\n") * 7 + wanted + b"Connection: close\r\n\r\n"
        with held(served.port, 1, several) as (client,):
            assert client.recv(1, socket.MSG_PEEK)
            served.process.terminate()
            wait_for(lambda: not is_healthy(served.port), LIMIT)
            assert len(rest(client)) > size * 8
        served.process.join(LIMIT)
        assert served.process.exitcode == 0


def test_of_several_processes_each_is_replaced_and_none_outlives_the_first(cluster, tmp_path):
    with serving(cluster, tmp_path, processes=2) as served:
        first = psutil.Process(served.process.pid)
        wait_for(lambda: len(first.children()) == 2, LIMIT)
        killed, other = first.children()
        killed.kill()
        wait_for(lambda: len({*first.children()} - {killed, other}) == 1, 10)
        assert is_healthy(served.port)
        children = first.children()
        first.kill()
        served.process.join()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
        assert is_free(HOST, served.port)


def test_several_processes_end_together(cluster, tmp_path):
    with serving(cluster, tmp_path, processes=2) as served:
        children = psutil.Process(served.process.pid).children()
        served.process.terminate()
        served.process.join(10)
        assert served.process.exitcode == 0
        assert not any(child.is_running() for child in children)
        assert is_free(HOST, served.port)
