"""Clients that send half of a request, drip it, or say nothing: others are answered all the while.

From one client, without a proxy; the API is a process of its own, as `maillage api` starts it.
"""

import json
import socket
from collections.abc import Iterator

import pytest

from infra.embedded import api
from infra.embedded.connections import THREADS, Limits
from tests.faults.kit.parts import wait_for
from tests.faults.kit.sockets import HOST, LIMIT, ask, held, is_healthy, rest, serving

HEAD = (
    b"POST /api/v1/household/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)
HALF_BODY = HEAD % 100 + b"{"
HALF_HEADER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
# Less than what a client is given in production, to see the end of it.
BRIEF = Limits(arrival_seconds=0.4, connections=40)
CRAMPED = Limits(waiting_bytes=4 * 1024 * 1024)


def http2() -> bytes:
    """Half an upload of a client that knows the server to speak HTTP/2 (RFC 9113, 3.3)."""
    said = {":method": "POST", ":path": "/api/v1/household/session", ":scheme": "http"}
    said |= {":authority": HOST, "content-type": "application/json", "content-length": "100"}
    # Literal fields that are not indexed (RFC 7541, 6.2.2).
    words = [(name.encode(), value.encode()) for name, value in said.items()]
    fields = b"".join(b"\0%c%b%c%b" % (len(name), name, len(value), value) for name, value in words)
    frames = [(4, 0, 0, b""), (1, 4, 1, fields), (0, 0, 1, b"{")]
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"".join(
        len(body).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + body
        for kind, flags, stream, body in frames
    )


@pytest.fixture(scope="module")
def port(alone) -> Iterator[int]:
    with serving(alone, api.APPLICATION) as served:
        yield served.port


@pytest.mark.parametrize(
    ("count", "said"),
    [(60, HALF_BODY), (60, HALF_HEADER), (400, b""), (40, http2())],
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
    with held(port, 1, http2()) as (client,):
        assert rest(client).startswith(b"HTTP/1.0 4")


def test_others_are_answered_while_nobody_reads_the_answers_to_many_requests(elsewhere):
    several = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 8
    with serving(elsewhere) as served, held(served.port, 2 * THREADS, several):
        assert all(is_healthy(served.port) for _ in range(3))


@pytest.mark.parametrize("said", [HALF_BODY, HALF_HEADER], ids=["body", "header"])
def test_who_drips_a_request_is_told_that_it_took_too_long(elsewhere, said):
    with serving(elsewhere, limits=BRIEF) as served, held(served.port, 1, said) as (client,):
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


def test_more_connections_than_there_is_room_for_end_the_oldest(elsewhere):
    with serving(elsewhere, limits=BRIEF) as served:
        with held(served.port, BRIEF.connections * 3, HALF_BODY) as sockets:
            assert is_healthy(served.port)
            assert rest(sockets[0]) == b""
        assert is_healthy(served.port)


def test_bodies_that_fill_the_memory_are_refused_and_small_ones_are_not(elsewhere):
    size = 2 * 1024 * 1024
    with serving(elsewhere, limits=CRAMPED) as served:
        with held(served.port, 5, HEAD % size) as sockets:
            for each in sockets:
                send_all_but_one(each, size)
            wait_for(lambda: any(is_refused(each) for each in sockets), 10)
            assert ask(served.port, "POST", body=b"{}").status == 200
        assert is_healthy(served.port)


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
