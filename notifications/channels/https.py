"""One POST to an address that was judged before: no redirect, no proxy, no second name look-up, an
end to its time and to what it may answer.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notifications.channels.base import Deferred, Uncertain, Unreachable
from notifications.channels.egress import Egress, EgressRefused, Target
from notifications.failpoints import Crossing

# For the whole of it, from the look-up to the status: less than the margin that a lease keeps.
TOTAL_SECONDS = 5.0
# Status line and headers; the body is never read.
LONGEST_ANSWER = 64 * 1024
_RESOLVE, _CONNECT, _POST = (
    Crossing("https-resolve"),
    Crossing("https-connect"),
    Crossing("https-post"),
)


class _Bounded(ssl.SSLSocket):
    """Reads no longer than until `until`, however slowly it is fed, and no more than `room`."""

    until = 0.0
    room = LONGEST_ANSWER

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(_left(self.until))
        read = super().recv_into(buffer, nbytes, flags)
        self.room -= read
        if self.room < 0:
            raise http.client.HTTPException
        return read


@dataclass(frozen=True, kw_only=True)
class Client:
    egress: Egress
    seconds: float = TOTAL_SECONDS

    def post(
        self,
        target: Target,
        body: bytes,
        headers: Mapping[str, str],
        *,
        before_data: Callable[[], None],
    ) -> int:
        """The status. `before_data` is called when the connection stands and nothing of the
        content has left; whatever it raises calls the request off.

        Unreachable: nothing left. Uncertain: it left, and no answer came.
        """
        until = time.monotonic() + self.seconds
        sock = self._connected(target, until)
        try:
            before_data()
            sock.until = until
            with _POST:
                status = _exchange(sock, target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise Uncertain(f"https-{_reason(error)}") from None
        finally:
            sock.close()
        return status

    def _connected(self, target: Target, until: float) -> _Bounded:
        try:
            with _RESOLVE:
                addresses = self.egress.addresses(target)
            with _CONNECT:
                return self._first_of(addresses, target, until)
        except EgressRefused as refusal:
            raise Deferred(refusal.code) from None
        except (OSError, ValueError) as error:
            raise Unreachable(f"https-connect-{_reason(error)}") from None

    def _first_of(self, addresses: list[str], target: Target, until: float) -> _Bounded:
        """The first address that answers speaks for the name; its certificate must prove it."""
        context = ssl.create_default_context(cafile=self.egress.authorities)
        context.sslsocket_class = _Bounded
        for position, address in enumerate(addresses, start=1):
            try:
                plain = socket.create_connection((address, target.port), timeout=_left(until))
            except OSError:
                if position == len(addresses):
                    raise
                continue
            try:
                plain.settimeout(_left(until))
                wrapped = context.wrap_socket(plain, server_hostname=target.host)
            except BaseException:
                plain.close()
                raise
            assert isinstance(wrapped, _Bounded)
            return wrapped
        raise TimeoutError


def _exchange(sock: _Bounded, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(target.host, target.port)
    # It speaks over the connection it is given, and never makes one.
    connection.auto_open = 0
    connection.sock = sock
    named = {"Host": target.authority, "Connection": "close", "Accept": "*/*", **headers}
    sock.settimeout(_left(sock.until))
    connection.request("POST", target.path, body=body, headers=named)
    answer = connection.getresponse()
    answer.close()
    return answer.status


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _reason(error: Exception) -> str:
    """A code without the other side's words."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "certificate"
    return "failed" if isinstance(error, OSError) else "answer"
