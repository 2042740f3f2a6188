"""An OpenID provider over real HTTP that signs whatever a test asks for."""

import socket
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import RSAKey

AUDIENCE = "maillage-api"
REMEMBERED_SECONDS = 60


@dataclass
class Issuer:
    """A provider's discovery document and keys over HTTP; it signs whatever a test asks for."""

    # Known once it is served.
    port: int = 0
    keys: list[RSAKey] = field(default_factory=lambda: [first_key()])
    asked: list[str] = field(default_factory=list)
    is_down: bool = False
    lies: dict[str, Any] = field(default_factory=dict)
    # What the token endpoint answers, and the forms it was sent.
    tokens: dict[str, Any] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    _signed: dict[str, tuple[float, str]] = field(default_factory=dict)

    def forget(self) -> None:
        """All that a test changed; it stays where it is served."""
        vars(self).update(vars(Issuer(port=self.port)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> RSAKey:
        return self.keys[-1]

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": "s1", "iat": now, "exp": now + 300}
        claims |= {"auth_time": now}
        return {k: v for k, v in {**claims, **changes}.items() if v is not None}

    def token(self, header: dict[str, Any] | None = None, **changes: Any) -> str:
        wanted = {"alg": "RS256", "typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return jwt.encode(wanted, self.claims(**changes), self.key, default_type=None)

    def remembered(self, **changes: Any) -> str:
        """The token that was signed for the same claims within the last minute, if there is one:
        signing takes as long as many a request. It is good for four minutes more."""
        key = f"{self.key.kid} {changes}"
        at, token = self._signed.get(key, (-REMEMBERED_SECONDS, ""))
        if time.monotonic() - at > REMEMBERED_SECONDS:
            at, token = self._signed[key] = time.monotonic(), self.token(**changes)
        return token

    def app(self) -> Flask:
        app = Flask("issuer", static_folder=None)

        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            self.asked.append("discovery")
            document = {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                **self.lies,
            }
            return ("down", 500) if self.is_down else document

        @app.post("/token")
        def token() -> Any:
            self.forms.append(request.form.to_dict())
            return self.tokens

        @app.get("/jwks")
        def jwks() -> Any:
            self.asked.append("jwks")
            return {"keys": [key.as_dict(private=False) for key in self.keys]}

        return app


@cache
def first_key() -> RSAKey:
    """The same for every provider of a process: a pair of keys takes longer than most tests."""
    return new_key()


def new_key() -> RSAKey:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
