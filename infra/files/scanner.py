"""ClamAV through its daemon (clamd's INSTREAM). The file goes there; no path, no name."""

from enum import Enum
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from clamav_client.clamd import (
    ClamdNetworkSocket,
    ClamdUnixSocket,
    CommunicationError,
    ResponseError,
)

# Below the time a job may take; also the longest that a hanging daemon holds a worker.
TIMEOUT_SECONDS = 10
PORT = 3310


class Verdict(Enum):
    CLEAN = "clean"
    INFECTED = "infected"


class ScannerAway(Exception):
    """The scanner is away or silent for too long: that says nothing about the file."""


class NoVerdict(Exception):
    """The scanner answered, but did not judge this file."""


class Scanner(Protocol):
    def scan(self, source: BinaryIO) -> Verdict: ...


class ClamAV:
    """Connects for each file; nothing when built."""

    def __init__(self, url: str, *, timeout: int = TIMEOUT_SECONDS) -> None:
        self._url = urlsplit(url)
        self._timeout = timeout

    def scan(self, source: BinaryIO) -> Verdict:
        try:
            answers = self._daemon().instream(source)
        except (OSError, CommunicationError) as away:
            raise ScannerAway from away
        except (ResponseError, UnicodeError) as error:
            raise NoVerdict from error
        statuses = {status for status, _ in answers.values()}
        if statuses == {"OK"}:
            return Verdict.CLEAN
        if statuses == {"FOUND"}:
            return Verdict.INFECTED
        raise NoVerdict

    def _daemon(self) -> ClamdNetworkSocket:
        if self._url.scheme == "unix":
            return ClamdUnixSocket(self._url.path, timeout=self._timeout)
        return ClamdNetworkSocket(
            self._url.hostname or "", self._url.port or PORT, timeout=self._timeout
        )
