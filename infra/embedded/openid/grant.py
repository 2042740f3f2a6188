"""The demo provider on Authlib: authorization code with PKCE S256 for one public client."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, scope_to_list
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator, JWTBearerTokenValidator
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask
from joserfc.jwk import KeySet

from infra.embedded.openid.people import Person, read_people
from infra.embedded.openid.signing import ALGORITHM, CLIENT_ID, SCOPE, signing_keys

CODE_LIFETIME = 60
TOKEN_LIFETIME = 3600


@dataclass(frozen=True)
class Provider:
    """What one demo provider is: where its files are, who it is, whom it serves."""

    data_dir: Path
    issuer: str
    public_url: str
    audience: str

    def keys(self) -> KeySet:
        return signing_keys(self.data_dir)

    def person(self, subject: str) -> Person | None:
        return next((p for p in read_people(self.data_dir) if p.subject == subject), None)

    def is_application(self, address: str) -> bool:
        """Whether it belongs to the one application this provider sends people back to."""
        return urlsplit(address)[:2] == urlsplit(self.public_url)[:2]


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]
    """Maillage itself: public, so that PKCE alone binds the code to who asked for it."""

    provider: Provider

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(part for part in scope_to_list(scope or "") if part in SCOPE.split())

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self.provider.is_application(redirect_uri)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True, kw_only=True)
class Code:
    redirect_uri: str
    scope: str
    nonce: str
    subject: str
    code_challenge: str
    issued_at: int
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.issued_at

    def get_acr(self) -> str:
        return ""

    def get_amr(self) -> list[str]:
        return []


class Codes:
    """Each is taken once, by whoever shows it first: a failed exchange uses it up as well."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._lock = threading.Lock()

    def put(self, text: str, code: Code) -> None:
        oldest = time.time() - CODE_LIFETIME
        with self._lock:
            self._codes = {k: c for k, c in self._codes.items() if c.issued_at > oldest}
            self._codes[text] = code

    def take(self, text: str) -> Code | None:
        with self._lock:
            code = self._codes.pop(text, None)
        return code if code and code.issued_at > time.time() - CODE_LIFETIME else None

    def has_nonce(self, nonce: str) -> bool:
        with self._lock:
            return any(code.nonce == nonce for code in self._codes.values())


class S256Only(CodeChallenge):  # type: ignore[misc]
    """No request without a challenge, and no challenge that is the verifier itself."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        for name in ("code_challenge", "code_challenge_method"):
            if not grant.request.payload.data.get(name):
                raise InvalidRequestError(f"Missing {name!r}")
        super().validate_code_challenge(grant, redirect_uri)


def code_grant(provider: Provider, codes: Codes) -> type:
    class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            kept = Code(
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                nonce=asked.get("nonce", ""),
                subject=request.user.subject,
                code_challenge=asked["code_challenge"],
                issued_at=int(time.time()),
            )
            codes.put(code, kept)

        def query_authorization_code(self, code: str, _client: Client) -> Code | None:
            return codes.take(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """Gone already: it left the store when it was asked for."""

        def authenticate_user(self, authorization_code: Code) -> Person | None:
            return provider.person(authorization_code.subject)

    return CodeGrant


class IdToken(OpenIDCode):  # type: ignore[misc]
    def __init__(self, provider: Provider, codes: Codes) -> None:
        super().__init__(require_nonce=True)
        self._provider, self._codes = provider, codes

    def exists_nonce(self, nonce: str, _request: Any) -> bool:
        return self._codes.has_nonce(nonce)

    def resolve_client_private_key(self, _client: Client) -> KeySet:
        return self._provider.keys()

    def get_client_algorithm(self, _client: Client) -> str:
        return ALGORITHM

    def get_encode_header(self, _client: Client) -> dict[str, Any]:
        return {"alg": ALGORITHM, "kid": self._provider.keys().keys[0].kid}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self._provider.issuer, "aud": [client.get_client_id()]}

    def generate_user_info(self, user: Person, _scope: str) -> UserInfo:
        return user_info(user)


def user_info(person: Person) -> UserInfo:
    return UserInfo(sub=person.subject, name=person.name, email=person.email, email_verified=True)


class AccessToken(JWTBearerTokenGenerator):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__(provider.issuer, expires_generator=lambda *_: TOKEN_LIFETIME)
        self._provider = provider

    def get_jwks(self) -> KeySet:
        return self._provider.keys()

    def get_auth_time(self, _user: Person) -> int:
        """There is no session here: whoever gets a token has just chosen who they are."""
        return int(time.time())

    def get_audiences(self, _client: Client, _user: Person, _scope: str) -> str:
        return self._provider.audience


class AccessTokenCheck(JWTBearerTokenValidator):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__(provider.issuer, provider.audience)
        self._provider = provider

    def get_jwks(self) -> KeySet:
        return self._provider.keys()


def authorization_server(app: Flask, provider: Provider) -> AuthorizationServer:
    codes, client = Codes(), Client(provider)
    server = AuthorizationServer(
        app,
        query_client=lambda client_id: client if client_id == CLIENT_ID else None,
        save_token=lambda _token, _request: None,
    )
    server.register_grant(
        code_grant(provider, codes), [S256Only(required=True), IdToken(provider, codes)]
    )
    server.register_token_generator("default", AccessToken(provider))
    return server


def resource_protector(provider: Provider) -> ResourceProtector:
    protector = ResourceProtector()
    protector.register_token_validator(AccessTokenCheck(provider))
    return protector
