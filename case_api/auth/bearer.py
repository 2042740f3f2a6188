"""Access tokens in `Authorization: Bearer` (RFC 6750), verified once and remembered for seconds."""

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from case_api.auth.keys import Provider
from case_api.auth.tokens import InvalidToken, verify_access_token
from services.shared.clock import Clock

REMEMBERED_SECONDS = 30.0
REMEMBERED_TOKENS = 10_000
# The year 9999: what a datetime can still hold.
MAX_TIME = 253_370_764_800


@dataclass(frozen=True)
class Subject:
    """Identity is the pair, never an e-mail address. When they logged in, the token says."""

    issuer: str
    subject: str
    authenticated_at: datetime


def authenticated_at(claims: dict[str, Any]) -> datetime:
    """RFC 9068 §2.2.1: auth_time is the login itself. A provider that leaves it out issued the
    token at some login, or renewed it: the time of issue is the best that is known."""
    stated = claims.get("auth_time", claims["iat"])
    if (
        not isinstance(stated, int | float)
        or isinstance(stated, bool)
        or not 0 <= stated < MAX_TIME
    ):
        raise InvalidToken
    return datetime.fromtimestamp(stated, UTC)


class AccessTokens:
    """Verifies access tokens. Whether the person is still active is not remembered here."""

    def __init__(self, provider: Provider, *, audience: str, clock: Clock) -> None:
        self._provider = provider
        self._audience = audience
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[Subject, float]] = OrderedDict()

    def verify(self, token: str) -> Subject:
        """InvalidToken, or ProviderUnavailable if its keys were never read."""
        name = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        with self._lock:
            subject, until = self._known.get(name, (None, 0.0))
        if subject is not None and time.monotonic() < until:
            return subject
        return self._verify(token, name)

    def age(self, moment: datetime) -> timedelta:
        """How long ago, by the clock that tokens are judged by."""
        return self._clock.now() - moment

    def _verify(self, token: str, name: bytes) -> Subject:
        claims = verify_access_token(
            token, provider=self._provider, audience=self._audience, clock=self._clock
        )
        subject = Subject(self._provider.issuer, claims["sub"], authenticated_at(claims))
        left = claims["exp"] - self._clock.now().timestamp()
        with self._lock:
            self._known[name] = (subject, time.monotonic() + min(left, REMEMBERED_SECONDS))
            while len(self._known) > REMEMBERED_TOKENS:
                self._known.popitem(last=False)
        return subject


__all__ = ["AccessTokens", "InvalidToken", "Subject"]
