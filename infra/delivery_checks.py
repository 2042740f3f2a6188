"""What the variables of the delivery must look like."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.settings_checks import SettingsError, number
from notifications.channels.egress import Egress, EgressRefused
from notifications.failpoints import UnknownFailpoint, parsed

# An E.164 number, or a name as 3GPP TS 23.040 §9.1.2.5 allows it.
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[A-Za-z0-9 ]{1,11}", re.ASCII)
# So that each text with its link is one SMS (notifications.channels.gsm7); a test measures it.
LONGEST_PUBLIC_URL = 40
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+", re.ASCII)


def delivery(env: Mapping[str, str], public_url: str) -> dict[str, Any]:
    """All that the settings keep of it."""
    return {
        "canary_mailbox": canary_mailbox(env),
        **webhooks(env),
        **sms(env, public_url),
        "lease_seconds": lease_seconds(env),
        "failpoint": failpoint(env),
    }


def lease_seconds(env: Mapping[str, str]) -> int:
    """Long enough for the slowest answer of a mail server and its margin."""
    return number(env, "LEASE_SECONDS", default=60, least=20, most=600)


def canary_mailbox(env: Mapping[str, str]) -> str:
    """Empty, or the address of the account that the canary is sent to."""
    text = env.get("CANARY_MAILBOX", "")
    if text and not _ADDRESS.fullmatch(text):
        raise SettingsError("CANARY_MAILBOX is no address: set it to name@host, or leave it empty.")
    return text


def failpoint(env: Mapping[str, str]) -> str:
    """Where the process kills itself, in the servers of `maillage up` and of the tests alone."""
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


def sms(env: Mapping[str, str], public_url: str) -> dict[str, Any]:
    """All of it or none; the texts must have room for a link."""
    url, token = env.get("SMS_GATEWAY_URL", ""), env.get("SMS_GATEWAY_TOKEN", "")
    sender = env.get("SMS_SENDER", "")
    authorities = Path(env["SMS_GATEWAY_CA"]) if env.get("SMS_GATEWAY_CA") else None
    if not url:
        if token or sender:
            raise SettingsError("SMS_GATEWAY_URL is missing: set it, or empty SMS_*.")
        return {}
    try:
        sms_egress(url, authorities).target(url)
    except (EgressRefused, ValueError):
        raise SettingsError("SMS_GATEWAY_URL cannot be used: set it to an https address.") from None
    if len(token) < 8 or not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError("SMS_GATEWAY_TOKEN cannot be used: set it to the gateway's token.")
    if not _SENDER.fullmatch(sender):
        raise SettingsError(
            "SMS_SENDER cannot be used: set it to a number like +32460000000, or to at most"
            " 11 letters and digits."
        )
    if len(public_url) > LONGEST_PUBLIC_URL:
        raise SettingsError(
            f"PUBLIC_URL is too long for a link in an SMS: set it to at most {LONGEST_PUBLIC_URL}"
            " characters, or empty SMS_*."
        )
    return {
        "sms_gateway_url": url,
        "sms_gateway_token": token,
        "sms_sender": sender,
        "sms_gateway_ca": authorities,
    }


def sms_egress(url: str, authorities: Path | None) -> Egress:
    """The way to the one address that the operator gave: nobody else can change it."""
    everywhere = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    ports = frozenset({urlsplit(url).port or 443})
    return Egress(networks=everywhere, ports=ports, authorities=authorities)
