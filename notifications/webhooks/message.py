"""What is posted: a CloudEvent in structured mode, signed as Standard Webhooks says.

The same bytes at every attempt; only the timestamp of the attempt and its signature differ.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.shared.clock import legal_day

# Standard Webhooks, "Signature scheme": at least 24 random bytes, this prefix, this identifier.
SECRET_BYTES = 32
PREFIX = "whsec_"
TEST_KIND = "webhooks.test"
# CloudEvents HTTP binding §3.2.
CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"


def event(
    delivery_id: UUID,
    kind: str,
    at: datetime,
    *,
    alert_id: UUID | None,
    code: str | None,
    facts: Mapping[str, Any],
    public_url: str,
) -> bytes:
    """Code, link and day: nothing else can enter, so no system learns who the family is."""
    link = f"{public_url}/alerts/{alert_id}" if alert_id else public_url
    said: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(delivery_id),
        "source": public_url,
        "type": f"maillage.alert.{kind}" if alert_id else f"maillage.{kind}",
        "time": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {"kind": kind, "code": code, "link": link, "due_on": _due_on(facts)},
    }
    if alert_id is not None:
        said["subject"] = str(alert_id)
    return json.dumps(said, separators=(",", ":"), sort_keys=True).encode()


def headers(
    delivery_id: UUID, body: bytes, *, at: datetime, secrets: Sequence[str], again: bool
) -> dict[str, str]:
    """`again`: an earlier attempt may have arrived."""
    timestamp = str(int(at.timestamp()))
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    named = {
        "Content-Type": CONTENT_TYPE,
        "User-Agent": "Maillage-Webhooks/1",
        "webhook-id": str(delivery_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(signed, secret) for secret in secrets),
    }
    return named | ({"X-Possible-Duplicate": "yes"} if again else {})


def new_secret(random: bytes) -> str:
    return PREFIX + base64.b64encode(random).decode()


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _due_on(facts: Mapping[str, Any]) -> str | None:
    """The day it is about, in the court's calendar."""
    if facts.get("hearing_at"):
        return legal_day(datetime.fromisoformat(facts["hearing_at"])).isoformat()
    return date.fromisoformat(facts["due_on"]).isoformat() if facts.get("due_on") else None
