"""How the API's processes begin and end (docs/decisions/0046)."""

import socket

import psutil

from infra.embedded.ports import is_free
from tests.faults.kit.parts import wait_for
from tests.faults.kit.sockets import HOST, LARGE, LIMIT, held, is_healthy, rest, serving


def test_whoever_is_being_served_is_served_to_the_end(elsewhere):
    """SIGTERM: nobody is let in any more, and no answer is cut short."""
    wanted = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    several = (wanted + b"\r\n") * 7 + wanted + b"Connection: close\r\n\r\n"
    with serving(elsewhere) as served, held(served.port, 1, several) as (client,):
        assert client.recv(1, socket.MSG_PEEK)
        served.process.terminate()
        wait_for(lambda: not is_healthy(served.port, within=0.5), LIMIT)
        assert rest(client).count(b"#") == LARGE * 8
        served.process.join(LIMIT)
        assert served.process.exitcode == 0


def test_of_several_processes_each_is_replaced_and_none_outlives_the_first(elsewhere):
    with serving(elsewhere, processes=2) as served:
        first = psutil.Process(served.process.pid)
        wait_for(lambda: len(first.children()) == 2, LIMIT)
        killed, other = first.children()
        killed.kill()
        wait_for(lambda: len({*first.children()} - {killed, other}) == 1, 10)
        assert is_healthy(served.port)
        first.kill()
        wait_for(lambda: is_free(HOST, served.port), 10)


def test_several_processes_end_together(elsewhere):
    with serving(elsewhere, processes=2) as served:
        served.process.terminate()
        served.process.join(10)
        assert served.process.exitcode == 0
        assert is_free(HOST, served.port)
