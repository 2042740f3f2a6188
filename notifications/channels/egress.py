"""Where a request to an address that somebody typed in may go: to the internet, and nowhere else.

Server-side request forgery (OWASP SSRF): a name is resolved once, every answer is judged, and the
connection is made to a judged address, so that a second answer of the name server changes nothing.
"""

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from pathlib import Path
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

LONGEST_URL = 500
RESOLVE_SECONDS = 3.0
# A host name in ASCII (RFC 1123 §2.1; others in their punycode), without a dot at its end.
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")
# RFC 3986 §3.3–3.4: what a path and its query may hold as they are.
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
# Global by the registry, and yet not the internet: IETF's own, 6to4's relays (RFC 7526), and the
# address under which a large hoster serves its machines their secrets.
_NEVER_V4 = tuple(ip_network(n) for n in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))
# Everything on the IPv6 internet is in here (RFC 4291 §2.4); NAT64 and compatible ones are not.
_UNICAST_V6 = ip_network("2000::/3")
_6TO4 = ip_network("2002::/16")


class EgressRefused(Exception):
    """`code` is one of ours and says which rule; never what an address answered."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Target:
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


def lookup(host: str, port: int) -> Sequence[str]:
    """Every address of a name. OSError if there is none, or not in time."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(answer[4][0]) for answer in answers)
        except (OSError, UnicodeError) as error:
            failed.append(OSError(type(error).__name__))

    # The system's resolver knows no time-out; who asks for a slow name leaves it behind.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(RESOLVE_SECONDS)
    if failed or asking.is_alive():
        raise OSError("resolve")
    return list(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Egress:
    """`networks`: inner ones that the operator opens. `authorities`: whose certificates count
    instead of the usual ones.
    """

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({443})
    authorities: Path | None = None
    resolve: Resolver = lookup

    def target(self, url: str) -> Target:
        """What can be said without asking anybody. EgressRefused for what may never be called."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port or 443
        except ValueError:
            raise EgressRefused("url-malformed") from None
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.scheme != "https":
            raise EgressRefused("url-not-https")
        odd = "@" in parts.netloc or "#" in url or len(url) > LONGEST_URL
        if odd or not _PATH.fullmatch(path) or not url.isprintable():
            raise EgressRefused("url-malformed")
        if port not in self.ports:
            raise EgressRefused("port-refused")
        self._check_host(host)
        return Target(host=host, port=port, path=path)

    def addresses(self, target: Target) -> list[str]:
        """Resolved once. Refused as a whole if one of the answers may not be called."""
        try:
            found = self.resolve(target.host, target.port)
        except OSError:
            raise EgressRefused("name-unknown") from None
        if not found:
            raise EgressRefused("name-unknown")
        if not all(self.permits(address) for address in found):
            raise EgressRefused("address-refused")
        return list(found)

    def permits(self, text: str) -> bool:
        try:
            address = _plain(ip_address(text))
        except ValueError:
            return False
        if any(address in network for network in self.networks):
            return True
        return _on_the_internet(address)

    def _check_host(self, host: str) -> None:
        try:
            ip_address(host)
        except ValueError:
            # Nor a number that some resolvers read as an address: 0x7f000001, 2130706433, 127.1.
            last = host.rpartition(".")[2]
            if not _NAME.fullmatch(host) or last.isdigit() or last.startswith("0x"):
                raise EgressRefused("url-malformed") from None
            return
        if not self.permits(host):
            raise EgressRefused("address-refused")


def _plain(address: Address) -> Address:
    """An IPv4 address in the clothes of an IPv6 one is judged as what it is (RFC 4291 §2.5.5.2)."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _on_the_internet(address: Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NEVER_V4)
    return address in _UNICAST_V6 and address not in _6TO4
