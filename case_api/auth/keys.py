"""The identity provider as we know it: its discovery document and its signing keys, cached."""

import threading
import time
from typing import Any

import requests
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

# The only algorithms ever accepted (RFC 8725 §3.1); neither `none` nor a shared secret.
ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
TIMEOUT = (2.0, 3.0)
KEPT_SECONDS = 3600.0
REFETCH_SECONDS = 60.0
# Without any key yet: how long to answer "unavailable" before asking the provider again.
RETRY_SECONDS = 2.0
_MAX_BYTES = 256 * 1024


class ProviderUnavailable(Exception):
    """The provider does not answer, or answers what no provider should."""


class UnknownKey(Exception):
    """No key of the provider has this id."""


class Provider:
    """OpenID Connect Discovery 1.0 §4: the document's issuer must be the configured one, exactly.

    Thread-safe. An unknown key id leads to at most one new fetch a minute, so that forged tokens
    cannot make us hammer the provider; while it is down the keys we have go on working.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.discovery_url = issuer.rstrip("/") + "/.well-known/openid-configuration"
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at: float | None = None

    def key(self, kid: object) -> Key:
        """The key with this id; without one, the only key there is."""
        found = self._find(self._current(), kid)
        if found is None:
            found = self._find(self._refreshed(), kid)
        if found is None:
            raise UnknownKey
        return found

    def _find(self, keys: KeySet, kid: object) -> Key | None:
        if kid is None:
            return keys.keys[0] if len(keys.keys) == 1 else None
        return next((key for key in keys.keys if key.kid == kid), None)

    def _current(self) -> KeySet:
        keys = self._keys
        if keys is not None and time.monotonic() - self._fetched_at < KEPT_SECONDS:
            return keys
        return self._refreshed()

    def _refreshed(self) -> KeySet:
        with self._lock:
            if not self._tried_within(REFETCH_SECONDS if self._keys else RETRY_SECONDS):
                self._fetch()
            if self._keys is None:
                raise ProviderUnavailable("asked a moment ago, without an answer")
            return self._keys

    def _tried_within(self, seconds: float) -> bool:
        return self._tried_at is not None and time.monotonic() - self._tried_at < seconds

    def _fetch(self) -> None:
        """Keeps the old keys if there are any and the provider fails."""
        self._tried_at = time.monotonic()
        try:
            self._keys = self._download()
            self._fetched_at = time.monotonic()
        except ProviderUnavailable:
            if self._keys is None:
                raise

    def _download(self) -> KeySet:
        document = _get_json(self.discovery_url)
        if document.get("issuer") != self.issuer:
            raise ProviderUnavailable("the discovery document names another issuer")
        keys = _get_json(str(document.get("jwks_uri", "")))
        try:
            # Shared secrets have no place in a published set.
            listed = [key for key in keys["keys"] if key.get("kty") != "oct"]
            return KeySet.import_key_set({"keys": listed})
        except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProviderUnavailable("the key set cannot be read") from error


def _get_json(url: str) -> dict[str, Any]:
    try:
        response = requests.get(url, timeout=TIMEOUT, allow_redirects=False)
        if response.status_code != 200 or len(response.content) > _MAX_BYTES:
            raise ProviderUnavailable("unexpected answer")
        document = response.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderUnavailable("no answer") from error
    if not isinstance(document, dict):
        raise ProviderUnavailable("unexpected answer")
    return document
