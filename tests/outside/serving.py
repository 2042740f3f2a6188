"""A Flask application on a real port, for as long as a test or a process needs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

LOOPBACK = "127.0.0.1"


class Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


class Door:
    """Where the application answers until it is closed."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        self._server = make_server(LOOPBACK, port, app, threaded=True, request_handler=Silent)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[int]:
    """The port on which it answers until the block ends."""
    door = Door(app, port)
    try:
        yield door.port
    finally:
        door.close()
