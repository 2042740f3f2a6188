"""What the variables of the delivery must look like."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from infra.settings_checks import SettingsError
from notifications.channels.egress import Egress
from notifications.failpoints import UnknownFailpoint, parsed

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+", re.ASCII)


def lease_seconds(env: Mapping[str, str]) -> int:
    """Long enough for the slowest answer of a mail server and its margin."""
    text = env.get("LEASE_SECONDS", "") or "60"
    if not text.isascii() or not text.isdigit() or not 20 <= int(text) <= 600:
        raise SettingsError("LEASE_SECONDS cannot be used as it is: set it from 20 to 600.")
    return int(text)


def canary_mailbox(env: Mapping[str, str]) -> str:
    """Empty, or the address of the account that the canary is sent to."""
    text = env.get("CANARY_MAILBOX", "")
    if text and not _ADDRESS.fullmatch(text):
        raise SettingsError("CANARY_MAILBOX is no address: set it to name@host, or leave it empty.")
    return text


def failpoint(env: Mapping[str, str]) -> str:
    """Only for the servers of `maillage up` and of the tests: the process kills itself there."""
    text = env.get("FAILPOINT", "")
    if not text:
        return ""
    if env.get("EMBEDDED", "") != "1":
        raise SettingsError("FAILPOINT kills this process: leave it empty in production.")
    try:
        parsed(text)
    except UnknownFailpoint:
        raise SettingsError("FAILPOINT is unknown: set it to a point and a count.") from None
    return text


def webhooks(env: Mapping[str, str]) -> dict[str, Any]:
    """Empty unless the operator opens inner networks or other ports, or trusts an own authority."""
    networks, ports = env.get("WEBHOOK_NETWORKS", ""), env.get("WEBHOOK_PORTS", "")
    authorities = Path(env["WEBHOOK_CA"]) if env.get("WEBHOOK_CA") else None
    try:
        egress(networks, ports, authorities)
    except ValueError:
        raise SettingsError(
            "WEBHOOK_NETWORKS or WEBHOOK_PORTS cannot be used as they are: set them to networks"
            " such as 10.1.0.0/16 and to port numbers, separated by commas."
        ) from None
    return {"webhook_networks": networks, "webhook_ports": ports, "webhook_ca": authorities}


def egress(networks: str, ports: str, authorities: Path | None) -> Egress:
    """ValueError if one is no network, or no port."""
    opened = tuple(ip_network(text.strip()) for text in networks.split(",") if text.strip())
    numbers = frozenset(int(text) for text in ports.split(",") if text.strip()) or {443}
    if not all(0 < number < 65536 for number in numbers):
        raise ValueError(ports)
    return Egress(networks=opened, ports=frozenset(numbers), authorities=authorities)
