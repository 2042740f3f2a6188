"""A clamd for tests: an outside part, so it is ours to play, but on a real socket."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The harmless file that every scanner takes for a virus (eicar.org), in two halves so that no
# scanner takes this one for it.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()


class Clamd(socketserver.ThreadingTCPServer):
    """Speaks INSTREAM: finds EICAR anywhere, and can be told to keep silent."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.scanned: list[bytes] = []
        self.silent = threading.Event()
        self.released = threading.Event()
        super().__init__(("127.0.0.1", 0), Conversation)

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class Conversation(socketserver.BaseRequestHandler):
    request: socket.socket
    server: Clamd

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        assert stream.readline() == b"nINSTREAM\n"
        content = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(size)
        if self.server.silent.is_set():
            self.server.released.wait(30)
            return
        self.server.scanned.append(content)
        found = EICAR in content
        self.request.sendall(b"stream: Eicar-Signature FOUND\n" if found else b"stream: OK\n")


@contextmanager
def clamd() -> Iterator[Clamd]:
    with Clamd() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
